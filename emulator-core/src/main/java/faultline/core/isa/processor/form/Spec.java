package faultline.core.isa.processor.form;

import java.util.List;
import java.util.Map;

/// What the annotation of a package says in every notation, with class names as text.
public interface Spec {

    String packageName();

    /// Starts the names of generated classes.
    String name();

    /// The register state's class.
    String cpu();

    default String cpuName() {
        return simple(cpu());
    }

    /// The simple name of the class of decoded instructions.
    String insnName();

    /// The classes that a generated source imports if it contains a text, by that text.
    Map<String, String> imports();

    List<String> pairs();

    /// The name of a class without its package.
    static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
