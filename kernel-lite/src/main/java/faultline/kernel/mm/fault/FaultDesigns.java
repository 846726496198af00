package faultline.kernel.mm.fault;

import faultline.kernel.mm.VmaGuards;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// The fault designs and their versions, for `--fault-design NAME[:VERSION]` and whoever lists them.
public final class FaultDesigns {

    /// What a process gets when nothing is said.
    public static final String DEFAULT = "classic";

    /// One design.
    ///
    /// @param name what `--fault-design` knows it by
    /// @param history where it comes from, in a line
    /// @param versions as they came; the last one is meant when none is named
    public record Entry(String name, String history, List<Version> versions) {

        /// What the name alone stands for.
        public Version usual() {
            return versions.getLast();
        }

        /// The name of a version on the command line: the design's alone where there is but one.
        public String nameOf(Version version) {
            return versions.size() == 1 ? name : name + ":" + version.name();
        }
    }

    /// One version of a design.
    ///
    /// @param name what stands behind the colon; empty where there is but one
    /// @param form what makes it different, in a line
    /// @param defects what is wrong with it as it was posted, where a fix is known
    public record Version(String name, String form, Set<Defect> defects, Function<Making, FaultDesign> maker) {}

    /// What a design is made of.
    public record Making(FaultHandler handler, Knobs knobs, String name, Set<Defect> defects) {

        /// Whether the version has a defect and it is not mended.
        boolean has(Defect defect) {
            return defects.contains(defect);
        }
    }

    /// In the order they came to Linux, or would have.
    private static final List<Entry> ALL = List.of(
            alone(
                    "classic",
                    "what Linux has done since 2.4, and still does where nothing else can",
                    "mmap_lock for read over the whole fault",
                    making -> new ClassicDesign(making.handler())),
            alone(
                    "retry-2006",
                    "Mike Waychison, September 2006, not merged; its idea came to 2.6.37",
                    "NOPAGE_RETRY, as posted",
                    making -> new Retry2006Design(making.handler(), false)),
            alone(
                    "retry-2006-seq",
                    "what Andrew Morton proposed in reply; such a counter came in 2021 (spf-mm) and to Linux 6.14",
                    "NOPAGE_RETRY with a counter",
                    making -> new Retry2006Design(making.handler(), true)),
            alone(
                    "retry",
                    "Michel Lespinasse, October 2010, for Linux 2.6.37; what Linux does for files since",
                    "ALLOW_RETRY, KILLABLE, TRIED",
                    making -> new RetryDesign(making.handler(), making.knobs().completes(true))),
            new Entry(
                    "spf-vma",
                    "Laurent Dufour after Peter Zijlstra, June 2017 to April 2019, not merged; ran in Android kernels",
                    List.of(
                            spfVma(
                                    SpfVmaDesign.Form.V9,
                                    "March 2018: mm_rb_lock, one try for the PTE lock, the VMA is handed over"),
                            spfVma(SpfVmaDesign.Form.V10, "April 2018: as v9, but for swap"),
                            spfVma(
                                    SpfVmaDesign.Form.V11,
                                    "May 2018: the PTE lock is tried until it is got, the VMA found again"),
                            spfVma(SpfVmaDesign.Form.V12, "April 2019: RCU and mm_seq, fork closes its VMAs"))),
            new Entry(
                    "spf-mm",
                    "Michel Lespinasse, April 2021 to January 2022, not merged; its counter came back in 6.14",
                    List.of(
                            spfMm(SpfMmDesign.Form.B0, "RFC of April 2021: files too, interrupts off in every walk"),
                            spfMm(
                                    SpfMmDesign.Form.B1,
                                    "v1 of April 2021: walks in a read section where RCU frees tables"),
                            spfMm(SpfMmDesign.Form.B2, "v2 of January 2022: statistics, a lock for MMU notifiers"))),
            new Entry(
                    "vma-lock",
                    "Suren Baghdasaryan, September 2022 to February 2023; merged for Linux 6.4",
                    List.of(
                            new Version(
                                    "6.4",
                                    "a semaphore and a number",
                                    EnumSet.of(Defect.FORK, Defect.MEMPOLICY),
                                    making -> new VmaLockDesign(making, VmaGuards.Lock.SEMAPHORE)),
                            new Version(
                                    "6.15",
                                    "vm_refcnt: a counter",
                                    Set.of(),
                                    making -> new VmaLockDesign(making, VmaGuards.Lock.REFCOUNT)))));

    private FaultDesigns() {}

    /// A design of one version, which nobody has found anything wrong with.
    private static Entry alone(String name, String history, String form, Function<Making, FaultDesign> maker) {
        return new Entry(name, history, List.of(new Version("", form, Set.of(), maker)));
    }

    private static Version spfVma(SpfVmaDesign.Form form, String text) {
        EnumSet<Defect> defects = EnumSet.of(
                Defect.PMD_REREAD,
                Defect.PTE_ALLOC,
                Defect.TRANS_UNSTABLE,
                Defect.MIGRATION_WAIT,
                Defect.COUNT_SHARED,
                Defect.FORK,
                Defect.SWAP_READAHEAD,
                Defect.NOT_SAME,
                Defect.MEMPOLICY,
                Defect.SI_CODE,
                Defect.FETCH,
                Defect.DISCARD,
                Defect.NOTIFIER,
                Defect.RANGE_END,
                Defect.PMD_UNDER_LOCK);
        if (form == SpfVmaDesign.Form.V12) {
            defects.remove(Defect.FORK);
            defects.remove(Defect.SWAP_READAHEAD);
        }
        if (form != SpfVmaDesign.Form.V9) {
            defects.remove(Defect.NOT_SAME);
        }
        return new Version(
                form.name().toLowerCase(Locale.ROOT), text, defects, making -> new SpfVmaDesign(making, form));
    }

    private static Version spfMm(SpfMmDesign.Form form, String text) {
        EnumSet<Defect> defects = EnumSet.of(Defect.MEMPOLICY, Defect.NOTIFIER, Defect.PMD_UNDER_LOCK);
        if (form == SpfMmDesign.Form.B0) {
            defects.add(Defect.PAGE_LOST);
        }
        if (form == SpfMmDesign.Form.B2) {
            defects.remove(Defect.NOTIFIER);
        }
        return new Version(form.name(), text, defects, making -> new SpfMmDesign(making, form));
    }

    public static List<Entry> all() {
        return ALL;
    }

    /// The names of all versions, in the same order.
    public static List<String> names() {
        return ALL.stream()
                .flatMap(entry -> entry.versions().stream().map(entry::nameOf))
                .toList();
    }

    /// What `--fault-design` accepts: the designs, and their versions.
    public static List<String> accepted() {
        return Stream.concat(ALL.stream().map(Entry::name), names().stream())
                .distinct()
                .toList();
    }

    /// The design of a name, a version's or a design's. Throws `IllegalArgumentException` for a name that is not in
    /// [#accepted].
    public static FaultDesign create(String name, Knobs knobs, FaultHandler handler) {
        if (knobs.hasWidePtes()) {
            handler.swap().widePtes();
        }
        for (Entry entry : ALL) {
            for (Version version : entry.versions()) {
                String full = entry.nameOf(version);
                if (full.equals(name) || entry.name().equals(name) && version == entry.usual()) {
                    return version.maker().apply(new Making(handler, knobs, full, knobs.remaining(version.defects())));
                }
            }
        }
        throw new IllegalArgumentException("mm: no fault design is called " + name + "; there are " + accepted());
    }
}
