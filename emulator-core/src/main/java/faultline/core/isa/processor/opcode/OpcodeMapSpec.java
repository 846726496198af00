package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.Spec;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What [faultline.core.isa.OpcodeMap] says about a package, with class names as text.
public record OpcodeMapSpec(
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
        Set<String> kinds)
        implements Spec {

    @Override
    public String insnName() {
        return "OpcodeInsn";
    }

    @Override
    public Map<String, String> imports() {
        return Map.of(cpuName() + " cpu", cpu, flagsName() + ".", flags, unitName() + " unit", unit);
    }

    String flagsName() {
        return Spec.simple(flags);
    }

    String glueName() {
        return Spec.simple(glue);
    }

    String unitName() {
        return Spec.simple(unit);
    }
}
