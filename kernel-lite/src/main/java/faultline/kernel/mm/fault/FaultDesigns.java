package faultline.kernel.mm.fault;

import java.util.List;

/// The fault designs by name, for `--fault-design`.
public final class FaultDesigns {

    /// What a process gets when nothing is said.
    public static final String DEFAULT = "classic";

    private FaultDesigns() {}

    /// The names in the order the designs came to Linux.
    public static List<String> names() {
        return List.of("classic", "spf-mm", "vma-lock");
    }

    /// The design of a name. Throws `IllegalArgumentException` for a name that is not in [#names].
    public static FaultDesign create(String name, FaultHandler handler) {
        return switch (name) {
            case "classic" -> new ClassicDesign(handler);
            case "spf-mm" -> new SpfMmDesign(handler);
            case "vma-lock" -> new VmaLockDesign(handler);
            default ->
                throw new IllegalArgumentException("mm: no fault design is called " + name + "; there are " + names());
        };
    }
}
