package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.cpu.Ppc64Cpu;

/// VSCR (Power ISA Book I 6.16), and the stream instructions of the first vector processors, which do
/// nothing.
final class VectorStatus {

    private VectorStatus() {}

    /// Move from VSCR.
    @Insn("000100 vrt:5 ///// ///// 11000 000100 | mfvscr vrt")
    static long mfvscr(long vscr, int half) {
        return half == 0 ? vscr : 0;
    }

    /// Move to VSCR.
    @Insn("000100 ///// ///// vrb:5 11001 000100 | mtvscr vrb | -> vscr")
    static long mtvscr(long vrbLo) {
        return vrbLo;
    }

    /// Data stream touch and stop.
    @Insn("""
            011111 0 // strm:2 ra:5 rb:5 01010 10110 / ra!=0 | dst ra,rb,strm
            011111 1 // strm:2 ra:5 rb:5 01010 10110 / ra!=0 | dstt ra,rb,strm
            011111 0 // strm:2 ra:5 rb:5 01011 10110 / ra!=0 | dstst ra,rb,strm
            011111 1 // strm:2 ra:5 rb:5 01011 10110 / ra!=0 | dststt ra,rb,strm
            011111 0 // strm:2 ///// ///// 11001 10110 / | dss strm
            011111 1 // // ///// ///// 11001 10110 / | dssall
            """)
    static void dataStream(Ppc64Cpu cpu) {}
}
