package faultline.x86.insn;

import faultline.core.isa.Insn;
import faultline.core.mem.Mem;
import faultline.x86.cpu.Cpuid;
import faultline.x86.cpu.ExtendedState;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.cpu.X86Trap;
import java.nio.ByteBuffer;

/// Managing state with the XSAVE feature set (SDM Vol. 1, chapter 13): the standard form.
final class XsaveFeatureSet {

    /// The image must lie on a cache line.
    private static final int ALIGNMENT = 64;

    private XsaveFeatureSet() {}

    /// Get the value of an extended control register: XCR0 is the only one.
    @Insn("NP 0F 01 D0 ?XSAVE | xgetbv")
    static void xgetbv(X86Cpu cpu) {
        if ((int) cpu.r[X86Cpu.RCX] != 0) {
            throw X86Trap.GP;
        }
        long xcr0 = Cpuid.xcr0(cpu.model());
        cpu.r[X86Cpu.RAX] = xcr0 & 0xffff_ffffL;
        cpu.r[X86Cpu.RDX] = xcr0 >>> 32;
    }

    /// Set an extended control register: privileged.
    @Insn("NP 0F 01 D1 ?XSAVE | xsetbv")
    static void xsetbv() {
        throw X86Trap.GP;
    }

    /// Save the components of EDX:EAX that XCR0 has. What lies between them in memory stays as it
    /// is.
    @Insn("NP 0F AE /4 mem W0 ?XSAVE | xsave Menv")
    static void xsave(X86Cpu cpu, Mem mem, long ea) {
        save(cpu, mem, ea, false);
    }

    @Insn("NP 0F AE /4 mem W1 ?XSAVE | xsave64 Menv")
    static void xsave64(X86Cpu cpu, Mem mem, long ea) {
        save(cpu, mem, ea, true);
    }

    private static void save(X86Cpu cpu, Mem mem, long ea, boolean wideAddresses) {
        checkAlignment(ea);
        // To what cannot be written it is a store that faults.
        mem.probeWrite(ea, bytes(cpu));
        ByteBuffer image = load(cpu, mem, ea);
        long components = requested(cpu);
        ExtendedState.save(cpu, image, components);
        if (!wideAddresses && (components & ExtendedState.X87) != 0) {
            ExtendedState.narrowAddresses(image);
        }
        for (int i = 0; i < bytes(cpu); i += 8) {
            mem.store64(ea + i, image.getLong(i));
        }
    }

    /// Restore the components of EDX:EAX that XCR0 has; those the image does not hold are
    /// initialised.
    @Insn("NP 0F AE /5 mem W0 ?XSAVE | xrstor Menv")
    static void xrstor(X86Cpu cpu, Mem mem, long ea) {
        restore(cpu, mem, ea, false);
    }

    @Insn("NP 0F AE /5 mem W1 ?XSAVE | xrstor64 Menv")
    static void xrstor64(X86Cpu cpu, Mem mem, long ea) {
        restore(cpu, mem, ea, true);
    }

    private static void restore(X86Cpu cpu, Mem mem, long ea, boolean wideAddresses) {
        checkAlignment(ea);
        ByteBuffer image = load(cpu, mem, ea);
        if (!wideAddresses) {
            ExtendedState.narrowAddresses(image);
        }
        if (!ExtendedState.restore(cpu, image, requested(cpu))) {
            throw X86Trap.GP;
        }
    }

    private static long requested(X86Cpu cpu) {
        long mask = cpu.r[X86Cpu.RDX] << 32 | cpu.r[X86Cpu.RAX] & 0xffff_ffffL;
        return mask & Cpuid.xcr0(cpu.model());
    }

    private static void checkAlignment(long ea) {
        if ((ea & ALIGNMENT - 1) != 0) {
            throw X86Trap.GP;
        }
    }

    /// How much of an image is accessed: up to the last component that is asked for.
    private static int bytes(X86Cpu cpu) {
        return (requested(cpu) & ExtendedState.PKRU) != 0
                ? ExtendedState.bytes(cpu.model())
                : ExtendedState.LEGACY_BYTES + ExtendedState.HEADER_BYTES;
    }

    private static ByteBuffer load(X86Cpu cpu, Mem mem, long ea) {
        ByteBuffer image = ExtendedState.view(new byte[ExtendedState.bytes(cpu.model())]);
        for (int i = 0; i < bytes(cpu); i += 8) {
            image.putLong(i, mem.load64(ea + i));
        }
        return image;
    }
}
