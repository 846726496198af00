package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.x86.cpu.X86Trap;

/// I/O Instructions (SDM volume 1, 5.1.9).
///
/// User code runs with IOPL 0 and without an I/O permission map: each raises `#GP` before anything
/// else is looked at.
final class InputOutput {

    private InputOutput() {}

    /// Read from a port.
    @Insn("""
            E4 ib | in AL, Ib
            E5 ib | in eAX, Ib
            EC    | in AL, DX
            ED    | in eAX, DX
            """)
    static void in() {
        throw X86Trap.GP;
    }

    /// Write to a port.
    @Insn("""
            E6 ib | out Ib, AL
            E7 ib | out Ib, eAX
            EE    | out DX, AL
            EF    | out DX, eAX
            """)
    static void out() {
        throw X86Trap.GP;
    }

    /// Read from a port into a string.
    @Insn("""
            6C | ins Yb, DX
            6D | ins Yz, DX
            """)
    static void ins() {
        throw X86Trap.GP;
    }

    /// Write a string to a port.
    @Insn("""
            6E | outs DX, Xb
            6F | outs DX, Xz
            """)
    static void outs() {
        throw X86Trap.GP;
    }
}
