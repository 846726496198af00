package faultline.kernel.mm;

import faultline.core.cpu.Vcpu;
import faultline.kernel.lock.RwSemaphore;
import org.jspecify.annotations.Nullable;

/// An address space: page tables, VMAs, `mmap_lock` and the counters of both. `mm_struct`.
public final class Mm {

    Mm(KernelMemory kernel, long mmapBase, MmLimits limits) {
        throw new UnsupportedOperationException();
    }

    // Life.

    /// One more user (a task, a debugger): `mmget`.
    public void get() {
        throw new UnsupportedOperationException();
    }

    /// One user less; the last one takes the address space down. The caller holds a vCPU and no
    /// lock.
    public void put() {
        throw new UnsupportedOperationException();
    }

    /// How many users there are.
    public int users() {
        throw new UnsupportedOperationException();
    }

    /// A copy-on-write copy for a child process: `dup_mm`. Throws `ErrnoException` ENOMEM, EINTR.
    public Mm fork(MmLimits limits) {
        throw new UnsupportedOperationException();
    }

    // vCPUs.

    /// A task of this address space begins to run on a vCPU: loads its root table, and flushes the
    /// TLB if another address space was loaded before. Called by the thread that has just taken the
    /// vCPU, in kernel mode.
    public void switchIn(Vcpu vcpu) {
        throw new UnsupportedOperationException();
    }

    /// The physical address of the root table.
    public long root() {
        throw new UnsupportedOperationException();
    }

    /// `mmap_lock`.
    public RwSemaphore mmapLock() {
        throw new UnsupportedOperationException();
    }

    /// The first VMA that ends above `va`, or null. The caller holds `mmap_lock`.
    public @Nullable Vma findVma(long va) {
        throw new UnsupportedOperationException();
    }

    // Calls that change the address space; each takes mmap_lock. PROT_*, MAP_*, MREMAP_*, MADV_* as in asm-generic.

    /// mmap; `file` is null for MAP_ANONYMOUS. Returns the address. Does not populate: see
    /// `mm.fault.Populate`.
    public long mmap(long hint, long length, int prot, int flags, @Nullable MappedFile file, long offset) {
        throw new UnsupportedOperationException();
    }

    public void munmap(long start, long length) {
        throw new UnsupportedOperationException();
    }

    public void mprotect(long start, long length, int prot) {
        throw new UnsupportedOperationException();
    }

    /// brk: the new end of the heap, or the old one when it cannot be moved.
    public long brk(long end) {
        throw new UnsupportedOperationException();
    }

    // Setting up a program.

    /// Maps the stack below `top`: `argumentBytes` now, and room to grow to RLIMIT_STACK. Returns
    /// its lowest address.
    public long createStack(long top, long argumentBytes, boolean executable) {
        throw new UnsupportedOperationException();
    }

    /// Where code and data lie, for /proc.
    public void setCode(long startCode, long endCode, long startData, long endData) {
        throw new UnsupportedOperationException();
    }

    /// Where the heap begins; it is empty.
    public void setHeap(long startBrk) {
        throw new UnsupportedOperationException();
    }

    /// Where the argument and environment strings lie on the stack, and the stack pointer at the
    /// start.
    public void setArguments(long argStart, long argEnd, long envStart, long envEnd, long startStack) {
        throw new UnsupportedOperationException();
    }

    /// The auxiliary vector as /proc/PID/auxv shows it.
    public void setAuxv(byte[] auxv) {
        throw new UnsupportedOperationException();
    }

    public long argStart() {
        throw new UnsupportedOperationException();
    }

    public long argEnd() {
        throw new UnsupportedOperationException();
    }

    public long envStart() {
        throw new UnsupportedOperationException();
    }

    public long envEnd() {
        throw new UnsupportedOperationException();
    }

    public byte[] auxv() {
        throw new UnsupportedOperationException();
    }
}
