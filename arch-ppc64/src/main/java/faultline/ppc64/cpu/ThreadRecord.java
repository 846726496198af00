package faultline.ppc64.cpu;

/// What Linux keeps of a thread beside its registers: the end of `pt_regs`, and of `thread_struct`
/// what programs choose.
public final class ThreadRecord {

    /// `trap`: the vector of the last interrupt.
    public int trap;

    /// `result`: of the last system call, 0 after other interrupts.
    public long result;

    /// Whether pointers to functions are addresses of descriptors, as in ELFv1: not TIF_ELF2ABI.
    public boolean descriptors;

    /// `align_ctl`: what PR_SET_UNALIGN chose.
    public int alignment;

    ThreadRecord() {}

    void copyFrom(ThreadRecord other) {
        trap = other.trap;
        result = other.result;
        descriptors = other.descriptors;
        alignment = other.alignment;
    }
}
