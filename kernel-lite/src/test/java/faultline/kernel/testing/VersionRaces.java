package faultline.kernel.testing;

import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.fault.TableMaking;
import faultline.kernel.mm.fault.TryPolicy;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.TableMoves;
import faultline.kernel.testing.SpeculationRace.Series;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/// The races of one version of `spf-vma` or `spf-mm`, as tests for one port: those that it has, and what makes them
/// absent. Which it has is said here, by the catalogue, and not asked of the version.
final class VersionRaces {

    private final RacePort port;
    private final PortFacts facts;
    private final String design;
    private final Series series;

    /// Of a version, `NAME:VERSION`.
    VersionRaces(RacePort port, PortFacts facts, String design) {
        this.port = port;
        this.facts = facts;
        this.design = design;
        this.series = Series.of(design);
    }

    Stream<DynamicTest> all() {
        Stream<DynamicTest> alike = flat(Stream.of(
                freeing(new FreeingRaces(port, facts, design)),
                locking(new PteLockRaces(port, facts, design)),
                walks(new VmaRaces(port, facts, design)),
                unhooking(new UnhookingRaces(port, facts, design)),
                remapping(new RemapRaces(port, facts, design)),
                userfaults(new UserfaultRaces(port, facts, design)),
                migrations(),
                policies(),
                tables(),
                copies()));
        Stream<DynamicTest> own = series == Series.SPF_VMA
                ? flat(Stream.of(
                        vmas(new VmaRaces(port, facts, design)),
                        uncounted(new UnhookingRaces(port, facts, design)),
                        opening(new RemapRaces(port, facts, design)),
                        handlers(new UserfaultRaces(port, facts, design)),
                        changed(new SwapRaces(port))))
                : Stream.empty();
        return flat(Stream.of(alike, own, ofSome()));
    }

    /// What some versions of the series have and others do not.
    Stream<DynamicTest> ofSome() {
        return series == Series.SPF_VMA
                ? flat(Stream.of(forks(), readahead(new SwapRaces(port)), escapes(new SwapRaces(port)), subscribers()))
                : Stream.concat(forks(), subscribers());
    }

    private static Stream<DynamicTest> flat(Stream<Stream<DynamicTest>> tests) {
        return tests.flatMap(each -> each);
    }

    private DynamicTest test(String race, Executable body) {
        return DynamicTest.dynamicTest(port + ", " + design + ", " + race, body);
    }

    /// What a walk may protect itself with: as posted, the one or the other.
    private static Stream<DynamicTest> eachWalk(Function<LocklessWalk, Stream<DynamicTest>> tests) {
        return Stream.of(LocklessWalk.INTERRUPTS_OFF, LocklessWalk.READ_SECTION).flatMap(tests);
    }

    private static Knobs mended(String defect) {
        return Knobs.NONE.with("fixed=" + defect);
    }

    /// Whether it is the last of its series.
    private boolean isLast() {
        return design.equals("spf-vma:v12") || design.equals("spf-mm:B2");
    }

    // Of all versions of both.

    private Stream<DynamicTest> freeing(FreeingRaces race) {
        return Stream.concat(
                Stream.of(
                        test("M11 in the walk", race::aReadSectionMeetsAFreedTable),
                        test("M11 at the lock", race::aReadSectionMeetsADeadLock),
                        test("M11 absent with interrupts off", race::interruptsOffHoldUpTheFallback),
                        test("M11 absent with grace periods", race::aReadSectionHoldsUpTheGracePeriod)),
                eachWalk(walk -> Stream.of(
                        test("M12, " + walk, () -> race.aLockFreedAtUnhookingIsDead(walk)),
                        test("M12 absent, " + walk, () -> race.aLockFreedWithItsFrameIsNot(walk)))));
    }

    private Stream<DynamicTest> locking(PteLockRaces race) {
        return Stream.of(
                test("M9", race::waitingWithInterruptsOff),
                test("M9 absent in a read section", () -> race.goesOn(LocklessWalk.READ_SECTION, TryPolicy.BLOCK)),
                test("M9 absent with one try", () -> race.goesOn(LocklessWalk.INTERRUPTS_OFF, TryPolicy.ONCE)),
                test("M9 absent with many", () -> race.goesOn(LocklessWalk.INTERRUPTS_OFF, TryPolicy.LOOP)));
    }

    private Stream<DynamicTest> walks(VmaRaces race) {
        return Stream.of(
                test("M1, M2, M3 absent", race::theNextLookIsProtected),
                test("M2, M3 absent", race::nobodyLooksBehindTheDecision));
    }

    private Stream<DynamicTest> unhooking(UnhookingRaces race) {
        return eachWalk(walk -> Stream.concat(
                Stream.of(
                        test("M20, " + walk, () -> race.aPmdComparedBeforeTheLock(walk)),
                        test("M20 absent, " + walk, () -> race.aPmdComparedUnderTheLock(walk))),
                collapsing(race, walk)));
    }

    /// Where the architecture has huge pages.
    private Stream<DynamicTest> collapsing(UnhookingRaces race, LocklessWalk walk) {
        return race.hasHugePages()
                ? Stream.of(
                        test("M18 absent where it is counted, " + walk, () -> race.aCollapseThatFHearsOf(walk, true)),
                        test("M18 absent by the PMD, " + walk, () -> race.aCollapseThatFHearsOf(walk, false)))
                : Stream.empty();
    }

    private Stream<DynamicTest> remapping(RemapRaces race) {
        return Stream.of(
                test("M8 absent", race::aNewPlaceThatIsOpenWhenPagesAreThere),
                test("M10", race::aTableThatMovesUnderItsLock),
                test("M10 absent page by page", () -> race.aTableThatMovesWithItsLock(TableMoves.PTE)),
                test("M10 absent with its lock", () -> race.aTableThatMovesWithItsLock(TableMoves.PMD_LOCKED)));
    }

    private Stream<DynamicTest> userfaults(UserfaultRaces race) {
        Stream<DynamicTest> registering = Stream.of(test("M36 absent", race::aRegistrationIsHeardOf));
        return race.protects()
                ? Stream.concat(registering, Stream.of(test("M5 absent", race::aCloseIsNotMet)))
                : registering;
    }

    /// A page that is being moved: `spf-vma` waits, `spf-mm` gives up.
    private Stream<DynamicTest> migrations() {
        Stream<DynamicTest> stored = Stream.of(test(
                "a store waits for a page that is moved",
                () -> migration(Knobs.NONE).aStoreWaitsForThePage()));
        Stream<DynamicTest> unmapped = series == Series.SPF_VMA
                ? Stream.of(
                        test("M4", () -> migration(Knobs.NONE).aWaitInATableThatIsGone()),
                        test(
                                "M4 absent, mended",
                                () -> migration(mended("migration-wait"))
                                        .aWaitThatIsLeftToTheLock(VmEvent.SPF_VMA_NOTSUP)))
                : Stream.of(test(
                        "M4 absent",
                        () -> migration(Knobs.NONE)
                                .aWaitThatIsLeftToTheLock(
                                        isLast() ? VmEvent.SPF_ABORT_SWAP : VmEvent.SPF_ABORT_NON_SWAP_ENTRY)));
        return Stream.concat(stored, unmapped);
    }

    private MigrationRaces migration(Knobs knobs) {
        return new MigrationRaces(port, design, knobs);
    }

    private Stream<DynamicTest> policies() {
        VmEvent reason = series == Series.SPF_VMA ? VmEvent.SPF_VMA_NOTSUP : VmEvent.SPF_ABORT_NO_SPECULATE;
        return Stream.of(
                test("M19", () -> new PolicyRaces(port, design, Knobs.NONE).aPolicyThatIsFreed()),
                test(
                        "M19 absent, mended",
                        () -> new PolicyRaces(port, design, mended("mempolicy"))
                                .aPolicyThatIsNotLookedAt(reason, SpeculationRace.PARKED)));
    }

    private Stream<DynamicTest> tables() {
        VmEvent reason = series == Series.SPF_VMA ? VmEvent.SPF_VMA_NOTSUP : VmEvent.SPF_ABORT_PMD;
        return Stream.of(
                test("M39", () -> making(TableMaking.UNCHECKED).aTableBehindWhoFreesThem()),
                test("M39 absent, as posted", () -> making(TableMaking.OFF).aTableThatIsNotMade(reason)),
                test("M39 absent, looked at", () -> making(TableMaking.LOCKED).aTableThatIsNotLinked()),
                test("M39 absent, found", () -> making(TableMaking.LOCKED).aTableThatIsFound()),
                test("a table is made", () -> making(TableMaking.LOCKED).aTableThatIsMade()));
    }

    private TableMakingRaces making(TableMaking how) {
        return new TableMakingRaces(port, design, how);
    }

    /// Whether the end of a copy that is given up is told; and a truncation, which is waited for.
    private Stream<DynamicTest> copies() {
        Stream<DynamicTest> truncation = Stream.of(
                test("M14 absent, truncation", () -> notifier(Knobs.NONE).aTruncationIsWaitedFor()));
        Stream<DynamicTest> ends = series == Series.SPF_VMA
                ? Stream.of(
                        test("no end", () -> notifier(Knobs.NONE).aCopyIsGivenUp(false)),
                        test(
                                "no end absent, mended",
                                () -> notifier(mended("range-end")).aCopyIsGivenUp(true)))
                : Stream.of(test("no end absent", () -> notifier(Knobs.NONE).aCopyIsGivenUp(true)));
        return Stream.concat(truncation, ends);
    }

    private NotifierRaces notifier(Knobs knobs) {
        return new NotifierRaces(port, design, knobs);
    }

    // Of all versions of spf-vma.

    private Stream<DynamicTest> vmas(VmaRaces race) {
        return Stream.of(
                test("M1", race::aPmdReadAgainIsFreed),
                test("M2", race::aTableMadeInAFreedPage),
                test("M3", race::aPmdAskedForAHugePageIsFreed),
                test("M6", race::twoWhoCountTogetherLeaveItOdd),
                test("M6 within", race::twoWhoAreInsideLookQuiet),
                test("M6 absent", race::twoWhoDoNotCountLeaveItEven));
    }

    private Stream<DynamicTest> uncounted(UnhookingRaces race) {
        return race.hasHugePages()
                ? Stream.of(
                        test("M18", race::aCollapseThatIsNotCounted),
                        test("M18 absent where khugepaged interrupts", race::aCollapseThatInterrupts))
                : Stream.empty();
    }

    private Stream<DynamicTest> opening(RemapRaces race) {
        return Stream.of(test("M8", race::aNewPlaceThatIsOpenTooEarly));
    }

    /// With what the series has been spared.
    private Stream<DynamicTest> handlers(UserfaultRaces race) {
        Stream<DynamicTest> registering = Stream.of(test("M36", race::aRegistrationThatIsNotBracketed));
        return race.protects()
                ? Stream.concat(
                        registering,
                        Stream.of(
                                test("M5", race::aHandlerThatIsClosed),
                                test("M5 without a close", race::aHandlerThatIsNotWaitedFor)))
                : registering;
    }

    private Stream<DynamicTest> changed(SwapRaces race) {
        return Stream.of(
                test("a swapped page and a VMA that changes, wide", () -> race.aVmaThatHasChanged(design, true)),
                test("a swapped page and a VMA that changes", () -> race.aVmaThatHasChanged(design, false)));
    }

    // Of some versions.

    /// M7 is of `spf-vma` before v12.
    private Stream<DynamicTest> forks() {
        return series == Series.SPF_VMA && !isLast()
                ? Stream.of(
                        test("M7", () -> fork(Knobs.NONE).present()),
                        test("M7 absent, mended", () -> fork(mended("fork")).absent()))
                : Stream.of(test("M7 absent", () -> fork(Knobs.NONE).absent()));
    }

    private ForkRace fork(Knobs knobs) {
        return new ForkRace(port, facts, design, knobs);
    }

    /// M16 is of `spf-vma` before v12.
    private Stream<DynamicTest> readahead(SwapRaces race) {
        return isLast()
                ? Stream.of(test("M16 absent", () -> race.aReadaheadByBoundsThatHaveChanged(design, Knobs.NONE, false)))
                : Stream.of(
                        test("M16", () -> race.aReadaheadByBoundsThatHaveChanged(design, Knobs.NONE, true)),
                        test(
                                "M16 absent, mended",
                                () -> race.aReadaheadByBoundsThatHaveChanged(design, mended("swap-readahead"), false)));
    }

    /// M17 is of `spf-vma:v9`, with callers that know VM_FAULT_COMPLETED.
    private Stream<DynamicTest> escapes(SwapRaces race) {
        Knobs today = Knobs.NONE.with("completed=on");
        return design.equals("spf-vma:v9")
                ? Stream.of(
                        test("M17", () -> race.aPteThatIsAnotherOne(design, today, true)),
                        test("M17 absent in its time", () -> race.aPteThatIsAnotherOne(design, Knobs.NONE, false)),
                        test("M17 absent, a word", () -> race.aPteOfAWord(design, today)),
                        test(
                                "M17 absent, mended",
                                () -> race.aPteThatIsAnotherOne(design, today.with("fixed=not-same"), false)))
                : Stream.of(test("M17 absent", () -> race.aPteThatIsAnotherOne(design, today, false)));
    }

    /// M14 is of all but `spf-mm:B2`. A copy of `spf-vma` is done for all that.
    private Stream<DynamicTest> subscribers() {
        boolean present = !design.equals("spf-mm:B2");
        Knobs locked = present ? mended("notifier") : Knobs.NONE;
        VmEvent reason = series == Series.SPF_VMA ? VmEvent.SPF_MMU_NOTIFIER : VmEvent.SPF_ABORT_MMU_NOTIFIER;
        String absent = present ? "M14 absent, mended" : "M14 absent";
        Stream<DynamicTest> unheard = present
                ? Stream.of(test("M14", () -> notifier(Knobs.NONE).anEndWithoutItsStart(series == Series.SPF_VMA)))
                : Stream.empty();
        Stream<DynamicTest> kept = Stream.of(
                test(absent, () -> notifier(locked).aSubscriberWaits(LockStep.WAIT)),
                test(absent + ", given up", () -> notifier(locked).aFaultGivesWay(reason)));
        return Stream.concat(unheard, kept);
    }
}
