package faultline.kernel.lock;

import faultline.core.cpu.Vcpu;
import faultline.core.step.Schedule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A kernel thread that owns a vCPU and keeps what its body threw.
public abstract class TestThread extends KernelThread {

    private static final int HANG_MILLIS = 30_000;

    private final Vcpu vcpu;
    private @Nullable Throwable failure;

    protected TestThread(Schedule schedule, String name, Vcpu vcpu) {
        super(schedule, name);
        this.vcpu = vcpu;
    }

    /// What the thread does, in kernel mode.
    protected abstract void body() throws Exception;

    @Override
    protected final void carry() {
        vcpu.enterKernel();
        try {
            body();
        } catch (Throwable e) {
            failure = e;
        } finally {
            vcpu.enterIdle();
        }
    }

    /// Waits until all have ended, the first of which may launch the others; throws what the first
    /// that failed threw.
    public static void join(List<? extends TestThread> threads) {
        for (TestThread thread : threads) {
            try {
                while (thread.getState() == State.NEW && threads.getFirst().isAlive()) {
                    Thread.onSpinWait();
                }
                thread.join(HANG_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (thread.isAlive()) {
                AssertionError hang = new AssertionError(thread.getName() + " hangs");
                hang.setStackTrace(thread.getStackTrace());
                // What the others died of may be why.
                for (TestThread other : threads) {
                    if (other.failure != null) {
                        hang.addSuppressed(other.failure);
                    }
                }
                throw hang;
            }
        }
        for (TestThread thread : threads) {
            switch (thread.failure) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public final Vcpu vcpu() {
        return vcpu;
    }

    @Override
    protected void giveUpVcpu() {
        vcpu.enterIdle();
    }

    @Override
    protected void takeVcpu() {
        vcpu.enterKernel();
    }
}
