package faultline.x86.abi;

import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.Vcpu;
import faultline.core.isa.OpcodeInsn;
import faultline.core.isa.OpcodeRow;
import faultline.core.mem.Mem;
import faultline.core.mmu.GuestFault;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.insn.X86Decoder;
import java.util.Set;

/// Tells which segment a non-canonical access went through: the stack's raises `#SS`, every other
/// `#GP` (SDM Vol. 1, 3.3.7.1 and 3.7.4).
///
/// The walk sees addresses only, so the instruction is looked at again, once an exception.
final class StackReference {

    /// Mnemonics whose memory access is a push or a pop, whatever operands they have.
    private static final Set<String> PUSH_OR_POP =
            Set.of("push", "pop", "call", "ret", "enter", "leave", "pushf", "popf");

    private static final int SLOT = 8;

    private StackReference() {}

    /// Whether the instruction at `pc`, which accessed a non-canonical address, did it through SS.
    /// The vCPU is in kernel mode.
    static boolean isIn(X86Cpu cpu) {
        X86Decoder decoder = new X86Decoder(cpu.model());
        byte[] bytes = new byte[decoder.longest()];
        int known = fetch(cpu, bytes);
        OpcodeInsn insn = decoder.scratch();
        if (!decoder.decode(bytes, 0, known, cpu.pc, insn)) {
            return false;
        }
        OpcodeRow row = insn.row;
        if (row == null) {
            return false;
        }
        boolean otherSegment = (insn.special & (OpcodeInsn.SEGMENT_FS | OpcodeInsn.SEGMENT_GS)) != 0;
        boolean stackBase = insn.base == X86Cpu.RSP || insn.base == X86Cpu.RBP;
        if (stackBase && !otherSegment) {
            return true;
        }
        if (row.mnemonic().equals("leave") || row.mnemonic().equals("enter")) {
            return true;
        }
        long top = cpu.r[X86Cpu.RSP];
        return PUSH_OR_POP.contains(row.mnemonic()) && !(isCanonical(top - SLOT) && isCanonical(top + SLOT - 1));
    }

    private static boolean isCanonical(long va) {
        return va << 16 >> 16 == va;
    }

    /// Reads code bytes as far as they are mapped; returns how many.
    private static int fetch(X86Cpu cpu, byte[] to) {
        Vcpu vcpu = cpu.vcpu();
        Mem mem = vcpu.mem();
        int count = 0;
        vcpu.enterGuest();
        try {
            while (count < to.length) {
                to[count] = mem.memory().load8(mem.executable(cpu.pc + count));
                count++;
            }
        } catch (GuestFault | GuestTrap e) {
            // The page behind is not there, or the access was the fetch itself: what is known is enough.
            return count;
        } finally {
            vcpu.enterKernel();
        }
        return count;
    }
}
