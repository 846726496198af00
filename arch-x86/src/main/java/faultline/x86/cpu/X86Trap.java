package faultline.x86.cpu;

import faultline.core.cpu.GuestTrap;

/// The exceptions of x86-64 that user code can raise, by vector (SDM volume 3, chapter 7, "Interrupt and
/// Exception Handling").
///
/// `#PF` is not thrown as one of these: memory accesses throw [faultline.core.mmu.GuestFault], and [X86Cpu] holds
/// CR2 and the error code. The constant is here so that a kernel can name the vector.
public final class X86Trap {

    /// Divide Error: a divisor of zero, or a quotient that does not fit.
    public static final GuestTrap DE = new GuestTrap("#DE", 0, 0);

    /// Debug exception: single step or `int1`.
    public static final GuestTrap DB = new GuestTrap("#DB", 1, 0, true);

    /// Breakpoint: `int3`.
    public static final GuestTrap BP = new GuestTrap("#BP", 3, 0, true);

    /// Overflow: `int 4`, the only way left to it in 64-bit mode.
    public static final GuestTrap OF = new GuestTrap("#OF", 4, 0, true);

    /// BOUND Range Exceeded; not raised in 64-bit mode.
    public static final GuestTrap BR = new GuestTrap("#BR", 5, 0);

    /// Invalid Opcode.
    public static final GuestTrap UD = new GuestTrap("#UD", 6, 0);

    /// Device Not Available.
    public static final GuestTrap NM = new GuestTrap("#NM", 7, 0);

    /// Stack Fault: a stack reference outside the canonical range, or an unusable stack segment.
    public static final GuestTrap SS = new GuestTrap("#SS", 12, 0);

    /// General Protection: privileged instructions, misaligned SSE operands, non-canonical addresses.
    public static final GuestTrap GP = new GuestTrap("#GP", 13, 0);

    /// Page Fault.
    public static final GuestTrap PF = new GuestTrap("#PF", 14, 0);

    /// x87 Floating-Point Error.
    public static final GuestTrap MF = new GuestTrap("#MF", 16, 0);

    /// Alignment Check.
    public static final GuestTrap AC = new GuestTrap("#AC", 17, 0);

    /// SIMD Floating-Point Exception.
    public static final GuestTrap XM = new GuestTrap("#XM", 19, 0);

    private X86Trap() {}

    /// General Protection because of a segment selector or gate: the error code names it (SDM volume 3, "Error
    /// Code").
    public static GuestTrap gp(int errorCode) {
        return new GuestTrap("#GP", GP.vector(), errorCode);
    }
}
