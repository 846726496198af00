package faultline.kernel.mm;

import faultline.core.cpu.Vcpu;
import faultline.core.mem.Mem;
import faultline.core.mmu.GuestFault;
import faultline.kernel.lock.TestThread;
import faultline.kernel.mm.fault.FaultContext;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.fault.PageFault;
import faultline.kernel.mm.uaccess.TaskMemory;
import faultline.kernel.mm.uaccess.UserMemory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A kernel thread with a vCPU of its own that plays guest: it loads and stores, and takes the
/// faults.
public final class ToyThread extends TestThread implements FaultContext {

    /// What a thread does.
    public interface Body {
        void run(ToyThread self) throws Exception;
    }

    private final ToyMachine machine;
    private final Body body;
    private final ToyCpu cpu = new ToyCpu();
    private final ToyFault fault = new ToyFault();
    private @Nullable Mm mm;
    private FaultDesign design;
    private List<ToyThread> toLaunch = List.of();
    public volatile boolean fatalSignal;
    public volatile boolean signal;
    public long completed;
    long major;

    ToyThread(ToyMachine machine, int cpuId, Body body) {
        super(machine.schedule(), "toy-" + cpuId, machine.vcpus().get(cpuId));
        this.machine = machine;
        this.body = body;
        this.design = machine.design();
    }

    /// Threads to launch before the body runs.
    void launchFirst(List<ToyThread> others) {
        toLaunch = List.copyOf(others);
    }

    @Override
    protected void body() throws Exception {
        toLaunch.forEach(ToyThread::launch);
        cpu.attach(vcpu());
        body.run(this);
    }

    /// Runs in an address space from now on.
    public void use(Mm to) {
        mm = to;
        to.switchIn(vcpu());
    }

    ToyCpu cpu() {
        return cpu;
    }

    /// Has no address space any more: its last user is about to go.
    public void leave() {
        mm = null;
    }

    public void use(FaultDesign to) {
        design = to;
    }

    /// Stores a byte as the guest does; null when it went well, else what the fault ended with.
    public @Nullable FaultOutcome store(long va, int value) {
        Vcpu vcpu = vcpu();
        while (true) {
            vcpu.enterGuest();
            try {
                vcpu.mem().store8(va, (byte) value);
                return null;
            } catch (GuestFault _) {
                cpu.latchFault(vcpu.mem().lastFault());
            } finally {
                vcpu.enterKernel();
            }
            FaultOutcome outcome = pageFault();
            if (!(outcome instanceof FaultOutcome.Done)) {
                return outcome;
            }
        }
    }

    /// Loads a byte as the guest does.
    public int load(long va) {
        Vcpu vcpu = vcpu();
        while (true) {
            vcpu.enterGuest();
            try {
                return vcpu.mem().load8(va);
            } catch (GuestFault _) {
                cpu.latchFault(vcpu.mem().lastFault());
            } finally {
                vcpu.enterKernel();
            }
            FaultOutcome outcome = pageFault();
            if (!(outcome instanceof FaultOutcome.Done)) {
                throw new Faulted(outcome);
            }
        }
    }

    /// A load that ended in a signal.
    public static final class Faulted extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final transient FaultOutcome outcome;

        Faulted(FaultOutcome outcome) {
            super(outcome.toString());
            this.outcome = outcome;
        }
    }

    private FaultOutcome pageFault() {
        fault.begin(cpu, true);
        FaultOutcome outcome = design.handle(mm(), fault);
        if (outcome instanceof FaultOutcome.Done done) {
            completed++;
            major += done.major() ? 1 : 0;
        }
        return outcome;
    }

    /// Takes a fault at an address without an access, as if its translation were missing.
    public FaultOutcome faultAt(long va, boolean write) {
        cpu.faultAddress = va;
        cpu.faultCode = write ? 2 : 0;
        return pageFault();
    }

    public UserMemory memory() {
        return new TaskMemory(cpu, new ToyEntry(), this, new ToyFormat(), new Gup(machine.handler()), () -> {});
    }

    /// The fault entry of the toy.
    static final class ToyEntry implements faultline.kernel.mm.fault.FaultEntry {
        @Override
        public FaultOutcome handle(faultline.core.cpu.Cpu cpu, boolean userMode, FaultContext context) {
            ToyFault fault = (ToyFault) context.fault();
            fault.begin((ToyCpu) cpu, userMode);
            return context.design().handle(context.mm(), fault);
        }

        @Override
        public String describe(long code) {
            return Long.toHexString(code);
        }
    }

    public Mem mem() {
        return vcpu().mem();
    }

    public ToyMachine machine() {
        return machine;
    }

    @Override
    public Mm mm() {
        if (mm == null) {
            throw new IllegalStateException("toy: no address space");
        }
        return mm;
    }

    @Override
    public FaultDesign design() {
        return design;
    }

    @Override
    public PageFault fault() {
        return fault;
    }

    @Override
    public void countPageFault() {}

    @Override
    public void countSpeculative() {}

    @Override
    public void countCompleted(boolean major) {}

    @Override
    public boolean signalPending() {
        return fatalSignal || signal;
    }

    @Override
    public boolean fatalSignalPending() {
        return fatalSignal;
    }

    @Override
    protected void giveUpVcpu() {
        if (mm != null) {
            mm.switchOut(vcpu());
        }
        super.giveUpVcpu();
    }

    @Override
    protected void takeVcpu() {
        super.takeVcpu();
        if (mm != null) {
            mm.switchIn(vcpu());
        }
    }
}
