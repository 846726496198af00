package faultline.kernel.mm.pgtable;

import faultline.core.cpu.Interrupt;
import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import faultline.kernel.mm.page.VmEvent;
import faultline.kernel.rcu.Rcu;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Frees the frames of page tables that were unhooked and flushed, as [TableFreeing] says:
/// `tlb_remove_table` and what follows it.
///
/// A table stays what it was until then: its lock can be taken and its entries read, all of them
/// empty. One serves a machine; any thread.
public final class TableReclaim {

    private final TableFreeing freeing;
    private final PageAllocator allocator;
    private final VcpuSet vcpus;
    private final Rcu rcu;
    private final TableFrames frames;
    private boolean empties;
    private TableMoves moves = TableMoves.PTE;
    private boolean awaitsMakers;

    public TableReclaim(TableFreeing freeing, PageAllocator allocator, VcpuSet vcpus, Rcu rcu, TableFrames frames) {
        this.freeing = freeing;
        this.allocator = allocator;
        this.vcpus = vcpus;
        this.rcu = rcu;
        this.frames = frames;
    }

    public TableFreeing freeing() {
        return freeing;
    }

    /// How a walk without locks protects itself here.
    public LocklessWalk walk() {
        return LocklessWalk.usual(freeing);
    }

    /// Has MADV_DONTNEED free the PTE tables that it empties, under `mmap_lock` for read: CONFIG_PT_RECLAIM.
    /// Said before the first address space. Throws `IllegalArgumentException` where tables are not all
    /// freed by RCU, which everybody who looks at PTEs relies on then.
    public void reclaimEmpty() {
        if (freeing != TableFreeing.RCU_ALL) {
            throw new IllegalArgumentException("pgtable: empty tables are reclaimed only where all are freed by RCU ("
                    + TableFreeing.RCU_ALL + "), and not with " + freeing);
        }
        empties = true;
    }

    /// Says what mremap does with a table that all moves; before the first address space.
    public void moveBy(TableMoves how) {
        moves = how;
    }

    /// What mremap does with a table that all moves.
    public TableMoves moves() {
        return moves;
    }

    /// Whether a PTE table that holds nothing may go while `mmap_lock` is held for read.
    public boolean reclaimsEmpty() {
        return empties;
    }

    /// Has who frees tables of an address space wait for faults that make some without `mmap_lock`. Said before
    /// the first address space.
    public void awaitTableMakers() {
        awaitsMakers = true;
    }

    boolean awaitsTableMakers() {
        return awaitsMakers;
    }

    TableFrames frames() {
        return frames;
    }

    Rcu rcu() {
        return rcu;
    }

    /// Frees `tables`, in batches of as many as a page of pointers holds. The caller holds no
    /// spinning lock.
    void free(List<Page> tables) {
        if (freeing == TableFreeing.IPI) {
            tables.forEach(frames::free);
            count(VmEvent.PT_FREED_AT_ONCE, tables.size());
            return;
        }
        int most = allocator.geometry().bytes() / Long.BYTES - 2;
        for (int from = 0; from < tables.size(); from += most) {
            freeBatch(List.copyOf(tables.subList(from, Math.min(from + most, tables.size()))));
        }
    }

    private void freeBatch(List<Page> batch) {
        Page held = freeing == TableFreeing.RCU_FALLBACK ? null : allocator.alloc();
        if (held != null || freeing == TableFreeing.RCU_ALL) {
            count(VmEvent.PT_FREED_BY_RCU, batch.size());
            rcu.call(() -> releaseAll(batch, held));
            return;
        }
        // tlb_remove_table_one: enough for walks with interrupts off, and for no others.
        for (Page table : batch) {
            count(VmEvent.PT_FREED_BY_SYNC, 1);
            interruptAll();
            frames.free(table);
        }
    }

    /// `tlb_remove_table_sync_one`: waits until every vCPU has had interrupts on.
    public void interruptAll() {
        Vcpu self = KernelThread.current().vcpu();
        int _ = vcpus.interrupt(self, _ -> true, Interrupt.synchronizing());
    }

    private void releaseAll(List<Page> batch, @Nullable Page held) {
        batch.forEach(frames::free);
        if (held != null) {
            allocator.put(held);
        }
    }

    private void count(VmEvent event, int tables) {
        allocator.events().add(event.ordinal(), tables);
    }
}
