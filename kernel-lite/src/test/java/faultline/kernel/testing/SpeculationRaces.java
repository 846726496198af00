package faultline.kernel.testing;

import faultline.kernel.mm.pgtable.LocklessWalk;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/// All of [SpeculationRace] for one port, as tests.
public final class SpeculationRaces {

    private SpeculationRaces() {}

    public static Stream<DynamicTest> of(SpeculationRace race) {
        return Stream.of(
                test(race, "M11 in the walk", race::aReadSectionMeetsAFreedTable),
                test(race, "M11 at the lock", race::aReadSectionMeetsADeadLock),
                test(race, "M11 absent with interrupts off", race::interruptsOffHoldUpTheFallback),
                test(race, "M11 absent with grace periods", race::aReadSectionHoldsUpTheGracePeriod),
                test(
                        race,
                        "M12 in a read section",
                        () -> race.aLockFreedAtUnhookingIsDeadInEverySection(LocklessWalk.READ_SECTION)),
                test(
                        race,
                        "M12 with interrupts off",
                        () -> race.aLockFreedAtUnhookingIsDeadInEverySection(LocklessWalk.INTERRUPTS_OFF)),
                test(
                        race,
                        "M12 absent in a read section",
                        () -> race.aLockFreedWithItsFrameOutlivesTheSection(LocklessWalk.READ_SECTION)),
                test(
                        race,
                        "M12 absent with interrupts off",
                        () -> race.aLockFreedWithItsFrameOutlivesTheSection(LocklessWalk.INTERRUPTS_OFF)),
                test(race, "M20 in a read section", () -> race.aPmdComparedBeforeTheLock(LocklessWalk.READ_SECTION)),
                test(
                        race,
                        "M20 with interrupts off",
                        () -> race.aPmdComparedBeforeTheLock(LocklessWalk.INTERRUPTS_OFF)),
                test(
                        race,
                        "M20 absent in a read section",
                        () -> race.aPmdComparedUnderTheLock(LocklessWalk.READ_SECTION)),
                test(
                        race,
                        "M20 absent with interrupts off",
                        () -> race.aPmdComparedUnderTheLock(LocklessWalk.INTERRUPTS_OFF)),
                test(race, "M9", race::aBlockingLockWithInterruptsOff),
                test(race, "M9 absent in a read section", race::aBlockingLockInAReadSection),
                test(race, "M9 absent with a trylock", race::aTriedLockWithInterruptsOff));
    }

    private static DynamicTest test(SpeculationRace race, String name, Executable body) {
        return DynamicTest.dynamicTest(race.port() + ", " + name, body);
    }
}
