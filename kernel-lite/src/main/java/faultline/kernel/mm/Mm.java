package faultline.kernel.mm;

/// An address space: page tables, VMAs, `mmap_lock` and the counters of both. `mm_struct`.
public final class Mm {}
