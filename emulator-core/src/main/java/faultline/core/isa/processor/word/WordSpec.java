package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.Spec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What [faultline.core.isa.FixedWidth] says about a package, with class names as text, and the
/// methods of the classes it names.
public record WordSpec(
        String packageName,
        String name,
        String cpu,
        String state,
        String shared,
        List<File> files,
        String width,
        String vectorWidth,
        Set<String> expanded,
        List<String> conditions,
        Set<String> records,
        Set<String> fused,
        List<String> pairs,
        Set<String> features,
        Map<String, Meaning> stateMethods,
        Map<String, Meaning> sharedMethods)
        implements Spec {

    @Override
    public String insnName() {
        return "WordInsn";
    }

    @Override
    public Map<String, String> imports() {
        return Map.of(cpuName() + " cpu", cpu, stateName() + ".", state, sharedName() + ".", shared);
    }

    String stateName() {
        return Spec.simple(state);
    }

    String sharedName() {
        return Spec.simple(shared);
    }

    /// The file whose registers a field numbers, or null.
    @Nullable
    File file(String field) {
        return files.stream()
                .filter(f -> f.fields().contains(field))
                .findFirst()
                .orElse(null);
    }

    /// The effects that rows may have: what the state class does with the CPU and values.
    Set<String> effects() {
        Set<String> effects = new TreeSet<>();
        stateMethods.values().stream().filter(m -> m.isVoid() && m.isOpaque()).forEach(m -> effects.add(m.name()));
        return effects;
    }

    /// Whether every value of a field makes a form of its own.
    boolean isExpanded(String field) {
        return field.equals(width) || field.equals(vectorWidth) || expanded.contains(field);
    }
}
