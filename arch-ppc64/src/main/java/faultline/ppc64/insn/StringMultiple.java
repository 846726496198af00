package faultline.ppc64.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.ppc64.cpu.Ppc64Cpu;

/// Loads and stores of several registers (Power ISA Book I 3.3.6 and 3.3.7).
///
/// Processors do them in big-endian order only; in the other they raise an alignment interrupt. A
/// register that a load names twice, or that is its base, makes an invalid form.
final class StringMultiple {

    private StringMultiple() {}

    /// Load multiple word: the register and all behind it.
    @Insn("101110 first:5 ra:5 d:s16 | lmw r<first>,d(ra|0)")
    static void lmw(Ppc64Cpu cpu, Mem mem, long ea, int first) {
        requireBigEndian(cpu, ea);
        mem.probeRead(ea, 4 * (32 - first));
        for (int n = first; n < 32; n++) {
            cpu.r[n] = Integer.toUnsignedLong(mem.load32(ea + 4L * (n - first)));
        }
    }

    /// Store multiple word.
    @Insn("101111 first:5 ra:5 d:s16 | stmw r<first>,d(ra|0)")
    static void stmw(Ppc64Cpu cpu, Mem mem, long ea, int first) {
        requireBigEndian(cpu, ea);
        mem.probeWrite(ea, 4 * (32 - first));
        for (int n = first; n < 32; n++) {
            mem.store32(ea + 4L * (n - first), (int) cpu.r[n]);
        }
    }

    /// Load string word: so many bytes, 0 for 32.
    @Insn("011111 first:5 ra:5 nb:5 1001010101 / bytes=stringLength(nb) | lswi r<first>,ra|0,bytes | ea:=ra")
    static void lswi(Ppc64Cpu cpu, Mem mem, long ea, int first, int bytes) {
        loadString(cpu, mem, ea, first, bytes);
    }

    /// Load string word indexed: as many bytes as XER says.
    @Insn("011111 first:5 ra:5 rb:5 1000010101 / | lswx r<first>,ra|0,rb | ea:=ra+rb")
    static void lswx(Ppc64Cpu cpu, Mem mem, long ea, int first) {
        loadString(cpu, mem, ea, first, cpu.xerRest & 0x7f);
    }

    /// Store string word.
    @Insn("011111 first:5 ra:5 nb:5 1011010101 / bytes=stringLength(nb) | stswi r<first>,ra|0,bytes | ea:=ra")
    static void stswi(Ppc64Cpu cpu, Mem mem, long ea, int first, int bytes) {
        storeString(cpu, mem, ea, first, bytes);
    }

    /// Store string word indexed.
    @Insn("011111 first:5 ra:5 rb:5 1010010101 / | stswx r<first>,ra|0,rb | ea:=ra+rb")
    static void stswx(Ppc64Cpu cpu, Mem mem, long ea, int first) {
        storeString(cpu, mem, ea, first, cpu.xerRest & 0x7f);
    }

    private static void requireBigEndian(Ppc64Cpu cpu, long ea) {
        if (cpu.littleEndian) {
            throw cpu.misaligned(ea);
        }
    }

    /// Fills the low words of registers, which wrap round behind the last, with bytes from the left.
    private static void loadString(Ppc64Cpu cpu, Mem mem, long ea, int first, int bytes) {
        requireBigEndian(cpu, ea);
        if (bytes == 0) {
            return;
        }
        mem.probeRead(ea, bytes);
        for (int at = 0; at < bytes; at++) {
            int n = first + at / 4 & 31;
            long before = at % 4 == 0 ? 0 : cpu.r[n];
            cpu.r[n] = before | (mem.load8(ea + at) & 0xffL) << 24 - 8 * (at % 4);
        }
    }

    private static void storeString(Ppc64Cpu cpu, Mem mem, long ea, int first, int bytes) {
        requireBigEndian(cpu, ea);
        if (bytes == 0) {
            return;
        }
        mem.probeWrite(ea, bytes);
        for (int at = 0; at < bytes; at++) {
            mem.store8(ea + at, (byte) (cpu.r[first + at / 4 & 31] >>> 24 - 8 * (at % 4)));
        }
    }
}
