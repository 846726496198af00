package faultline.kernel.testing;

import faultline.core.mmu.Access;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.TableFreeing;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/// All races of speculative faults for one port, as tests: those that are present, and what makes them
/// absent; and beside them what the designs with locks do about the same.
public final class SpeculationRaces {

    private final RacePort port;
    private final PortFacts facts;

    private SpeculationRaces(RacePort port, PortFacts facts) {
        this.port = port;
        this.facts = facts;
    }

    /// Those of the last version of each series, and what earlier ones had instead.
    public static Stream<DynamicTest> of(RacePort port, PortFacts facts) {
        SpeculationRaces races = new SpeculationRaces(port, facts);
        return Stream.of(
                        Stream.of("spf-vma:v12", "spf-mm:B2")
                                .flatMap(design -> new VersionRaces(port, facts, design).all()),
                        Stream.of("spf-vma:v9", "spf-vma:v11", "spf-mm:B0")
                                .flatMap(design -> new VersionRaces(port, facts, design).ofSome()),
                        races.forks(),
                        races.files(new FileRaces(port)),
                        races.gup(new GupRaces(port, facts.flush())),
                        races.pins(),
                        races.swap(),
                        races.migrations(),
                        races.merging(),
                        Stream.of("classic", "retry", "spf-vma", "spf-mm", "vma-lock:6.4", "vma-lock:6.15")
                                .flatMap(races::hints),
                        races.policies(),
                        races.notifiers())
                .flatMap(each -> each);
    }

    /// Those of the earlier versions, which differ by the kind of port as little as the last does: one port is enough.
    public static Stream<DynamicTest> ofEarlierVersions(RacePort port, PortFacts facts) {
        return Stream.of("spf-vma:v9", "spf-vma:v10", "spf-vma:v11", "spf-mm:B0", "spf-mm:B1")
                .flatMap(design -> new VersionRaces(port, facts, design).all());
    }

    private DynamicTest test(String design, String race, Executable body) {
        return DynamicTest.dynamicTest(port + ", " + design + ", " + race, body);
    }

    private Stream<DynamicTest> forks() {
        return Stream.of(
                test(
                        "vma-lock:6.4",
                        "M7",
                        () -> fork("vma-lock:6.4", Knobs.NONE).present()),
                test(
                        "vma-lock:6.4",
                        "M7 absent, mended",
                        () -> fork("vma-lock:6.4", Knobs.NONE.with("fixed=fork"))
                                .absent()),
                test(
                        "vma-lock:6.15",
                        "M7 absent",
                        () -> fork("vma-lock:6.15", Knobs.NONE).absent()),
                test("classic", "M7 absent", () -> fork("classic", Knobs.NONE).absent()));
    }

    private ForkRace fork(String design, Knobs knobs) {
        return new ForkRace(port, facts, design, knobs);
    }

    private Stream<DynamicTest> gup(GupRaces race) {
        String design = "lockless get_user_pages";
        return Stream.concat(
                Stream.of(
                        test(design, "a page that becomes another's", race::aPageThatBecomesAnothers),
                        test(design, "a page that is to be moved", race::aPageThatIsToBeMoved),
                        test(design, "a page unmapped behind it", race::aPageThatIsUnmappedBehindTheLookup)),
                Arrays.stream(LocklessWalk.values())
                        .flatMap(walk -> Arrays.stream(TableFreeing.values())
                                .map(freeing -> test(
                                        design,
                                        "walk " + walk + ", free " + freeing,
                                        () -> race.aTableThatIsFreed(walk, freeing)))));
    }

    private Stream<DynamicTest> pins() {
        Stream<DynamicTest> noticed = Arrays.stream(PinRaces.Begin.values())
                .map(begin -> pin("made again, begun " + begin, race -> race.aForkThatIsWaitedFor(begin)));
        Stream<DynamicTest> lost = Stream.of(PinRaces.Begin.BEFORE, PinRaces.Begin.WITHIN)
                .map(begin -> pin("lost unheeded, begun " + begin, race -> race.aForkThatIsNotHeeded(begin)));
        return Stream.of(Stream.of(pin("pinned before", PinRaces::aPinThatForkSees)), noticed, lost)
                .flatMap(each -> each);
    }

    private DynamicTest pin(String name, Consumer<PinRaces> body) {
        return test("a pin without locks and a fork", name, () -> body.accept(new PinRaces(port)));
    }

    private Stream<DynamicTest> files(FileRaces race) {
        return Stream.concat(
                Stream.of(
                        file("truncation behind a read", race::truncationTakesAwayWhatWasMappedBeforeItGotThePage),
                        file(
                                "a store to a page that truncation took keeps it, as posted",
                                () -> race.aPageThatTruncationTookIsNotMapped(Access.WRITE, true))),
                Stream.of(Access.READ, Access.WRITE)
                        .flatMap(access -> Stream.of(
                                file(
                                        "munmap within the section, " + access,
                                        () -> race.aFileThatIsUnmappedStaysToTheEndOfTheSection(access)),
                                file(
                                        "munmap within the section, the file goes at once, " + access,
                                        () -> race.aFileThatIsReleasedAtOnceIsLookedAtAfterwards(access)),
                                file(
                                        "munmap before the section, " + access,
                                        () -> race.aFileThatIsUnmappedBeforeTheSectionIsNotLookedAt(access)),
                                file(
                                        "truncation before the page lock, " + access,
                                        () -> race.aPageThatTruncationTookIsNotMapped(access, false)))));
    }

    private DynamicTest file(String name, Executable body) {
        return test("spf-mm:B0", "file, " + name, body);
    }

    private Stream<DynamicTest> swap() {
        return Stream.of(test(
                "classic",
                "a copy that is being dropped",
                () -> new SwapRaces(port).aCopyThatIsBeingDropped("classic")));
    }

    /// M4 is absent where a fault has a lock; and what a page that moves is for who changes the address space, which is
    /// the same under each design.
    private Stream<DynamicTest> migrations() {
        Stream<DynamicTest> stored = Stream.of("classic", "retry", "vma-lock:6.4", "vma-lock:6.15")
                .map(design ->
                        moved(design, "a store waits for a page that is moved", MigrationRaces::aStoreWaitsForThePage));
        Stream<DynamicTest> unmapped = Stream.of("classic", "retry", "vma-lock:6.4", "vma-lock:6.15")
                .map(design -> moved(design, "M4 absent", race -> race.aWaitWithALock(parked(design))));
        Stream<DynamicTest> others = Stream.of(
                moved("classic", "a page is moved, munmap", MigrationRaces::munmapTakesTheEntry),
                moved("classic", "a page is moved, mprotect", MigrationRaces::mprotectMakesItReadOnly),
                moved("classic", "a page is moved, mremap", MigrationRaces::mremapTakesTheEntryAlong),
                moved("classic", "a page is moved, fork", MigrationRaces::forkSharesIt),
                moved("classic", "a page is moved, a pinned page", MigrationRaces::aPinnedPageStays));
        return Stream.of(stored, unmapped, others).flatMap(each -> each);
    }

    private DynamicTest moved(String design, String name, Consumer<MigrationRaces> body) {
        return test(design, name, () -> body.accept(new MigrationRaces(port, design, Knobs.NONE)));
    }

    /// Behind which step a writer waits for a fault: for `mmap_lock`, or with it for the counter of the VMA.
    private static LockStep parked(String design) {
        return design.equals("vma-lock:6.15") ? LockStep.WAIT : SpeculationRace.PARKED;
    }

    /// Of all designs what a fault meets; what a writer meets is the same under each.
    private Stream<DynamicTest> merging() {
        Stream<DynamicTest> faults = FaultDesigns.names().stream()
                .flatMap(design -> Stream.of(
                        merge(design, "a store before the protection", KsmRaces::aStoreBeforeTheProtection),
                        merge(design, "a store before the replacement", KsmRaces::aStoreBeforeTheReplacement),
                        merge(design, "a replacement before the copy", KsmRaces::aReplacementBeforeTheCopy),
                        merge(design, "a store while it is swapped out", KsmRaces::aStoreWhileItIsSwappedOut)));
        Stream<DynamicTest> others = Stream.of(
                merge("classic", "page-out", KsmRaces::aPageThatWouldBeSwappedOutMeanwhile),
                merge("classic", "MADV_DONTNEED", KsmRaces::aPageThatIsDiscarded),
                merge("classic", "MADV_DONTNEED of the shared page", KsmRaces::theSharedPageIsDiscarded),
                merge("classic", "a page that moves", KsmRaces::anAddressIsForgottenWhileThePageMoves),
                merge("classic", "munmap", KsmRaces::munmapWaits),
                merge("classic", "fork", KsmRaces::forkWaits),
                merge("classic", "a lookup without locks", race -> race.aLookupWithoutLocks(false)),
                merge("classic", "a reference without locks", race -> race.aLookupWithoutLocks(true)));
        return Stream.concat(faults, others);
    }

    private DynamicTest merge(String design, String name, Consumer<KsmRaces> body) {
        return test(design, "pages are merged, " + name, () -> body.accept(new KsmRaces(port, design)));
    }

    private Stream<DynamicTest> hints(String design) {
        return Stream.of(
                hint(design, "moves a page", NumaRaces::thePageMovesToWhereItIsUsed),
                hint(design, "and another use", NumaRaces::anotherUseGivesTheRightsBack),
                hint(design, "and munmap", NumaRaces::munmapTakesThePage),
                hint(design, "and mprotect", NumaRaces::mprotectTakesTheWrite));
    }

    private DynamicTest hint(String design, String name, Consumer<NumaRaces> body) {
        return test(design, "a NUMA hint " + name, () -> body.accept(new NumaRaces(port, design)));
    }

    private Stream<DynamicTest> policies() {
        return Stream.of(
                policy("vma-lock:6.4", "M19", Knobs.NONE, PolicyRaces::aPolicyThatIsFreed),
                policy("classic", "M19 absent", Knobs.NONE, isWaitedFor("classic")),
                policy("retry", "M19 absent", Knobs.NONE, isWaitedFor("retry")),
                policy("vma-lock:6.15", "M19 absent", Knobs.NONE, isWaitedFor("vma-lock:6.15")),
                policy(
                        "vma-lock:6.4",
                        "M19 absent, mended",
                        Knobs.NONE.with("fixed=mempolicy"),
                        isWaitedFor("vma-lock:6.4")));
    }

    private static Consumer<PolicyRaces> isWaitedFor(String design) {
        return race -> race.aPolicyThatIsWaitedFor(parked(design));
    }

    private DynamicTest policy(String design, String name, Knobs knobs, Consumer<PolicyRaces> body) {
        return test(design, name, () -> body.accept(new PolicyRaces(port, design, knobs)));
    }

    /// M14 is absent where a fault has a lock.
    private Stream<DynamicTest> notifiers() {
        Stream<DynamicTest> subscribed = Stream.of("classic", "retry", "vma-lock:6.4", "vma-lock:6.15")
                .map(design -> notifier(design, "M14 absent", race -> race.aSubscriberWaits(parked(design))));
        Stream<DynamicTest> truncated = Stream.of("classic", "vma-lock:6.15")
                .map(design -> notifier(design, "M14 absent, truncation", NotifierRaces::aTruncationIsWaitedFor));
        Stream<DynamicTest> others = Stream.of(
                notifier("classic", "unregistering", NotifierRaces::whoUnregistersWaitsForWhoTells),
                notifier("classic", "looking up", NotifierRaces::whatWasLookedUpBeforeIsNotEntered));
        return Stream.of(subscribed, truncated, others).flatMap(each -> each);
    }

    private DynamicTest notifier(String design, String name, Consumer<NotifierRaces> body) {
        return test(design, name, () -> body.accept(new NotifierRaces(port, design, Knobs.NONE)));
    }
}
