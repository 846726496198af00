package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.TrapHandler;
import faultline.core.debug.Breakpoint;
import faultline.core.debug.DebugThread;
import faultline.core.debug.Debugger;
import faultline.core.debug.Stop;
import faultline.core.debug.Watchpoint;
import faultline.core.debug.Watchpoint.Kind;
import faultline.x86.cpu.X86Cpu;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The debugger core over real guest code: who stops where, and who stands still meanwhile.
@Timeout(30)
final class DebuggerTest {

    private static final long CODE = SmallMachine.CODE;
    private static final long CODE_2 = SmallMachine.CODE + 0x1000;
    private static final long DATA = SmallMachine.DATA;

    /// `mov eax, 60; syscall`
    private static final String EXIT = "b8 3c000000 0f05";

    /// `mov eax, 1; syscall`: waits until another thread makes call 2, or until it is interrupted.
    private static final String WAIT = "b8 01000000 0f05";

    /// `mov eax, 2; syscall`
    private static final String RELEASE = "b8 02000000 0f05";

    /// `again: inc dword [DATA + 0x800]; jmp again`
    private static final String SPIN = "ff 04 25 00081000 eb f7";

    /// `mov ecx, 3; again: dec ecx; jnz again`
    private static final String THREE_ROUNDS = "b9 03000000 ff c9 75 fc";

    private static final long ROUND = CODE + 5;

    private final SmallMachine machine = new SmallMachine(2);
    private final Debugger debugger = new Debugger(machine.vcpus, machine.cache);
    private final List<Guest> guests = new ArrayList<>();
    private final Semaphore released = new Semaphore(0);

    @AfterEach
    void letGo() throws InterruptedException {
        debugger.detach();
        for (Guest guest : guests) {
            guest.end = true;
            guest.interruptWait();
            guest.host.join();
        }
    }

    /// A guest thread with a kernel of three system calls, on a vCPU of its own.
    private final class Guest implements DebugThread, TrapHandler {

        private static final int EXIT_CALL = 60;
        private static final int WAIT_CALL = 1;

        final X86Cpu cpu;
        final Thread host;
        final Semaphore wakes = new Semaphore(0);
        volatile boolean running = true;
        volatile boolean interrupted;
        volatile boolean end;

        Guest(String code) {
            int index = guests.size();
            long start = index == 0 ? CODE : CODE_2;
            machine.load(start, code);
            cpu = index == 0 ? machine.cpu : machine.newThread(index);
            cpu.pc = start;
            host = new Thread(() -> debugger.loop(this, index == 0).run(cpu, machine.newInterpreter(), this));
            guests.add(this);
            host.start();
        }

        @Override
        public int id() {
            return guests.indexOf(this) + 1;
        }

        @Override
        public Cpu cpu() {
            return cpu;
        }

        @Override
        public Object space() {
            return machine;
        }

        @Override
        public void park() {
            sleep(wakes);
        }

        private void sleep(Semaphore until) {
            running = false;
            until.acquireUninterruptibly();
            running = true;
        }

        @Override
        public void wake() {
            wakes.release();
        }

        @Override
        public void interruptWait() {
            interrupted = true;
            released.release();
        }

        @Override
        public boolean isRunning() {
            return running && host.isAlive();
        }

        @Override
        public int read(long va, byte[] to, int length) {
            machine.memory.read(va, to, 0, length);
            return length;
        }

        @Override
        public Outcome systemCall(Cpu thread) {
            switch ((int) cpu.r[X86Cpu.RAX]) {
                case EXIT_CALL -> {
                    return Outcome.EXIT;
                }
                case WAIT_CALL -> {
                    sleep(released);
                    if (interrupted && !end) {
                        interrupted = false;
                        cpu.pc -= 2;
                    }
                }
                default -> released.release();
            }
            return end ? Outcome.EXIT : Outcome.RESUME;
        }

        @Override
        public Outcome pageFault(Cpu thread) {
            return Outcome.EXIT;
        }

        @Override
        public Outcome exception(Cpu thread, GuestTrap trap) {
            return debugger.signaled(this, trap) || end ? Outcome.EXIT : Outcome.RESUME;
        }

        @Override
        public Outcome poll(Cpu thread) {
            return end ? Outcome.EXIT : Outcome.RESUME;
        }
    }

    private Guest start(String code) throws InterruptedException {
        Guest guest = new Guest(code);
        assertThat(debugger.await()).isEqualTo(new Stop.Started(guest));
        return guest;
    }

    /// A second thread, which is there and stands still.
    private Guest also(String code) {
        Guest guest = new Guest(code);
        while (!debugger.isHeld(guest)) {
            Thread.onSpinWait();
        }
        return guest;
    }

    private Stop go() throws InterruptedException {
        debugger.resume(true);
        return debugger.await();
    }

    private Breakpoint breakAt(long address) {
        return debugger.breakAt(1, address, false, _ -> true);
    }

    private static Predicate<DebugThread> only(DebugThread thread) {
        return at -> at == thread;
    }

    /// Nothing is reported for a while: long for the guests, short for a test.
    private void assertRunsOn() throws InterruptedException {
        assertThat(debugger.await(50)).isNull();
    }

    @Test
    void aStartedThreadHasExecutedNothing() throws InterruptedException {
        Guest guest = start(THREE_ROUNDS + EXIT);
        assertThat(guest.cpu.pc).isEqualTo(CODE);
        assertThat(guest.cpu.r[X86Cpu.RCX]).isZero();
        assertThat(debugger.isHeld(guest)).isTrue();
    }

    @Test
    void aBreakpointStopsBeforeItsInstructionEveryTime() throws InterruptedException {
        Guest guest = start(THREE_ROUNDS + EXIT);
        Breakpoint breakpoint = breakAt(ROUND);
        for (int left = 3; left > 0; left--) {
            assertThat(go()).isEqualTo(new Stop.AtBreakpoint(guest, breakpoint));
            assertThat(guest.cpu.pc).isEqualTo(ROUND);
            assertThat(guest.cpu.r[X86Cpu.RCX]).isEqualTo(left);
        }
        assertThat(breakpoint.hits()).isEqualTo(3);
        debugger.resume(true);
        guest.host.join();
    }

    @Test
    void aRemovedBreakpointStopsNobody() throws InterruptedException {
        Guest guest = start(THREE_ROUNDS + EXIT);
        Breakpoint breakpoint = breakAt(ROUND);
        Stop _ = go();
        debugger.remove(breakpoint);
        debugger.resume(true);
        guest.host.join();
        assertThat(breakpoint.hits()).isEqualTo(1);
    }

    @Test
    void aTemporaryBreakpointIsGoneAfterItsStop() throws InterruptedException {
        Guest guest = start(THREE_ROUNDS + EXIT);
        Breakpoint breakpoint = debugger.breakAt(1, ROUND, true, _ -> true);
        assertThat(go()).isEqualTo(new Stop.AtBreakpoint(guest, breakpoint));
        assertThat(debugger.breakpoints()).isEmpty();
        debugger.resume(true);
        guest.host.join();
    }

    @Test
    void anIgnoredBreakpointPassesSoOftenAndCounts() throws InterruptedException {
        Guest guest = start(THREE_ROUNDS + EXIT);
        Breakpoint breakpoint = breakAt(ROUND);
        debugger.ignore(breakpoint, 2);
        assertThat(go()).isEqualTo(new Stop.AtBreakpoint(guest, breakpoint));
        assertThat(guest.cpu.r[X86Cpu.RCX]).isEqualTo(1);
        assertThat(breakpoint.hits()).isEqualTo(3);
        assertThat(breakpoint.ignored()).isZero();
    }

    @Test
    void aConditionIsAskedOnTheThreadThatIsThere() throws InterruptedException {
        Guest guest = start(THREE_ROUNDS + EXIT);
        Breakpoint breakpoint = debugger.breakAt(
                1, ROUND, false, at -> Thread.currentThread() == guest.host && ((X86Cpu) at.cpu()).r[X86Cpu.RCX] == 2);
        assertThat(go()).isEqualTo(new Stop.AtBreakpoint(guest, breakpoint));
        assertThat(guest.cpu.r[X86Cpu.RCX]).isEqualTo(2);
        assertThat(breakpoint.hits()).isEqualTo(1);
    }

    @Test
    void theUsersBreakpointIsNamedBeforeACommandsOwn() throws InterruptedException {
        Guest guest = start(THREE_ROUNDS + EXIT);
        Breakpoint own = debugger.breakOnceFor(ROUND, only(guest));
        Breakpoint users = breakAt(ROUND);
        assertThat(go()).isEqualTo(new Stop.AtBreakpoint(guest, users));
        assertThat(own.isVisible()).isFalse();
    }

    @Test
    void aBreakpointHoldsWhereCodeIsWrittenAnew() throws InterruptedException {
        // mov byte [CODE + 10], 0x90; nop; nop; int3, which the store turns into a nop under the breakpoint.
        Guest guest = start("c6 04 25 0a000100 90 90 90 cc" + EXIT);
        Breakpoint breakpoint = breakAt(CODE + 10);
        assertThat(go()).isEqualTo(new Stop.AtBreakpoint(guest, breakpoint));
        assertThat(machine.memory.load8(CODE + 10)).isEqualTo((byte) 0x90);
        debugger.resume(true);
        guest.host.join();
    }

    @Test
    void aStepExecutesSoManyInstructions() throws InterruptedException {
        Guest guest = start(THREE_ROUNDS + EXIT);
        debugger.step(guest, 1, true);
        assertThat(debugger.await()).isEqualTo(new Stop.Stepped(guest));
        assertThat(guest.cpu.pc).isEqualTo(ROUND);
        debugger.step(guest, 4, true);
        assertThat(debugger.await()).isEqualTo(new Stop.Stepped(guest));
        assertThat(guest.cpu.pc).isEqualTo(ROUND);
        assertThat(guest.cpu.r[X86Cpu.RCX]).isEqualTo(1);
    }

    @Test
    void aStepLeavesABreakpointItStandsOn() throws InterruptedException {
        Guest guest = start(THREE_ROUNDS + EXIT);
        Breakpoint breakpoint = breakAt(ROUND);
        Stop _ = go();
        debugger.step(guest, 1, true);
        assertThat(debugger.await()).isEqualTo(new Stop.Stepped(guest));
        assertThat(guest.cpu.pc).isEqualTo(ROUND + 2);
        assertThat(go()).isEqualTo(new Stop.AtBreakpoint(guest, breakpoint));
    }

    @Test
    void theOthersStandStillWhileOneIsStepped() throws InterruptedException {
        // again: jmp again
        Guest guest = start("eb fe");
        Guest other = also(SPIN);
        debugger.resume(true);
        assertRunsOn();
        debugger.interrupt();
        Stop _ = debugger.await();
        int before = machine.memory.load32(DATA + 0x800);
        assertThat(before).isPositive();
        debugger.step(guest, 100_000, true);
        assertThat(debugger.await()).isEqualTo(new Stop.Stepped(guest));
        assertThat(machine.memory.load32(DATA + 0x800)).isEqualTo(before);
        debugger.step(other, 2, true);
        assertThat(debugger.await()).isEqualTo(new Stop.Stepped(other));
        assertThat(machine.memory.load32(DATA + 0x800)).isEqualTo(before + 1);
    }

    @Test
    void aStepOfACallThatWaitsLetsTheOthersRun() throws InterruptedException {
        Guest guest = start(WAIT + "90" + EXIT);
        Guest other = also(RELEASE + SPIN);
        debugger.step(guest, 2, true);
        assertThat(debugger.await()).isEqualTo(new Stop.Stepped(guest));
        assertThat(guest.cpu.pc).isEqualTo(CODE + 7);
        assertThat(other.cpu.pc).isGreaterThanOrEqualTo(CODE_2 + 7);
    }

    @Test
    void theEndOfASteppedThreadIsSaidIfOthersGoOn() throws InterruptedException {
        Guest guest = start(EXIT);
        Guest other = also(SPIN);
        debugger.step(guest, 2, true);
        assertThat(debugger.await()).isEqualTo(new Stop.ThreadEnded(1, other));
        assertThat(debugger.threads()).containsExactly(other);
    }

    @Test
    void anInterruptStopsARunningThread() throws InterruptedException {
        Guest guest = start(SPIN);
        debugger.resume(true);
        assertRunsOn();
        debugger.interrupt();
        assertThat(debugger.await()).isEqualTo(new Stop.Interrupted(guest));
        int seen = machine.memory.load32(DATA + 0x800);
        assertThat(debugger.isHeld(guest)).isTrue();
        assertThat(machine.memory.load32(DATA + 0x800)).isEqualTo(seen);
    }

    @Test
    void anInterruptFetchesAThreadThatWaitsOutOfItsCall() throws InterruptedException {
        Guest guest = start(WAIT + EXIT);
        debugger.resume(true);
        assertRunsOn();
        debugger.interrupt();
        assertThat(debugger.await()).isEqualTo(new Stop.Interrupted(guest));
        assertThat(debugger.isHeld(guest)).isTrue();
        // It makes the call again.
        assertThat(guest.cpu.pc).isEqualTo(CODE + 5);
        debugger.resume(true);
        assertRunsOn();
        released.release();
        guest.host.join();
    }

    @Test
    void aWatchpointStopsBehindTheStoreWithBothValues() throws InterruptedException {
        // mov dword [DATA], 7
        Guest guest = start("c7 04 25 00001000 07000000" + EXIT);
        Watchpoint watchpoint = debugger.watch(1, guest, DATA, 4, Kind.CHANGE);
        Stop.AtWatchpoint stop = (Stop.AtWatchpoint) go();
        assertThat(stop.watchpoint()).isEqualTo(watchpoint);
        assertThat(stop.before()).containsExactly(0, 0, 0, 0);
        assertThat(stop.after()).containsExactly(7, 0, 0, 0);
        assertThat(guest.cpu.pc).isEqualTo(CODE + 11);
    }

    @Test
    void aStoreOfTheSameValueIsNoChange() throws InterruptedException {
        Guest guest = start("c7 04 25 00001000 00000000" + EXIT);
        Watchpoint _ = debugger.watch(1, guest, DATA, 4, Kind.CHANGE);
        debugger.resume(true);
        guest.host.join();
    }

    @Test
    void anAccessBesideTheWatchedBytesIsNone() throws InterruptedException {
        // mov dword [DATA], 7; mov ebx, [DATA + 8]
        Guest guest = start("c7 04 25 00001000 07000000 8b 1c 25 08001000" + EXIT);
        Watchpoint _ = debugger.watch(1, guest, DATA + 4, 4, Kind.ACCESS);
        debugger.resume(true);
        guest.host.join();
        assertThat(machine.memory.load32(DATA)).isEqualTo(7);
    }

    @Test
    void loadsCountForReadsAndStoresDoNot() throws InterruptedException {
        // mov dword [DATA], 7; mov ebx, [DATA]
        Guest guest = start("c7 04 25 00001000 07000000 8b 1c 25 00001000" + EXIT);
        Watchpoint _ = debugger.watch(1, guest, DATA, 4, Kind.READ);
        Stop.AtWatchpoint stop = (Stop.AtWatchpoint) go();
        assertThat(stop.after()).containsExactly(7, 0, 0, 0);
        assertThat(guest.cpu.pc).isEqualTo(CODE + 18);
        assertThat(guest.cpu.r[X86Cpu.RBX]).isEqualTo(7);
    }

    @Test
    void aWatchpointSeesTheStoreOfAnotherThread() throws InterruptedException {
        Guest guest = start(SPIN);
        Watchpoint _ = debugger.watch(1, guest, DATA, 4, Kind.CHANGE);
        Guest other = also("c7 04 25 00001000 07000000" + SPIN);
        Stop stop = go();
        assertThat(stop.thread()).isEqualTo(other);
        assertThat(other.cpu.pc).isEqualTo(CODE_2 + 11);
        assertThat(debugger.isHeld(guest)).isTrue();
    }

    @Test
    void threadsAtTheSamePlaceReportOneAfterTheOther() throws InterruptedException {
        Guest guest = start(THREE_ROUNDS + SPIN);
        Guest other = also(THREE_ROUNDS + SPIN);
        Breakpoint first = breakAt(ROUND);
        Breakpoint second = debugger.breakAt(2, CODE_2 + 5, false, _ -> true);
        for (int i = 0; i < 6; i++) {
            Stop.AtBreakpoint stop = (Stop.AtBreakpoint) go();
            assertThat(((X86Cpu) stop.thread().cpu()).pc)
                    .isEqualTo(stop.breakpoint().address());
        }
        assertThat(first.hits()).isEqualTo(3);
        assertThat(second.hits()).isEqualTo(3);
        debugger.resume(true);
        assertRunsOn();
        assertThat(guest.isRunning()).isTrue();
        assertThat(other.isRunning()).isTrue();
    }

    @Test
    void whoReportsASignalIsToldWhetherToDeliverIt() throws InterruptedException {
        // ud2
        Guest guest = start("0f0b" + EXIT);
        Stop.Signaled stop = (Stop.Signaled) go();
        assertThat(stop.thread()).isEqualTo(guest);
        assertThat(guest.cpu.pc).isEqualTo(CODE);
        // Mended, executed again, not delivered.
        machine.load(CODE, "9090" + EXIT);
        debugger.resume(false);
        guest.host.join();
        assertThat(guest.cpu.pc).isEqualTo(CODE + 9);
    }

    @Test
    void theEndIsNotLostBehindAnotherReport() throws InterruptedException {
        Guest guest = start(THREE_ROUNDS + EXIT);
        Breakpoint breakpoint = breakAt(ROUND);
        assertThat(go()).isEqualTo(new Stop.AtBreakpoint(guest, breakpoint));
        debugger.ended(3);
        assertThat(go()).isEqualTo(new Stop.Ended(3));
    }

    @Test
    void afterADetachNothingStops() throws InterruptedException {
        // The store would meet the watchpoint.
        Guest guest = start(THREE_ROUNDS + "c7 04 25 00001000 07000000" + EXIT);
        Breakpoint breakpoint = breakAt(ROUND);
        Watchpoint _ = debugger.watch(2, guest, DATA, 4, Kind.ACCESS);
        debugger.detach();
        guest.host.join();
        assertThat(breakpoint.hits()).isZero();
        assertThat(debugger.breakpoints()).isEmpty();
    }
}
