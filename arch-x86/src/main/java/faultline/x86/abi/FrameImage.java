package faultline.x86.abi;

import faultline.kernel.mm.uaccess.UserMemory;
import faultline.x86.cpu.ExtendedState;
import faultline.x86.cpu.X86Cpu;
import java.nio.ByteBuffer;

/// The floating-point and extended state in a signal frame (`arch/x86/kernel/fpu/signal.c`).
///
/// With XSAVE, software's bytes inside the image say that more follows: a magic word, sizes and
/// state components, and a second magic word behind the image. A program that copies only the 512
/// bytes loses the second word, and sigreturn then restores x87 and SSE alone.
final class FrameImage {

    private final ByteBuffer bytes;
    private final long components;

    /// The state of `cpu`.
    FrameImage(X86Cpu cpu) {
        if (ExtendedState.hasXsave(cpu.model())) {
            int size = ExtendedState.bytes(cpu.model());
            components = ExtendedState.components(cpu.model());
            bytes = ExtendedState.buffer(size + FrameLayout.MAGIC2_BYTES);
            ExtendedState.save(cpu, bytes, components);
            bytes.putInt(FrameLayout.SW_MAGIC1, FrameLayout.FP_XSTATE_MAGIC1);
            bytes.putInt(FrameLayout.SW_EXTENDED_SIZE, size + FrameLayout.MAGIC2_BYTES);
            bytes.putLong(FrameLayout.SW_XFEATURES, components);
            bytes.putInt(FrameLayout.SW_XSTATE_SIZE, size);
            bytes.putInt(size, FrameLayout.FP_XSTATE_MAGIC2);
        } else {
            components = ExtendedState.X87 | ExtendedState.SSE;
            bytes = ExtendedState.buffer(ExtendedState.LEGACY_BYTES);
            ExtendedState.saveLegacy(cpu, bytes);
        }
    }

    /// An image read back; `components` are those its bytes hold.
    private FrameImage(ByteBuffer bytes, long components) {
        this.bytes = bytes;
        this.components = components;
    }

    int bytes() {
        return bytes.capacity();
    }

    /// Writes the image, with `pkru` as it was before the kernel opened all keys to write it.
    void write(UserMemory memory, long va, int pkru) {
        if ((components & ExtendedState.PKRU) != 0) {
            bytes.putLong(ExtendedState.PKRU_OFFSET, Integer.toUnsignedLong(pkru));
        }
        memory.write(va, bytes.array(), 0, bytes.capacity());
    }

    /// Reads the image at `va`; 0 stands for the initial state.
    static FrameImage read(X86Cpu cpu, UserMemory memory, long va) {
        if (va == 0) {
            return new FrameImage(ExtendedState.buffer(0), 0);
        }
        ByteBuffer legacy = ExtendedState.buffer(ExtendedState.LEGACY_BYTES);
        memory.read(va, legacy.array(), 0, ExtendedState.LEGACY_BYTES);
        int size = extendedSize(cpu, legacy);
        if (size == 0 || memory.load32(va + size) != FrameLayout.FP_XSTATE_MAGIC2) {
            return new FrameImage(legacy, ExtendedState.X87 | ExtendedState.SSE);
        }
        // Components behind the end of a short image read as zero; its header decides whether they count.
        ByteBuffer whole = ExtendedState.buffer(Math.max(size, ExtendedState.bytes(cpu.model())));
        memory.read(va, whole.array(), 0, size);
        long wanted = whole.getLong(FrameLayout.SW_XFEATURES) & ExtendedState.components(cpu.model());
        return new FrameImage(whole, wanted);
    }

    /// The size of an XSAVE image that software's bytes announce believably, or 0.
    private static int extendedSize(X86Cpu cpu, ByteBuffer legacy) {
        int size = legacy.getInt(FrameLayout.SW_XSTATE_SIZE);
        boolean believable = ExtendedState.hasXsave(cpu.model())
                && legacy.getInt(FrameLayout.SW_MAGIC1) == FrameLayout.FP_XSTATE_MAGIC1
                && size >= ExtendedState.LEGACY_BYTES + ExtendedState.HEADER_BYTES
                && size <= ExtendedState.bytes(cpu.model())
                && size <= legacy.getInt(FrameLayout.SW_EXTENDED_SIZE);
        return believable ? size : 0;
    }

    /// Loads the registers; components the image does not hold take their initial values. Returns
    /// false, with nothing changed, when the hardware would refuse the image.
    boolean restore(X86Cpu cpu) {
        if (bytes.capacity() > ExtendedState.LEGACY_BYTES) {
            if (!ExtendedState.restore(cpu, bytes, components)) {
                return false;
            }
        } else if (bytes.capacity() == ExtendedState.LEGACY_BYTES) {
            if (!ExtendedState.restoreLegacy(cpu, bytes)) {
                return false;
            }
        }
        if ((components & (ExtendedState.X87 | ExtendedState.SSE)) == 0) {
            ExtendedState.initLegacy(cpu);
        }
        if ((components & ExtendedState.PKRU) == 0) {
            X86ProtectionKeys.reset(cpu);
        }
        return true;
    }
}
