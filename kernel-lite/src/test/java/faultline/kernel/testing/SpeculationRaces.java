package faultline.kernel.testing;

import faultline.core.mmu.Access;
import faultline.kernel.lock.LockStep;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.fault.TableMaking;
import faultline.kernel.mm.fault.TryPolicy;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.mm.pgtable.LocklessWalk;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.pgtable.TableMoves;
import faultline.kernel.testing.SpeculationRace.Series;
import faultline.kernel.testing.TableRace.Flush;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/// All races of speculative faults for one port, as tests: those that are present, and what makes them
/// absent.
public final class SpeculationRaces {

    private final String name;

    private SpeculationRaces(RacePort port, Series series) {
        this.name = port + ", " + series.design + ", ";
    }

    public static Stream<DynamicTest> of(RacePort port, Flush flush) {
        return Stream.of(
                        Arrays.stream(Series.values()).flatMap(series -> of(port, flush, series)),
                        forks(port, flush),
                        files(port),
                        gup(port, flush),
                        pins(port),
                        swap(port),
                        migrations(port),
                        merging(port),
                        Stream.of("classic", "retry", "spf-vma", "spf-mm", "vma-lock:6.4", "vma-lock:6.15")
                                .flatMap(design -> hints(port, design)),
                        policies(port),
                        Stream.of("spf-vma:v12", "spf-mm:B0", "spf-mm:B2").flatMap(design -> tables(port, design)),
                        notifiers(port))
                .flatMap(each -> each);
    }

    private static Stream<DynamicTest> of(RacePort port, Flush flush, Series series) {
        SpeculationRaces tests = new SpeculationRaces(port, series);
        Stream<DynamicTest> all = Stream.of(
                        tests.freeing(new FreeingRaces(port, flush, series)),
                        tests.locking(new PteLockRaces(port, flush, series)),
                        Stream.of(tests.test(
                                "M1, M2, M3 absent", new VmaRaces(port, flush, series)::nobodyLooksBehindTheWalk)),
                        tests.unhooking(new UnhookingRaces(port, flush, series)),
                        tests.collapsing(new UnhookingRaces(port, flush, series)),
                        tests.remapping(new RemapRaces(port, flush, series)),
                        tests.userfaults(new UserfaultRaces(port, flush, series)))
                .flatMap(each -> each);
        return series == Series.SPF_VMA
                ? Stream.of(
                                all,
                                tests.uncounted(new UnhookingRaces(port, flush, series)),
                                Stream.of(tests.test(
                                        "M8", new RemapRaces(port, flush, series)::aNewPlaceThatIsOpenTooEarly)),
                                tests.vmas(new VmaRaces(port, flush, series)),
                                tests.handlers(new UserfaultRaces(port, flush, series)))
                        .flatMap(each -> each)
                : all;
    }

    private Stream<DynamicTest> vmas(VmaRaces race) {
        return Stream.of(
                test("M1", race::aPmdReadAgainIsFreed),
                test("M2", race::aTableMadeInAFreedPage),
                test("M3", race::aPmdAskedForAHugePageIsFreed),
                test("M6", race::twoWhoCountTogetherLeaveItOdd),
                test("M6 within", race::twoWhoAreInsideLookQuiet),
                test("M6 absent", race::twoWhoDoNotCountLeaveItEven));
    }

    private static Stream<DynamicTest> forks(RacePort port, Flush flush) {
        Knobs mended = Knobs.NONE.with("fixed=fork");
        return Stream.of(
                fork("M7", new ForkRace(port, flush, "spf-vma:v9", Knobs.NONE), true),
                fork("M7", new ForkRace(port, flush, "spf-vma:v11", Knobs.NONE), true),
                fork("M7", new ForkRace(port, flush, "vma-lock:6.4", Knobs.NONE), true),
                fork("M7 absent, mended", new ForkRace(port, flush, "vma-lock:6.4", mended), false),
                fork("M7 absent, mended", new ForkRace(port, flush, "spf-vma:v11", mended), false),
                fork("M7 absent", new ForkRace(port, flush, "spf-vma:v12", Knobs.NONE), false),
                fork("M7 absent", new ForkRace(port, flush, "vma-lock:6.15", Knobs.NONE), false),
                fork("M7 absent", new ForkRace(port, flush, "spf-mm", Knobs.NONE), false),
                fork("M7 absent", new ForkRace(port, flush, "classic", Knobs.NONE), false));
    }

    private static Stream<DynamicTest> gup(RacePort port, Flush flush) {
        GupRaces race = new GupRaces(port, flush);
        String name = port + ", lockless get_user_pages, ";
        return Stream.concat(
                Stream.of(
                        DynamicTest.dynamicTest(name + "a page that becomes another's", race::aPageThatBecomesAnothers),
                        DynamicTest.dynamicTest(name + "a page that is to be moved", race::aPageThatIsToBeMoved),
                        DynamicTest.dynamicTest(
                                name + "a page unmapped behind it", race::aPageThatIsUnmappedBehindTheLookup)),
                Arrays.stream(LocklessWalk.values())
                        .flatMap(walk -> Arrays.stream(TableFreeing.values())
                                .map(freeing -> DynamicTest.dynamicTest(
                                        name + "walk " + walk + ", free " + freeing,
                                        () -> race.aTableThatIsFreed(walk, freeing)))));
    }

    private static Stream<DynamicTest> pins(RacePort port) {
        Stream<DynamicTest> noticed = Arrays.stream(PinRaces.Begin.values())
                .map(begin -> pin(port, "made again, begun " + begin, race -> race.aForkThatIsWaitedFor(begin)));
        Stream<DynamicTest> lost = Stream.of(PinRaces.Begin.BEFORE, PinRaces.Begin.WITHIN)
                .map(begin -> pin(port, "lost unheeded, begun " + begin, race -> race.aForkThatIsNotHeeded(begin)));
        return Stream.of(Stream.of(pin(port, "pinned before", PinRaces::aPinThatForkSees)), noticed, lost)
                .flatMap(each -> each);
    }

    private static DynamicTest pin(RacePort port, String name, Consumer<PinRaces> body) {
        return DynamicTest.dynamicTest(
                port + ", a pin without locks and a fork, " + name, () -> body.accept(new PinRaces(port)));
    }

    private static Stream<DynamicTest> files(RacePort port) {
        FileRaces race = new FileRaces(port);
        return Stream.concat(
                Stream.of(
                        file(
                                port,
                                "truncation behind a read",
                                race::truncationTakesAwayWhatWasMappedBeforeItGotThePage),
                        file(
                                port,
                                "a store to a page that truncation took keeps it, as posted",
                                () -> race.aPageThatTruncationTookIsNotMapped(Access.WRITE, true))),
                Stream.of(Access.READ, Access.WRITE)
                        .flatMap(access -> Stream.of(
                                file(
                                        port,
                                        "munmap within the section, " + access,
                                        () -> race.aFileThatIsUnmappedStaysToTheEndOfTheSection(access)),
                                file(
                                        port,
                                        "munmap within the section, the file goes at once, " + access,
                                        () -> race.aFileThatIsReleasedAtOnceIsLookedAtAfterwards(access)),
                                file(
                                        port,
                                        "munmap before the section, " + access,
                                        () -> race.aFileThatIsUnmappedBeforeTheSectionIsNotLookedAt(access)),
                                file(
                                        port,
                                        "truncation before the page lock, " + access,
                                        () -> race.aPageThatTruncationTookIsNotMapped(access, false)))));
    }

    private static Stream<DynamicTest> swap(RacePort port) {
        SwapRaces race = new SwapRaces(port);
        Knobs today = Knobs.NONE.with("completed=on");
        return Stream.of(
                swap(
                        port,
                        "spf-vma:v9",
                        "M16",
                        design -> race.aReadaheadByBoundsThatHaveChanged(design, Knobs.NONE, true)),
                swap(
                        port,
                        "spf-vma:v11",
                        "M16",
                        design -> race.aReadaheadByBoundsThatHaveChanged(design, Knobs.NONE, true)),
                swap(
                        port,
                        "spf-vma:v11",
                        "M16 absent, mended",
                        design -> race.aReadaheadByBoundsThatHaveChanged(
                                design, Knobs.NONE.with("fixed=swap-readahead"), false)),
                swap(
                        port,
                        "spf-vma:v12",
                        "M16 absent",
                        design -> race.aReadaheadByBoundsThatHaveChanged(design, Knobs.NONE, false)),
                swap(port, "classic", "a copy that is being dropped", race::aCopyThatIsBeingDropped),
                swap(port, "spf-vma:v9", "M17", design -> race.aPteThatIsAnotherOne(design, today, true)),
                swap(
                        port,
                        "spf-vma:v9",
                        "M17 absent in its time",
                        design -> race.aPteThatIsAnotherOne(design, Knobs.NONE, false)),
                swap(
                        port,
                        "spf-vma:v9",
                        "M17 absent, mended",
                        design -> race.aPteThatIsAnotherOne(design, today.with("fixed=not-same"), false)),
                swap(port, "spf-vma:v10", "M17 absent", design -> race.aPteThatIsAnotherOne(design, today, false)));
    }

    private static Stream<DynamicTest> migrations(RacePort port) {
        Knobs mended = Knobs.NONE.with("fixed=migration-wait");
        return Stream.of(
                        Stream.of("spf-vma:v9", "spf-vma:v12")
                                .flatMap(design -> Stream.of(
                                        migration(
                                                "M4",
                                                port,
                                                design,
                                                Knobs.NONE,
                                                MigrationRaces::aWaitInATableThatIsGone),
                                        migration(
                                                "M4 absent, mended",
                                                port,
                                                design,
                                                mended,
                                                left(VmEvent.SPF_VMA_NOTSUP)))),
                        Stream.of("spf-mm:B0", "spf-mm:B1")
                                .map(design -> migration(
                                        "M4 absent", port, design, Knobs.NONE, left(VmEvent.SPF_ABORT_NON_SWAP_ENTRY))),
                        Stream.of(migration("M4 absent", port, "spf-mm:B2", Knobs.NONE, left(VmEvent.SPF_ABORT_SWAP))),
                        Stream.of("classic", "retry", "spf-vma", "spf-mm", "vma-lock:6.4", "vma-lock:6.15")
                                .map(design -> migration(
                                        "a store waits for a page that is moved",
                                        port,
                                        design,
                                        Knobs.NONE,
                                        MigrationRaces::aStoreWaitsForThePage)),
                        Stream.of(
                                moving("munmap", port, MigrationRaces::munmapTakesTheEntry),
                                moving("mprotect", port, MigrationRaces::mprotectMakesItReadOnly),
                                moving("mremap", port, MigrationRaces::mremapTakesTheEntryAlong),
                                moving("fork", port, MigrationRaces::forkSharesIt),
                                moving("a pinned page", port, MigrationRaces::aPinnedPageStays)))
                .flatMap(each -> each);
    }

    /// Of all designs what a fault meets; what a writer meets is the same under each.
    private static Stream<DynamicTest> merging(RacePort port) {
        Stream<DynamicTest> faults = FaultDesigns.names().stream()
                .flatMap(design -> Stream.of(
                        merge(port, design, "a store before the protection", KsmRaces::aStoreBeforeTheProtection),
                        merge(port, design, "a store before the replacement", KsmRaces::aStoreBeforeTheReplacement),
                        merge(port, design, "a replacement before the copy", KsmRaces::aReplacementBeforeTheCopy),
                        merge(port, design, "a store while it is swapped out", KsmRaces::aStoreWhileItIsSwappedOut)));
        Stream<DynamicTest> others = Stream.of(
                merge(port, "classic", "page-out", KsmRaces::aPageThatWouldBeSwappedOutMeanwhile),
                merge(port, "classic", "MADV_DONTNEED", KsmRaces::aPageThatIsDiscarded),
                merge(port, "classic", "MADV_DONTNEED of the shared page", KsmRaces::theSharedPageIsDiscarded),
                merge(port, "classic", "a page that moves", KsmRaces::anAddressIsForgottenWhileThePageMoves),
                merge(port, "classic", "munmap", KsmRaces::munmapWaits),
                merge(port, "classic", "fork", KsmRaces::forkWaits),
                merge(port, "classic", "a lookup without locks", race -> race.aLookupWithoutLocks(false)),
                merge(port, "classic", "a reference without locks", race -> race.aLookupWithoutLocks(true)));
        return Stream.concat(faults, others);
    }

    private static DynamicTest merge(RacePort port, String design, String name, Consumer<KsmRaces> body) {
        return DynamicTest.dynamicTest(
                port + ", " + design + ", pages are merged, " + name, () -> body.accept(new KsmRaces(port, design)));
    }

    private static Stream<DynamicTest> hints(RacePort port, String design) {
        return Stream.of(
                hint("moves a page", port, design, NumaRaces::thePageMovesToWhereItIsUsed),
                hint("and another use", port, design, NumaRaces::anotherUseGivesTheRightsBack),
                hint("and munmap", port, design, NumaRaces::munmapTakesThePage),
                hint("and mprotect", port, design, NumaRaces::mprotectTakesTheWrite));
    }

    private static DynamicTest hint(String name, RacePort port, String design, Consumer<NumaRaces> body) {
        return DynamicTest.dynamicTest(
                port + ", " + design + ", a NUMA hint " + name, () -> body.accept(new NumaRaces(port, design)));
    }

    private static Consumer<MigrationRaces> left(VmEvent reason) {
        return race -> race.aWaitThatIsLeftToTheLock(reason);
    }

    private static DynamicTest moving(String name, RacePort port, Consumer<MigrationRaces> body) {
        return migration("a page is moved, " + name, port, "classic", Knobs.NONE, body);
    }

    private static DynamicTest migration(
            String name, RacePort port, String design, Knobs knobs, Consumer<MigrationRaces> body) {
        return DynamicTest.dynamicTest(
                port + ", " + design + ", " + name, () -> body.accept(new MigrationRaces(port, design, knobs)));
    }

    private static Stream<DynamicTest> tables(RacePort port, String design) {
        return Stream.of(
                tables("M39", port, design, TableMaking.UNCHECKED, TableMakingRaces::aTableBehindWhoFreesThem),
                tables(
                        "M39 absent, looked at",
                        port,
                        design,
                        TableMaking.LOCKED,
                        TableMakingRaces::aTableThatIsNotLinked),
                tables("M39 absent, found", port, design, TableMaking.LOCKED, TableMakingRaces::aTableThatIsFound),
                tables("a table is made", port, design, TableMaking.LOCKED, TableMakingRaces::aTableThatIsMade));
    }

    private static DynamicTest tables(
            String name, RacePort port, String design, TableMaking making, Consumer<TableMakingRaces> body) {
        return DynamicTest.dynamicTest(
                port + ", " + design + ", " + name, () -> body.accept(new TableMakingRaces(port, design, making)));
    }

    private static Stream<DynamicTest> policies(RacePort port) {
        Knobs mended = Knobs.NONE.with("fixed=mempolicy");
        // Who parks for mmap_lock does it behind the lock of its queue.
        LockStep queue = LockStep.SPIN_UNLOCK;
        return Stream.of(
                        Stream.of("spf-vma:v9", "spf-vma:v12", "spf-mm:B0", "spf-mm:B2", "vma-lock:6.4")
                                .map(design ->
                                        policy("M19", port, design, Knobs.NONE, PolicyRaces::aPolicyThatIsFreed)),
                        Stream.of(
                                policy("M19 absent", port, "classic", Knobs.NONE, isWaitedFor(queue)),
                                policy("M19 absent", port, "retry", Knobs.NONE, isWaitedFor(queue)),
                                policy("M19 absent", port, "vma-lock:6.15", Knobs.NONE, isWaitedFor(LockStep.WAIT)),
                                policy("M19 absent, mended", port, "vma-lock:6.4", mended, isWaitedFor(queue)),
                                policy(
                                        "M19 absent, mended",
                                        port,
                                        "spf-vma:v12",
                                        mended,
                                        race -> race.aPolicyThatIsNotLookedAt(VmEvent.SPF_VMA_NOTSUP, queue)),
                                policy(
                                        "M19 absent, mended",
                                        port,
                                        "spf-mm:B2",
                                        mended,
                                        race -> race.aPolicyThatIsNotLookedAt(VmEvent.SPF_ABORT_NO_SPECULATE, queue))))
                .flatMap(each -> each);
    }

    private static Consumer<PolicyRaces> isWaitedFor(LockStep behind) {
        return race -> race.aPolicyThatIsWaitedFor(behind);
    }

    private static DynamicTest policy(
            String name, RacePort port, String design, Knobs knobs, Consumer<PolicyRaces> body) {
        return DynamicTest.dynamicTest(
                port + ", " + design + ", " + name, () -> body.accept(new PolicyRaces(port, design, knobs)));
    }

    private static DynamicTest swap(RacePort port, String design, String name, Consumer<String> body) {
        return DynamicTest.dynamicTest(port + ", " + design + ", " + name, () -> body.accept(design));
    }

    private static DynamicTest file(RacePort port, String name, Executable body) {
        return DynamicTest.dynamicTest(port + ", spf-mm:B0, file, " + name, body);
    }

    private static DynamicTest fork(String name, ForkRace race, boolean present) {
        return DynamicTest.dynamicTest(
                race.port() + ", " + race.design() + ", " + name, present ? race::present : race::absent);
    }

    private static Stream<DynamicTest> notifiers(RacePort port) {
        Knobs locked = Knobs.NONE.with("fixed=notifier");
        Knobs told = Knobs.NONE.with("fixed=range-end");
        return Stream.of(
                        Stream.of("spf-mm:B0", "spf-mm:B1")
                                .flatMap(design -> Stream.of(
                                        notifier(
                                                "M14",
                                                port,
                                                design,
                                                Knobs.NONE,
                                                race -> race.anEndWithoutItsStart(false)),
                                        notifier("M14 absent, mended", port, design, locked, waits(LockStep.WAIT)))),
                        Stream.of("spf-vma:v9", "spf-vma:v12")
                                .flatMap(design -> Stream.of(
                                        notifier(
                                                "M14",
                                                port,
                                                design,
                                                Knobs.NONE,
                                                race -> race.anEndWithoutItsStart(true)),
                                        notifier("M14 absent, mended", port, design, locked, waits(LockStep.WAIT)),
                                        notifier(
                                                "M14 absent, given up",
                                                port,
                                                design,
                                                locked,
                                                gives(VmEvent.SPF_MMU_NOTIFIER)),
                                        notifier(
                                                "no end", port, design, Knobs.NONE, race -> race.aCopyIsGivenUp(false)),
                                        notifier(
                                                "no end absent, mended",
                                                port,
                                                design,
                                                told,
                                                race -> race.aCopyIsGivenUp(true)))),
                        Stream.of("spf-mm:B0", "spf-mm:B2")
                                .map(design -> notifier(
                                        "no end absent", port, design, Knobs.NONE, race -> race.aCopyIsGivenUp(true))),
                        Stream.of(
                                notifier("M14 absent", port, "spf-mm:B2", Knobs.NONE, waits(LockStep.WAIT)),
                                notifier(
                                        "M14 absent, given up",
                                        port,
                                        "spf-mm:B2",
                                        Knobs.NONE,
                                        gives(VmEvent.SPF_ABORT_MMU_NOTIFIER)),
                                notifier("M14 absent", port, "vma-lock:6.15", Knobs.NONE, waits(LockStep.WAIT))),
                        Stream.of("classic", "spf-mm:B0", "spf-mm:B2", "vma-lock:6.15")
                                .map(design -> notifier(
                                        "M14 absent, truncation",
                                        port,
                                        design,
                                        Knobs.NONE,
                                        NotifierRaces::aTruncationIsWaitedFor)),
                        Stream.of(
                                notifier(
                                        "unregistering",
                                        port,
                                        "classic",
                                        Knobs.NONE,
                                        NotifierRaces::whoUnregistersWaitsForWhoTells),
                                notifier(
                                        "looking up",
                                        port,
                                        "classic",
                                        Knobs.NONE,
                                        NotifierRaces::whatWasLookedUpBeforeIsNotEntered)),
                        // Who parks for a semaphore does it behind the lock of its queue.
                        Stream.of("vma-lock:6.4", "classic", "retry")
                                .map(design ->
                                        notifier("M14 absent", port, design, Knobs.NONE, waits(LockStep.SPIN_UNLOCK))))
                .flatMap(each -> each);
    }

    private static Consumer<NotifierRaces> waits(LockStep behind) {
        return race -> race.aSubscriberWaits(behind);
    }

    private static Consumer<NotifierRaces> gives(VmEvent reason) {
        return race -> race.aFaultGivesWay(reason);
    }

    private static DynamicTest notifier(
            String name, RacePort port, String design, Knobs knobs, Consumer<NotifierRaces> body) {
        NotifierRaces race = new NotifierRaces(port, design, knobs);
        return DynamicTest.dynamicTest(port + ", " + design + ", " + name, () -> body.accept(race));
    }

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

    private Stream<DynamicTest> unhooking(UnhookingRaces race) {
        return eachWalk(walk -> Stream.of(
                test("M20, " + walk, () -> race.aPmdComparedBeforeTheLock(walk)),
                test("M20 absent, " + walk, () -> race.aPmdComparedUnderTheLock(walk))));
    }

    /// Where the architecture has huge pages.
    private Stream<DynamicTest> collapsing(UnhookingRaces race) {
        if (!race.hasHugePages()) {
            return Stream.empty();
        }
        return eachWalk(walk -> Stream.of(
                test("M18 absent where it is counted, " + walk, () -> race.aCollapseThatFHearsOf(walk, true)),
                test("M18 absent by the PMD, " + walk, () -> race.aCollapseThatFHearsOf(walk, false))));
    }

    private Stream<DynamicTest> remapping(RemapRaces race) {
        return Stream.of(
                test("M8 absent", race::aNewPlaceThatIsOpenWhenPagesAreThere),
                test("M10", race::aTableThatMovesUnderItsLock),
                test("M10 absent page by page", () -> race.aTableThatMovesWithItsLock(TableMoves.PTE)),
                test("M10 absent with its lock", () -> race.aTableThatMovesWithItsLock(TableMoves.PMD_LOCKED)));
    }

    private Stream<DynamicTest> uncounted(UnhookingRaces race) {
        if (!race.hasHugePages()) {
            return Stream.empty();
        }
        return Stream.of(
                test("M18", race::aCollapseThatIsNotCounted),
                test("M18 absent where khugepaged interrupts", race::aCollapseThatInterrupts));
    }

    private Stream<DynamicTest> userfaults(UserfaultRaces race) {
        Stream<DynamicTest> registering = Stream.of(test("M36 absent", race::aRegistrationIsHeardOf));
        return race.protects()
                ? Stream.concat(registering, Stream.of(test("M5 absent", race::aCloseIsNotMet)))
                : registering;
    }

    /// Of `spf-vma` alone, with what it has been spared.
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

    /// What a walk may protect itself with: as posted, the one or the other.
    private static Stream<DynamicTest> eachWalk(Function<LocklessWalk, Stream<DynamicTest>> tests) {
        return Stream.of(LocklessWalk.INTERRUPTS_OFF, LocklessWalk.READ_SECTION).flatMap(tests);
    }

    private DynamicTest test(String race, Executable body) {
        return DynamicTest.dynamicTest(name + race, body);
    }
}
