package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.DirectedSchedule;
import faultline.core.step.DirectedSchedule.Actor;
import faultline.core.step.SeededSchedule;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.lock.LockStep;
import faultline.kernel.lock.TestThread;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.DirtySetting;
import faultline.kernel.mm.page.PageStep;
import faultline.kernel.mm.page.VmEvent;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Stores to a shared mapping that wait for the disk, under each design: who may change the address space meanwhile,
/// and how the fault is counted.
@Timeout(120)
final class ThrottleTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    private static final long LATENCY = 1_000_000;
    private static final int PAGES = 64;

    private static final Knobs COMPLETED = Knobs.NONE;
    private static final Knobs RETRY = Knobs.NONE.with("completed=off");

    private static Knobs knobs(boolean completes) {
        return completes ? COMPLETED : RETRY;
    }

    private static void limit(ToyMachine machine, int pages) {
        machine.kernel().dirtyPages().limits().set(DirtySetting.DIRTY_BYTES, (long) pages * PAGE);
    }

    private static Mm map(ToyMachine machine, DiskFile file) {
        file.load();
        Mm mm = machine.newMm();
        mm.mmap(at(0), (long) PAGES * PAGE, RW, MAP_SHARED | MAP_FIXED, file, 0);
        mm.get();
        return mm;
    }

    // Step by step: D stores to a page too many and waits for the disk, M maps and unmaps.

    /// What one interleaving is about.
    private static final class Meeting implements AutoCloseable {
        private final DirectedSchedule schedule = new DirectedSchedule();
        private final ToyMachine machine;
        private final DiskFile file;
        private final List<ToyThread> threads;
        private final AtomicBoolean mapped = new AtomicBoolean();
        private final AtomicLong completed = new AtomicLong();
        final Actor dirtier;
        final Actor mapper;

        Meeting(String design, Knobs knobs, boolean unmapsAll) {
            machine =
                    ToyMachine.withDisk(2, schedule, new DiskTiming(LATENCY, 1)).with(design, knobs);
            limit(machine, 2);
            file = new DiskFile(machine.kernel(), PAGES);
            Mm mm = map(machine, file);
            threads = List.of(
                    new ToyThread(machine, 0, self -> {
                        self.use(mm);
                        assertThat(self.store(at(0), 1)).isNull();
                        self.store(at(1), 1);
                        completed.set(self.completed);
                        mm.put();
                    }),
                    new ToyThread(machine, 1, self -> {
                        self.use(mm);
                        mm.mmap(at(100), PAGE, PROT_READ, ANON, null, 0);
                        mm.munmap(at(100), PAGE);
                        if (unmapsAll) {
                            mm.munmap(at(0), (long) PAGES * PAGE);
                        }
                        mapped.set(true);
                        mm.put();
                    }));
            threads.forEach(ToyThread::launch);
            dirtier = schedule.actor("toy-0");
            mapper = schedule.actor("toy-1");
        }

        /// All locks are given back, each once: whoever gives back what he does not hold throws, and who left one
        /// held would keep the last user of the address space from taking it apart.
        void finish() {
            schedule.runAll();
            TestThread.join(threads);
            assertThat(mapped).isTrue();
            file.pages().evict();
            assertThat(file.references()).isZero();
            assertThat(machine.kernel().allocator().freeFrames())
                    .isEqualTo(machine.kernel().allocator().totalFrames() - 1);
        }

        @Override
        public void close() {
            schedule.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "retry-2006", "retry-2006-seq"})
    void aMapperWaitsForTheDiskWhereTheStoreKeepsTheLock(String design) {
        try (Meeting meeting = new Meeting(design, COMPLETED, false)) {
            meeting.dirtier.runTo(PageStep.DIRTY_WAIT);
            meeting.dirtier.runUntilBlocked(PageStep.DIRTY_WAIT);
            meeting.mapper.runTo(LockStep.LOCK_WAIT);
            meeting.mapper.runUntilBlocked(LockStep.SPIN_UNLOCK);
            assertThat(meeting.mapped).isFalse();
            meeting.finish();
            assertThat(meeting.completed).hasValue(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "retry, true",
        "retry, false",
        "vma-lock, true",
        "vma-lock, false",
        "vma-lock:6.4, true",
        "spf-vma, false",
        "spf-mm, false"
    })
    void aMapperGetsInWhileTheStoreWaitsWithoutTheLock(String design, boolean completes) {
        try (Meeting meeting = new Meeting(design, knobs(completes), false)) {
            meeting.dirtier.runTo(PageStep.DIRTY_WAIT);
            meeting.dirtier.runUntilBlocked(PageStep.DIRTY_WAIT);
            meeting.mapper.runToEnd();
            assertThat(meeting.mapped).isTrue();
            meeting.finish();
            assertThat(meeting.completed).hasValue(2);
        }
    }

    /// The VMA and the last reference to the file go while the fault waits; it touches neither afterwards, and its
    /// store, made again, finds nothing mapped.
    @ParameterizedTest
    @CsvSource({"retry, true", "retry, false", "vma-lock, true", "vma-lock, false"})
    void theVmaMayGoWhileTheStoreWaits(String design, boolean completes) {
        try (Meeting meeting = new Meeting(design, knobs(completes), true)) {
            meeting.dirtier.runTo(PageStep.DIRTY_WAIT);
            meeting.dirtier.runUntilBlocked(PageStep.DIRTY_WAIT);
            meeting.mapper.runToEnd();
            assertThat(meeting.file.references()).isEqualTo(1);
            meeting.finish();
            // Completed is completed: only what is looked at afresh can tell. Without, the second attempt is the one
            // that finds nothing, and nothing is done.
            assertThat(meeting.completed).hasValue(completes ? 2 : 1);
        }
    }

    // Accounting.

    /// A store that is completed counts once, as minor, and is handled once. Started over it is handled twice, and
    /// is major: it was tried.
    @ParameterizedTest
    @CsvSource({
        "classic, true, 1, 0",
        "retry-2006, true, 1, 0",
        "retry, true, 1, 0",
        "retry, false, 2, 1",
        "vma-lock, true, 1, 0",
        "vma-lock, false, 2, 1"
    })
    void aCompletedFaultIsCountedAndNotMadeAgain(String design, boolean completes, long handled, long major) {
        ToyMachine machine = ToyMachine.withDisk(1, new SeededSchedule(5), new DiskTiming(LATENCY, 1))
                .with(design, knobs(completes));
        DiskFile file = new DiskFile(machine.kernel(), PAGES);
        Mm mm = map(machine, file);
        machine.run(self -> {
            self.use(mm);
            assertThat(self.store(at(0), 1)).isNull();
            assertThat(self.completed).isEqualTo(1);
            assertThat(self.major).isEqualTo(major);
            mm.put();
            mm.put();
        });
        assertThat(machine.kernel().events(VmEvent.PGFAULT)).isEqualTo(handled);
        assertThat(machine.kernel().events(VmEvent.PGMAJFAULT)).isZero();
        boolean locked = design.equals("vma-lock");
        assertThat(machine.kernel().events(VmEvent.VMA_LOCK_SUCCESS)).isEqualTo(locked && completes ? 1 : 0);
        assertThat(machine.kernel().events(VmEvent.VMA_LOCK_RETRY)).isEqualTo(locked && !completes ? 1 : 0);
        file.pages().evict();
    }

    /// Without COMPLETED a signal that has come meanwhile ends the fault, which is made again after it.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSignalEndsOnlyAFaultThatWouldStartOver(boolean completes) {
        ToyMachine machine = ToyMachine.withDisk(1, new SeededSchedule(5), new DiskTiming(LATENCY, 1))
                .with("retry", knobs(completes));
        DiskFile file = new DiskFile(machine.kernel(), PAGES);
        Mm mm = map(machine, file);
        machine.run(self -> {
            self.use(mm);
            self.signal = true;
            self.faultAt(at(0), true);
            assertThat(self.completed).isEqualTo(completes ? 1 : 0);
            mm.put();
            mm.put();
        });
        file.pages().evict();
    }

    // The measurement of 2022, in small, and what the lock is for.

    /// Shared memory: nobody waits, and every store gives the lock up all the same.
    @Test
    void dirtyingSharedMemoryWithoutCompletedIsDoneTwice() {
        assertThat(handledForSharedMemory("classic", COMPLETED)).isEqualTo(PAGES);
        assertThat(handledForSharedMemory("retry", COMPLETED)).isEqualTo(PAGES);
        assertThat(handledForSharedMemory("retry", RETRY)).isEqualTo(2 * PAGES);
    }

    private static long handledForSharedMemory(String design, Knobs knobs) {
        ToyMachine machine = ToyMachine.withDisk(1, new SeededSchedule(5), new DiskTiming(LATENCY, 1))
                .with(design, knobs);
        Mm mm = machine.newMm();
        mm.mmap(at(0), (long) PAGES * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, null, 0);
        machine.run(self -> {
            self.use(mm);
            for (int page = 0; page < PAGES; page++) {
                assertThat(self.store(at(page), 1)).isNull();
            }
            mm.put();
        });
        return machine.kernel().events(VmEvent.PGFAULT);
    }

    @Test
    void mappingAndUnmappingIsNotHeldUpByWhoWaitsForTheDisk() {
        long classic = mappedMeanwhile("classic", COMPLETED);
        assertThat(mappedMeanwhile("retry-2006", COMPLETED)).isLessThan(2 * classic);
        assertThat(mappedMeanwhile("retry", COMPLETED)).isGreaterThan(100 * classic);
        assertThat(mappedMeanwhile("retry", RETRY)).isGreaterThan(100 * classic);
        assertThat(mappedMeanwhile("vma-lock", COMPLETED)).isGreaterThan(100 * classic);
    }

    /// How often the second thread got round while the first made a file dirty, eight pages a request.
    private static long mappedMeanwhile(String design, Knobs knobs) {
        ToyMachine machine = ToyMachine.withDisk(2, new SeededSchedule(11), new DiskTiming(LATENCY, 1))
                .with(design, knobs);
        limit(machine, 10);
        DiskFile file = new DiskFile(machine.kernel(), PAGES);
        Mm mm = map(machine, file);
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong rounds = new AtomicLong();
        machine.run(
                self -> {
                    self.use(mm);
                    for (int page = 0; page < PAGES; page++) {
                        assertThat(self.store(at(page), 1)).isNull();
                    }
                    over.set(true);
                    mm.put();
                },
                self -> {
                    self.use(mm);
                    while (!over.get()) {
                        mm.mmap(at(100), PAGE, PROT_READ, ANON, null, 0);
                        mm.munmap(at(100), PAGE);
                        rounds.incrementAndGet();
                    }
                    mm.put();
                });
        file.pages().evict();
        return rounds.get();
    }
}
