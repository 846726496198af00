package faultline.core.isa.processor;

import java.util.List;
import java.util.Set;

/// What [faultline.core.isa.OpcodeMap] says about a package, with class names as text.
record OpcodeMapSpec(
        String packageName,
        String name,
        String cpu,
        String flags,
        String glue,
        String unit,
        List<String> conditions,
        Set<String> features,
        Set<String> keepsCarry,
        Set<String> resultOnly,
        Set<String> fused,
        List<String> pairs,
        Set<String> kinds) {

    String cpuName() {
        return simple(cpu);
    }

    String flagsName() {
        return simple(flags);
    }

    String glueName() {
        return simple(glue);
    }

    String unitName() {
        return simple(unit);
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
