package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.ppc64.cpu.Ppc64Trap;

/// Instructions of the supervisor and the hypervisor (Power ISA Book III): programs get an interrupt.
/// Those of units that are not there, or not given to programs, are illegal.
final class Privileged {

    private Privileged() {}

    /// Everything that only the supervisor does.
    @Insn("""
            010011 ///// ///// ///// 0000010010 / | rfid | traps
            010011 ///// ///// ///// 0100010010 / | hrfid | traps
            010011 ///// ///// ///// 0001010010 / ?P9 | rfscv | traps
            010011 ///// ///// ///// 0101110010 / ?P9 | stop | traps
            010011 ///// ///// ///// 0110010010 / | doze | traps
            010011 ///// ///// ///// 0110110010 / | nap | traps
            010011 ///// ///// ///// 0111010010 / | sleep | traps
            010011 ///// ///// ///// 0111110010 / | rvwinkle | traps
            011111 t:5 ///// ///// 0001010011 / | mfmsr r<t> | traps
            011111 s:5 //// 0 ///// 0010010010 / | mtmsr r<s> | traps
            011111 s:5 //// 1 ///// 0010010010 / | mtmsr r<s>,1 | traps
            011111 s:5 //// 0 ///// 0010110010 / | mtmsrd r<s> | traps
            011111 s:5 //// 1 ///// 0010110010 / | mtmsrd r<s>,1 | traps
            011111 ///// ///// s:5 0110110010 / | slbie r<s> | traps
            011111 /// 00 ///// ///// 0111110010 / | slbia | traps
            011111 s:5 ///// t:5 0110010010 / | slbmte r<s>,r<t> | traps
            011111 s:5 //// 0 t:5 1110010011 / | slbmfee r<s>,r<t> | traps
            011111 s:5 //// 0 t:5 1101010011 / | slbmfev r<s>,r<t> | traps
            011111 s:5 ///// t:5 1111010011 1 | slbfee. r<s>,r<t> | traps
            011111 ///// ///// ///// 1000110110 / | tlbsync | traps
            011111 s:5 ///// t:5 0100110010 / | tlbie r<t>,r<s> | traps
            011111 s:5 ///// t:5 0100010010 / | tlbiel r<t>,r<s> | traps
            011111 00000 ///// t:5 0100010010 / | tlbiel r<t> | traps
            011111 ///// ///// s:5 0011001110 / | msgsnd r<s> | traps
            011111 ///// ///// s:5 0011101110 / | msgclr r<s> | traps
            011111 ///// ///// s:5 0010001110 / | msgsndp r<s> | traps
            011111 ///// ///// s:5 0010101110 / | msgclrp r<s> | traps
            011111 s:5 a:5 t:5 1100010101 / | lwzcix r<s>,r<a>,r<t> | traps
            011111 s:5 a:5 t:5 1100110101 / | lhzcix r<s>,r<a>,r<t> | traps
            011111 s:5 a:5 t:5 1101010101 / | lbzcix r<s>,r<a>,r<t> | traps
            011111 s:5 a:5 t:5 1101110101 / | ldcix r<s>,r<a>,r<t> | traps
            011111 s:5 a:5 t:5 1110010101 / | stwcix r<s>,r<a>,r<t> | traps
            011111 s:5 a:5 t:5 1110110101 / | sthcix r<s>,r<a>,r<t> | traps
            011111 s:5 a:5 t:5 1111010101 / | stbcix r<s>,r<a>,r<t> | traps
            011111 s:5 a:5 t:5 1111110101 / | stdcix r<s>,r<a>,r<t> | traps
            """)
    static void privileged() {
        throw Ppc64Trap.PRIVILEGED;
    }

    /// Waits for an event that has always come.
    @Insn("""
            011111 /// wc:2 ///// ///// 0000011110 / wc==0 ?P9 | wait
            011111 /// wc:2 ///// ///// 0000111110 / wc==0 | wait
            """)
    static void waits() {}
}
