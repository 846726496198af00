package faultline.x86.cpu;

import faultline.core.arch.CpuModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The memory images of the state beyond the general registers: FXSAVE's (SDM Vol. 1, 10.5) and
/// XSAVE's standard form (Vol. 1, 13.4).
///
/// Used by the instructions of those names and by signal frames, on a little-endian buffer that
/// holds the image from index 0. Restoring checks everything before it changes a register (I1).
public final class ExtendedState {

    /// The bytes of an FXSAVE image; an XSAVE image begins with one.
    public static final int LEGACY_BYTES = 512;

    /// XSTATE_BV, XCOMP_BV and zeros behind the legacy region.
    public static final int HEADER_BYTES = 64;

    public static final int XSTATE_BV = LEGACY_BYTES;
    static final int XCOMP_BV = LEGACY_BYTES + 8;

    // State components.

    public static final long X87 = 1;
    public static final long SSE = 1 << 1;
    public static final int PKRU_COMPONENT = 9;
    public static final long PKRU = 1 << PKRU_COMPONENT;

    /// Where Intel's processors keep PKRU in the standard form, behind the places of AVX, MPX and
    /// AVX-512.
    public static final int PKRU_OFFSET = 2688;

    public static final int PKRU_BYTES = 8;

    // Fields of the legacy region.

    private static final int FCW = 0;
    private static final int FSW = 2;
    private static final int FTW = 4;
    private static final int FOP = 6;
    private static final int FIP = 8;
    private static final int FDP = 16;
    private static final int MXCSR = 24;
    private static final int MXCSR_MASK = 28;
    private static final int ST = 32;
    private static final int XMM = 160;

    /// The MXCSR bits that exist; setting another is a general-protection fault.
    private static final int MXCSR_BITS = 0xffff;

    private static final int MXCSR_INITIAL = 0x1f80;

    private ExtendedState() {}

    /// The state components the model has: XCR0.
    public static long components(CpuModel model) {
        return X87 | SSE | (CpuFeature.PKU.in(model) ? PKRU : 0);
    }

    /// The bytes of an XSAVE image with all components of the model.
    public static int bytes(CpuModel model) {
        return CpuFeature.PKU.in(model) ? PKRU_OFFSET + PKRU_BYTES : LEGACY_BYTES + HEADER_BYTES;
    }

    /// Whether the model has XSAVE, and with it the extended image.
    public static boolean hasXsave(CpuModel model) {
        return CpuFeature.XSAVE.in(model);
    }

    /// An image as the other methods want it, over its bytes.
    public static ByteBuffer view(byte[] image) {
        return ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// FXSAVE: bytes 464 to 511 stay as they are.
    public static void saveLegacy(X86Cpu cpu, ByteBuffer to) {
        saveX87(cpu, to);
        to.putInt(MXCSR, cpu.sse.mxcsr);
        to.putInt(MXCSR_MASK, MXCSR_BITS);
        saveXmm(cpu, to);
    }

    /// XSAVE of the components in `mask`; the header names them all as in use.
    public static void save(X86Cpu cpu, ByteBuffer to, long mask) {
        if ((mask & X87) != 0) {
            saveX87(cpu, to);
        }
        if ((mask & SSE) != 0) {
            to.putInt(MXCSR, cpu.sse.mxcsr);
            to.putInt(MXCSR_MASK, MXCSR_BITS);
            saveXmm(cpu, to);
        }
        if ((mask & PKRU) != 0) {
            to.putLong(PKRU_OFFSET, Integer.toUnsignedLong(cpu.pkru));
        }
        to.putLong(XSTATE_BV, to.getLong(XSTATE_BV) | mask);
    }

    /// Makes the x87's addresses in an image 32 bits wide, as the forms without REX.W have them; the
    /// selectors behind them are 0.
    public static void narrowAddresses(ByteBuffer image) {
        image.putInt(FIP + 4, 0);
        image.putInt(FDP + 4, 0);
    }

    /// FXRSTOR. Returns false, with nothing changed, for an image the hardware refuses with #GP.
    public static boolean restoreLegacy(X86Cpu cpu, ByteBuffer from) {
        if ((from.getInt(MXCSR) & ~MXCSR_BITS) != 0) {
            return false;
        }
        restoreX87(cpu, from);
        cpu.sse.mxcsr = from.getInt(MXCSR);
        restoreXmm(cpu, from);
        return true;
    }

    /// XRSTOR of the components in `mask`, all of which the model has; those that the header does
    /// not name take their initial values. Returns false, with nothing changed, for an image the
    /// hardware refuses with #GP.
    public static boolean restore(X86Cpu cpu, ByteBuffer from, long mask) {
        long present = from.getLong(XSTATE_BV);
        boolean badHeader = (present & ~components(cpu.model())) != 0 || from.getLong(XCOMP_BV) != 0;
        boolean badMxcsr = (mask & SSE) != 0 && (from.getInt(MXCSR) & ~MXCSR_BITS) != 0;
        if (badHeader || badMxcsr) {
            return false;
        }
        if ((mask & X87) != 0) {
            restoreOrInitX87(cpu, from, (present & X87) != 0);
        }
        if ((mask & SSE) != 0) {
            // MXCSR is loaded whether the header names SSE or not (SDM Vol. 1, 13.8).
            cpu.sse.mxcsr = from.getInt(MXCSR);
            if ((present & SSE) != 0) {
                restoreXmm(cpu, from);
            } else {
                initXmm(cpu);
            }
        }
        if ((mask & PKRU) != 0) {
            cpu.writePkru((present & PKRU) != 0 ? from.getInt(PKRU_OFFSET) : 0);
        }
        return true;
    }

    /// Gives x87 and SSE, as far as they are in `mask`, their initial values: FNINIT, MXCSR 0x1f80,
    /// all registers zero.
    public static void init(X86Cpu cpu, long mask) {
        if ((mask & X87) != 0) {
            initX87(cpu);
        }
        if ((mask & SSE) != 0) {
            initXmm(cpu);
            cpu.sse.mxcsr = MXCSR_INITIAL;
        }
    }

    private static void saveX87(X86Cpu cpu, ByteBuffer to) {
        to.putShort(FCW, (short) cpu.fpControl);
        to.putShort(FSW, (short) (cpu.fpStatus & ~(7 << 11) | cpu.fpTop << 11));
        // The abridged tag: one bit a physical register, set while it holds something.
        to.putShort(FTW, (short) (~cpu.fpEmpty & 0xff));
        to.putShort(FOP, (short) cpu.fpOpcode);
        to.putLong(FIP, cpu.fpInstruction);
        to.putLong(FDP, cpu.fpData);
        for (int i = 0; i < 8; i++) {
            int physical = cpu.fpTop + i & 7;
            to.putLong(ST + 16 * i, cpu.fpMantissa[physical]);
            to.putLong(ST + 16 * i + 8, cpu.fpSignExponent[physical] & 0xffffL);
        }
    }

    private static void restoreOrInitX87(X86Cpu cpu, ByteBuffer from, boolean present) {
        if (present) {
            restoreX87(cpu, from);
        } else {
            initX87(cpu);
        }
    }

    private static void restoreX87(X86Cpu cpu, ByteBuffer from) {
        int status = from.getShort(FSW) & 0xffff;
        cpu.fpControl = from.getShort(FCW) & 0xffff;
        cpu.fpTop = status >>> 11 & 7;
        cpu.fpStatus = status & ~(7 << 11);
        cpu.fpEmpty = ~from.get(FTW) & 0xff;
        cpu.fpOpcode = from.getShort(FOP) & 0x7ff;
        cpu.fpInstruction = from.getLong(FIP);
        cpu.fpData = from.getLong(FDP);
        for (int i = 0; i < 8; i++) {
            int physical = cpu.fpTop + i & 7;
            cpu.fpMantissa[physical] = from.getLong(ST + 16 * i);
            cpu.fpSignExponent[physical] = from.getShort(ST + 16 * i + 8) & 0xffff;
        }
    }

    private static void initX87(X86Cpu cpu) {
        cpu.fpControl = 0x37f;
        cpu.fpStatus = 0;
        cpu.fpTop = 0;
        cpu.fpEmpty = 0xff;
        cpu.fpOpcode = 0;
        cpu.fpInstruction = 0;
        cpu.fpData = 0;
        Arrays.fill(cpu.fpMantissa, 0);
        Arrays.fill(cpu.fpSignExponent, 0);
    }

    private static void saveXmm(X86Cpu cpu, ByteBuffer to) {
        for (int i = 0; i < cpu.v.length; i++) {
            to.putLong(XMM + 8 * i, cpu.v[i]);
        }
    }

    private static void restoreXmm(X86Cpu cpu, ByteBuffer from) {
        for (int i = 0; i < cpu.v.length; i++) {
            cpu.v[i] = from.getLong(XMM + 8 * i);
        }
    }

    private static void initXmm(X86Cpu cpu) {
        Arrays.fill(cpu.v, 0);
    }
}
