package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import java.lang.invoke.VarHandle;

/// Caches and barriers (Power ISA Book II 4.3 and 4.6.3).
///
/// Loads acquire and stores release by themselves ([Mem]), which is what `lwsync` asks for; `sync` is
/// the fence between a store and a later load. Decoded code follows stores by itself. What remains of
/// most cache instructions is the translation of their address.
final class StorageControl {

    /// Bytes in a block of the data cache of POWER8 and POWER9.
    private static final int BLOCK = 128;

    private StorageControl() {}

    /// Data cache block set to zero: 128 bytes.
    @Insn("011111 ///// ra:5 rb:5 1111110110 / | dcbz ra|0,rb | ea:=ra+rb")
    static void dcbz(Mem mem, long ea) {
        mem.probeWrite(ea, 1);
        long block = ea & -BLOCK;
        for (int at = 0; at < BLOCK; at += Long.BYTES) {
            mem.store64(block + at, 0);
        }
    }

    /// Store a block, flush it, invalidate one of instructions: faults as a load would.
    @Insn("""
            011111 ///// ra:5 rb:5 0000110110 / | dcbst ra|0,rb | ea:=ra+rb traps
            011111 /// l:2 ra:5 rb:5 0001010110 / l==0 | dcbf ra|0,rb | ea:=ra+rb traps
            011111 /// l:2 ra:5 rb:5 0001010110 / l==1 | dcbfl ra|0,rb | ea:=ra+rb traps
            011111 /// l:2 ra:5 rb:5 0001010110 / l==3 | dcbflp ra|0,rb | ea:=ra+rb traps
            011111 ///// ra:5 rb:5 1111010110 / | icbi ra|0,rb | ea:=ra+rb traps
            """)
    static void touch(Mem mem, long ea) {
        mem.probeRead(ea, 1);
    }

    /// Hints: prefetch.
    @Insn("""
            011111 th:5 ra:5 rb:5 0100010110 / | dcbt ra|0,rb,th | ea:=ra+rb
            011111 th:5 ra:5 rb:5 0100010110 / th<8 | dcbtct ra|0,rb{,th} | ea:=ra+rb
            011111 th:5 ra:5 rb:5 0100010110 / th>=8 th<16 | dcbtds ra|0,rb,th | ea:=ra+rb
            011111 th:5 ra:5 rb:5 0100010110 / th==8 | dcbtds ra|0,rb | ea:=ra+rb
            011111 th:5 ra:5 rb:5 0100010110 / th==16 | dcbtt ra|0,rb | ea:=ra+rb
            011111 th:5 ra:5 rb:5 0011110110 / | dcbtst ra|0,rb,th | ea:=ra+rb
            011111 th:5 ra:5 rb:5 0011110110 / th<8 | dcbtstct ra|0,rb{,th} | ea:=ra+rb
            011111 th:5 ra:5 rb:5 0011110110 / th>=8 th<16 | dcbtstds ra|0,rb,th | ea:=ra+rb
            011111 th:5 ra:5 rb:5 0011110110 / th==8 | dcbtstds ra|0,rb | ea:=ra+rb
            011111 th:5 ra:5 rb:5 0011110110 / th==16 | dcbtstt ra|0,rb | ea:=ra+rb
            011111 / ct:4 ra:5 rb:5 0000010110 / | icbt ct,ra|0,rb | ea:=ra+rb
            011111 / ct:4 ra:5 rb:5 0000010110 / ct==0 | icbt ra|0,rb | ea:=ra+rb
            """)
    static void hint(long ea) {}

    // Barriers.

    /// Synchronize: keeps everything before it from everything behind it.
    @Insn("""
            011111 /// l:2 ///// ///// 1001010110 / | sync l
            011111 /// l:2 ///// ///// 1001010110 / l==0 | hwsync
            011111 /// l:2 ///// ///// 1001010110 / l==2 | ptesync
            """)
    static void sync() {
        VarHandle.fullFence();
    }

    /// Barriers that ask for no more than what every access does: lightweight, and of stores; the
    /// completion of instructions.
    @Insn("""
            011111 /// l:2 ///// ///// 1001010110 / l==1 | lwsync
            011111 ///// ///// ///// 1101010110 / | eieio
            010011 ///// ///// ///// 0010010110 / | isync
            """)
    static void lwsync() {}
}
