package faultline.x86.abi;

import faultline.core.cpu.Cpu;
import faultline.kernel.mm.ProtectionKeys;
import faultline.x86.cpu.X86Cpu;

/// The sixteen keys of PKRU, two bits each.
final class X86ProtectionKeys implements ProtectionKeys {

    /// `init_pkru`: every key but key 0 denies access until a program says otherwise.
    static final int INITIAL = 0x5555_5554;

    private static final int KEYS = 16;

    @Override
    public int count(Cpu cpu) {
        return has((X86Cpu) cpu) ? KEYS : 0;
    }

    @Override
    public void setRights(Cpu cpu, int key, int rights) {
        X86Cpu x86 = (X86Cpu) cpu;
        int shift = 2 * key;
        x86.writePkru(x86.pkru & ~(3 << shift) | (rights & 3) << shift);
    }

    @Override
    public int rights(Cpu cpu, int key) {
        return ((X86Cpu) cpu).pkru >>> 2 * key & 3;
    }

    static boolean has(X86Cpu cpu) {
        return cpu.model().has("PKU");
    }

    /// The rights a new program and a signal handler begin with.
    static void reset(X86Cpu cpu) {
        cpu.writePkru(has(cpu) ? INITIAL : 0);
    }
}
