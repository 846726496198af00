package faultline.kernel.mm.fault;

import java.util.List;
import java.util.function.Function;

/// The fault designs, for `--fault-design` and whoever lists them.
public final class FaultDesigns {

    /// What a process gets when nothing is said.
    public static final String DEFAULT = "classic";

    /// One design.
    ///
    /// @param name what `--fault-design` knows it by
    /// @param form which form of it this is: series and version
    /// @param history where it comes from, in a line
    public record Entry(String name, String form, String history, Function<FaultHandler, FaultDesign> maker) {}

    /// In the order they came to Linux, or would have.
    private static final List<Entry> ALL = List.of(
            new Entry(
                    "classic",
                    "mmap_lock for read over the whole fault",
                    "what Linux has done since 2.4, and still does where nothing else can",
                    ClassicDesign::new),
            new Entry(
                    "spf-mm",
                    "v2, anonymous memory",
                    "Michel Lespinasse, April 2021 to January 2022, not merged; its counter came back in 6.14",
                    SpfMmDesign::new),
            new Entry(
                    "vma-lock",
                    "the semaphore of 6.4",
                    "Suren Baghdasaryan, September 2022 to February 2023; merged for Linux 6.4",
                    VmaLockDesign::new));

    private FaultDesigns() {}

    public static List<Entry> all() {
        return ALL;
    }

    /// The names in the same order.
    public static List<String> names() {
        return ALL.stream().map(Entry::name).toList();
    }

    /// The design of a name. Throws `IllegalArgumentException` for a name that is not in [#names].
    public static FaultDesign create(String name, FaultHandler handler) {
        return ALL.stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "mm: no fault design is called " + name + "; there are " + names()))
                .maker()
                .apply(handler);
    }
}
