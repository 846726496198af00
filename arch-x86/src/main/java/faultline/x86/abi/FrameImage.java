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

    private static final long LEGACY_COMPONENTS = ExtendedState.X87 | ExtendedState.SSE;

    private final byte[] bytes;
    private final ByteBuffer view;
    private final long components;

    /// An image whose bytes hold `components`.
    private FrameImage(byte[] bytes, long components) {
        this.bytes = bytes;
        this.view = ExtendedState.view(bytes);
        this.components = components;
    }

    /// The state of `cpu`.
    static FrameImage of(X86Cpu cpu) {
        if (!ExtendedState.hasXsave(cpu.model())) {
            FrameImage legacy = new FrameImage(new byte[ExtendedState.LEGACY_BYTES], LEGACY_COMPONENTS);
            ExtendedState.saveLegacy(cpu, legacy.view);
            return legacy;
        }
        int size = ExtendedState.bytes(cpu.model());
        long components = ExtendedState.components(cpu.model());
        FrameImage image = new FrameImage(new byte[size + FrameLayout.MAGIC2_BYTES], components);
        ByteBuffer view = image.view;
        ExtendedState.save(cpu, view, components);
        view.putInt(FrameLayout.SW_MAGIC1, FrameLayout.FP_XSTATE_MAGIC1);
        view.putInt(FrameLayout.SW_EXTENDED_SIZE, size + FrameLayout.MAGIC2_BYTES);
        view.putLong(FrameLayout.SW_XFEATURES, components);
        view.putInt(FrameLayout.SW_XSTATE_SIZE, size);
        view.putInt(size, FrameLayout.FP_XSTATE_MAGIC2);
        return image;
    }

    int bytes() {
        return bytes.length;
    }

    /// Writes the image, with `pkru` as it was before the kernel opened all keys to write it.
    void write(UserMemory memory, long va, int pkru) {
        if ((components & ExtendedState.PKRU) != 0) {
            view.putLong(ExtendedState.PKRU_OFFSET, Integer.toUnsignedLong(pkru));
        }
        memory.write(va, bytes, 0, bytes.length);
    }

    /// Reads the image at `va`; 0 stands for the initial state.
    static FrameImage read(X86Cpu cpu, UserMemory memory, long va) {
        if (va == 0) {
            return new FrameImage(new byte[0], 0);
        }
        byte[] legacy = new byte[ExtendedState.LEGACY_BYTES];
        memory.read(va, legacy, 0, ExtendedState.LEGACY_BYTES);
        int size = extendedSize(cpu, ExtendedState.view(legacy));
        if (size == 0 || memory.load32(va + size) != FrameLayout.FP_XSTATE_MAGIC2) {
            return new FrameImage(legacy, LEGACY_COMPONENTS);
        }
        // Components behind the end of a short image read as zero; its header decides whether they count.
        byte[] whole = new byte[ExtendedState.bytes(cpu.model())];
        memory.read(va, whole, 0, size);
        long wanted =
                ExtendedState.view(whole).getLong(FrameLayout.SW_XFEATURES) & ExtendedState.components(cpu.model());
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
        if (bytes.length > ExtendedState.LEGACY_BYTES) {
            if (!ExtendedState.restore(cpu, view, components)) {
                return false;
            }
        } else if (bytes.length == ExtendedState.LEGACY_BYTES) {
            if (!ExtendedState.restoreLegacy(cpu, view)) {
                return false;
            }
        }
        ExtendedState.init(cpu, ~components);
        if ((components & ExtendedState.PKRU) == 0) {
            X86ProtectionKeys.reset(cpu);
        }
        return true;
    }
}
