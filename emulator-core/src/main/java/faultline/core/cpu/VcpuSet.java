package faultline.core.cpu;

import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Mmu;
import faultline.core.step.MachineStep;
import faultline.core.step.Schedule;
import faultline.core.step.Steps;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All vCPUs of a machine, and what they do to one another: interrupts and exclusive sections.
public final class VcpuSet {

    private final List<Vcpu> vcpus;
    private final Steps steps;

    /// What random-number instructions read. Written while the machine is put together, before any
    /// vCPU runs.
    private LongSupplier entropy = new SplittableRandom()::nextLong;

    /// The vCPU inside an exclusive section, if any.
    private final AtomicReference<@Nullable Vcpu> exclusive = new AtomicReference<>();

    /// Processors of a little-endian machine.
    public VcpuSet(int count, PhysicalMemory memory, Supplier<Mmu> mmus, Steps steps) {
        this(count, ByteOrder.LITTLE_ENDIAN, memory, mmus, steps);
    }

    /// Processors whose programs have their values in `order`.
    public VcpuSet(int count, ByteOrder order, PhysicalMemory memory, Supplier<Mmu> mmus, Steps steps) {
        this.steps = steps;
        List<Vcpu> made = new ArrayList<>(count);
        for (int id = 0; id < count; id++) {
            made.add(new Vcpu(id, this, order, memory, mmus.get(), steps));
        }
        this.vcpus = List.copyOf(made);
    }

    public int count() {
        return vcpus.size();
    }

    public Vcpu get(int id) {
        return vcpus.get(id);
    }

    /// Gives the machine another source of random numbers, before it runs; it is called by any
    /// thread.
    public void setEntropy(LongSupplier source) {
        entropy = source;
    }

    long entropy() {
        return entropy.getAsLong();
    }

    /// Sends an interrupt to every other vCPU that `to` picks and returns when each has answered
    /// (see [Vcpu] for what counts). The caller is in kernel mode with interrupts on, or is no
    /// vCPU's thread (`self` null). Returns how many were interrupted.
    public int interrupt(@Nullable Vcpu self, Predicate<Vcpu> to, Interrupt interrupt) {
        int sent = 0;
        for (int id = 0; id < vcpus.size(); id++) {
            Vcpu target = vcpus.get(id);
            if (target != self && to.test(target)) {
                steps.at(MachineStep.IPI_SEND, id);
                target.post(interrupt);
                sent++;
            }
        }
        for (int id = 0; sent > 0 && id < vcpus.size(); id++) {
            Vcpu target = vcpus.get(id);
            if (target != self) {
                awaitAnswer(target, interrupt);
            }
        }
        return sent;
    }

    /// Puts an interrupt into the inboxes of the others and waits for nobody. Kernel-mode vCPUs
    /// answer before their next translation, guest-mode ones at their next poll.
    public void broadcast(@Nullable Vcpu self, Interrupt interrupt) {
        for (int id = 0; id < vcpus.size(); id++) {
            if (vcpus.get(id) != self) {
                vcpus.get(id).post(interrupt);
            }
        }
    }

    /// Tells every other vCPU that `to` picks something that hardware tells it, without an
    /// interrupt: returns when none of them uses a translation of before. Those in guest mode are
    /// waited for, to their next poll; those in kernel mode are not, interrupts on or off: they
    /// learn it before their next translation.
    public void broadcastAndWait(Vcpu self, Predicate<Vcpu> to, Interrupt message) {
        boolean sent = false;
        for (int id = 0; id < vcpus.size(); id++) {
            Vcpu target = vcpus.get(id);
            if (target != self && to.test(target)) {
                steps.at(MachineStep.BROADCAST, id);
                target.post(message);
                sent = true;
            }
        }
        for (int id = 0; sent && id < vcpus.size(); id++) {
            Vcpu target = vcpus.get(id);
            if (target != self) {
                awaitGuest(target, message);
            }
        }
    }

    private void awaitGuest(Vcpu target, Interrupt message) {
        Schedule schedule = steps.schedule();
        while (target.mode() == Vcpu.Mode.GUEST && !target.hasAnswered(message)) {
            schedule.spin();
        }
        steps.at(MachineStep.BROADCAST_COMPLETE, target.id());
    }

    private void awaitAnswer(Vcpu target, Interrupt interrupt) {
        Schedule schedule = steps.schedule();
        while (!target.hasAnswered(interrupt)) {
            schedule.spin();
        }
        steps.at(MachineStep.IPI_ACKNOWLEDGED, target.id());
    }

    /// Whether `vcpu` must not run guest code because another holds an exclusive section.
    boolean excludes(Vcpu vcpu) {
        Vcpu owner = exclusive.get();
        return owner != null && owner != vcpu;
    }

    /// Waits, outside guest mode, until no other vCPU holds an exclusive section.
    void standAside(Vcpu self) {
        while (excludes(self)) {
            steps.schedule().spin();
        }
    }

    /// Begins an exclusive section: afterwards no other vCPU is in guest mode.
    void stopOthers(Vcpu self) {
        while (!exclusive.compareAndSet(null, self)) {
            steps.schedule().spin();
        }
        for (int id = 0; id < vcpus.size(); id++) {
            Vcpu other = vcpus.get(id);
            if (other != self) {
                other.raise(Vcpu.ATTENTION_MACHINE);
                while (other.mode() == Vcpu.Mode.GUEST) {
                    steps.schedule().spin();
                }
            }
        }
    }

    void release(Vcpu self) {
        if (!exclusive.compareAndSet(self, null)) {
            throw new IllegalStateException("vcpu " + self.id() + ": leaves an exclusive section it is not in");
        }
    }
}
