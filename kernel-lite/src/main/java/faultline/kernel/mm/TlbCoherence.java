package faultline.kernel.mm;

import faultline.core.cpu.Vcpu;
import faultline.core.mem.PhysicalMemory;
import faultline.kernel.check.Violation;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.mm.pgtable.LostTranslations;
import faultline.kernel.mm.pgtable.LostTranslations.Loss;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Predicate;

/// Looks, while checks are on, whether the TLBs have forgotten what a flush was for, when it is over.
///
/// Held to it is a vCPU that had the address space loaded from before the flush until now and has nothing in
/// its inbox: it has answered, or was not asked. One that loads the address space meanwhile sees by the
/// flush's number that it missed one; one with something in its inbox forgets before its next translation.
/// A TLB may have the page again if the page table has; what that has lost once more is the next flush's.
///
/// The TLBs of others are read without their threads' help, so what looks wrong is looked at again.
final class TlbCoherence {

    /// More than a store of a TLB takes to be seen.
    private static final int LOOKS = 100;

    private final KernelMemory kernel;

    /// How often each vCPU has begun or ended to load an address space: odd meanwhile.
    private final AtomicIntegerArray loads;

    TlbCoherence(KernelMemory kernel, int cpus) {
        this.kernel = kernel;
        this.loads = new AtomicIntegerArray(cpus);
    }

    /// The vCPU begins, or has ended, to load another address space.
    void loading(Vcpu vcpu) {
        loads.incrementAndGet(vcpu.id());
    }

    /// One flush of an address space: made before it, asked after it.
    final class Flush {
        private final PageTable table;
        private final Predicate<Vcpu> active;
        private final LostTranslations lost;
        private final long upTo;
        private final int[] loadsBefore;

        Flush(PageTable table, LostTranslations lost, Predicate<Vcpu> active) {
            this.table = table;
            this.active = active;
            this.lost = lost;
            this.upTo = lost.beginFlush();
            this.loadsBefore = new int[loads.length()];
            for (int cpu = 0; cpu < loadsBefore.length; cpu++) {
                loadsBefore[cpu] = active.test(kernel.vcpus().get(cpu)) ? loads.get(cpu) : -1;
            }
        }

        /// The flush of `[start, end)` is over.
        void isOver(long start, long end) {
            for (Loss loss : lost.endFlush(start, end, upTo)) {
                for (int cpu = 0; cpu < loadsBefore.length; cpu++) {
                    Vcpu vcpu = kernel.vcpus().get(cpu);
                    if (isStale(vcpu, loss)) {
                        report(vcpu, loss);
                    }
                }
            }
        }

        private boolean isStale(Vcpu vcpu, Loss loss) {
            for (int look = 0; look < LOOKS; look++) {
                if (!isHeld(vcpu) || !holds(vcpu, loss) || !isHeld(vcpu)) {
                    return false;
                }
                VarHandle.fullFence();
            }
            return true;
        }

        /// Whether the flush is for the vCPU and it has nothing to answer.
        private boolean isHeld(Vcpu vcpu) {
            int before = loadsBefore[vcpu.id()];
            return (before & 1) == 0 && vcpu.owesNothing() && active.test(vcpu) && loads.get(vcpu.id()) == before;
        }

        private boolean holds(Vcpu vcpu, Loss loss) {
            long frames = kernel.geometry().bytes() / PhysicalMemory.FRAME_BYTES;
            for (int i = 0; i < frames; i++) {
                long va = loss.va() + (long) i * PhysicalMemory.FRAME_BYTES;
                long frame = loss.pfn() * frames + i;
                boolean reads = !loss.writesOnly() && vcpu.mem().tlb().reads(va, frame);
                if (reads && !grants(loss, false) || vcpu.mem().tlb().writes(va, frame) && !grants(loss, true)) {
                    return true;
                }
            }
            return false;
        }

        private boolean grants(Loss loss, boolean write) {
            PageTableFormat format = table.format();
            long pte = table.peek(loss.va());
            boolean granted = format.isPresent(pte)
                    && format.pfn(pte) == loss.pfn()
                    && !format.isProtNone(pte)
                    && (!write || format.isWritable(pte));
            // Lost once more: the table was read before, so that the loss is known by now.
            return granted || lost.isPending(loss.va());
        }

        private void report(Vcpu vcpu, Loss loss) {
            String self = Thread.currentThread().getName();
            kernel.oracle()
                    .report(new Violation(
                            Rule.STALE_TRANSLATION,
                            "vcpu " + vcpu.id(),
                            loss.by(),
                            self,
                            "tlb: vcpu " + vcpu.id() + " still translates 0x" + Long.toHexString(loss.va())
                                    + (loss.writesOnly() ? " for stores" : "") + " to frame 0x"
                                    + Long.toHexString(loss.pfn()) + ", which " + loss.by() + " took from it and "
                                    + self + " has flushed"));
        }
    }
}
