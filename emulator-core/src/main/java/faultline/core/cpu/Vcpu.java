package faultline.core.cpu;

import faultline.core.mem.ExclusiveSection;
import faultline.core.mem.Mem;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Mmu;
import faultline.core.step.MachineStep;
import faultline.core.step.Steps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// One virtual processor: its TLB, its interrupt inbox and the mode it is in.
///
/// A task's host thread borrows a vCPU to run guest or kernel code and gives it up when it blocks;
/// between the two only that thread calls the methods that say *self*. Other vCPUs send
/// [Interrupt]s.
///
/// **Who answers when.** In guest mode (and inside a user access of the kernel, which reads through
/// the TLB like the guest does) a vCPU answers at its next poll. In kernel mode with interrupts on
/// it counts as having answered at once: it empties its inbox before it next uses a translation.
/// With interrupts off it has not answered until it turns them on. Mode and inbox are ordered like
/// Dekker's flags: the receiver sets its mode, then reads the inbox; the sender fills the inbox,
/// then reads the mode; both volatile.
public final class Vcpu implements ExclusiveSection {

    /// What the processor is doing.
    public enum Mode {
        /// Nobody runs on it.
        IDLE,
        /// Runs guest code, or accesses user memory for the kernel.
        GUEST,
        /// Runs kernel code with interrupts on.
        KERNEL,
        /// Runs kernel code with interrupts off.
        KERNEL_INTERRUPTS_OFF
    }

    /// Attention bit: the inbox may hold an interrupt, or an exclusive section was asked for.
    public static final int ATTENTION_MACHINE = 1;

    /// Attention bit: the kernel wants the thread back at its next poll (a signal, preemption, a
    /// debugger).
    public static final int ATTENTION_KERNEL = 2;

    private static final Mode[] MODES = Mode.values();

    private static final VarHandle ATTENTION;
    private static final VarHandle MODE;

    static {
        try {
            ATTENTION = MethodHandles.lookup().findVarHandle(Vcpu.class, "attention", int.class);
            MODE = MethodHandles.lookup().findVarHandle(Vcpu.class, "mode", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int id;
    private final VcpuSet all;
    private final Mem mem;
    private final Steps steps;
    private final ConcurrentLinkedQueue<Interrupt> inbox = new ConcurrentLinkedQueue<>();

    /// The ordinal of a [Mode], written twice a trap. Not a reference: storing one also marks the
    /// collector's card, a line that vCPUs share.
    private volatile int mode = Mode.IDLE.ordinal();

    @SuppressWarnings("unused") // through ATTENTION
    private volatile int attention;

    Vcpu(int id, VcpuSet all, ByteOrder order, PhysicalMemory memory, Mmu mmu, Steps steps) {
        this.id = id;
        this.all = all;
        this.mem = Mem.of(order, memory, mmu, this);
        this.steps = steps;
    }

    public int id() {
        return id;
    }

    /// Sixty-four random bits from the machine's source.
    public long entropy() {
        return all.entropy();
    }

    public Mem mem() {
        return mem;
    }

    public Mode mode() {
        return MODES[mode];
    }

    private void setMode(Mode entered) {
        mode = entered.ordinal();
    }

    public VcpuSet all() {
        return all;
    }

    /// The machine's clock in nanoseconds: what time-stamp and time-base registers count. All vCPUs
    /// see one clock, and under a seeded schedule it is a virtual one that repeats.
    public long nanoTime() {
        return steps.schedule().nanoTime();
    }

    // Attention: what a poll looks at.

    /// Whether a poll has anything to do; opaque, so that a compiled loop does not hoist it.
    public boolean wantsAttention() {
        return (int) ATTENTION.getOpaque(this) != 0;
    }

    /// Asks the vCPU's thread to poll soon. Any thread.
    public void raise(int bit) {
        int _ = (int) ATTENTION.getAndBitwiseOr(this, bit);
    }

    /// Takes back a bit and says whether it was set. Self.
    public boolean take(int bit) {
        return ((int) ATTENTION.getAndBitwiseAnd(this, ~bit) & bit) != 0;
    }

    /// Whether everything that was posted is answered: for oracles. Any thread.
    public boolean owesNothing() {
        return inbox.isEmpty();
    }

    // Mode changes. Self.

    /// Enters guest mode, after answering whatever waits in the inbox.
    public void enterGuest() {
        while (true) {
            setMode(Mode.GUEST);
            if (inbox.isEmpty() && !all.excludes(this)) {
                return;
            }
            setMode(Mode.KERNEL);
            answer();
        }
    }

    /// Leaves guest mode for kernel mode with interrupts on.
    public void enterKernel() {
        // Release: what was read and written through translations came before. No inbox is read next, so no fence.
        MODE.setRelease(this, Mode.KERNEL.ordinal());
    }

    /// The vCPU is given up; nobody runs on it until the next [#enterKernel].
    public void enterIdle() {
        setMode(Mode.IDLE);
    }

    /// Turns interrupts off in kernel mode: senders wait from here on.
    public void interruptsOff() {
        steps.at(MachineStep.INTERRUPTS_OFF, id);
        setMode(Mode.KERNEL_INTERRUPTS_OFF);
        // An interrupt sent before the mode changed was promised an answer at once: give it now.
        drain();
    }

    /// Turns interrupts on again and takes those that waited.
    public void interruptsOn() {
        // Release: what was read before was read with interrupts off. Who sees the mode waits no more, whether its
        // interrupt is seen here or not: it is answered before guest mode.
        MODE.setRelease(this, Mode.KERNEL.ordinal());
        steps.at(MachineStep.INTERRUPTS_ON, id);
        drain();
    }

    /// Answers interrupts and stands aside for an exclusive section. Called in kernel mode, at
    /// every poll.
    public void answer() {
        take(ATTENTION_MACHINE);
        drain();
        all.standAside(this);
    }

    /// An interrupt leaves the inbox only after it was handled, so that a sender that finds it gone
    /// is answered.
    private void drain() {
        Interrupt next;
        while ((next = inbox.peek()) != null) {
            steps.at(MachineStep.IPI_RECEIVE, id);
            next.handle(this);
            inbox.remove();
        }
    }

    /// Puts an interrupt into the inbox. Any thread; [VcpuSet] is the usual caller.
    void post(Interrupt interrupt) {
        inbox.add(interrupt);
        raise(ATTENTION_MACHINE);
    }

    /// Whether everything posted so far is answered, or will be before a translation is used. Any
    /// thread.
    boolean hasAnswered(@Nullable Interrupt interrupt) {
        return switch (mode()) {
            case IDLE, KERNEL -> true;
            case GUEST, KERNEL_INTERRUPTS_OFF -> interrupt == null || !inbox.contains(interrupt);
        };
    }

    // An exclusive section, asked for in the middle of an instruction.

    @Override
    public void enter() {
        Mode before = mode();
        // I4: no waiting in guest mode. Nothing translated is in hand, so the others need not wait for us.
        setMode(Mode.KERNEL);
        all.stopOthers(this);
        do {
            setMode(Mode.KERNEL);
            drain();
            setMode(before);
        } while (!inbox.isEmpty());
    }

    @Override
    public void leave() {
        all.release(this);
    }

    @Override
    public boolean alone() {
        return all.count() == 1;
    }

    @Override
    public void takeWriteTags(long pfn) {
        Mode before = mode();
        // I4, as in enter.
        setMode(Mode.KERNEL);
        Interrupt protect = on -> on.mem().tlb().protectFrame(pfn);
        protect.handle(this);
        all.interrupt(this, _ -> true, protect);
        if (before == Mode.GUEST) {
            enterGuest();
        }
    }
}
