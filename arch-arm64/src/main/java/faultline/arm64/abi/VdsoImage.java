package faultline.arm64.abi;

import faultline.kernel.elf.Vdso;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// `linux-vdso.so.1` as far as signals need it: an ELF shared object with `__kernel_rt_sigreturn`,
/// version LINUX_2.6.39 (`arch/arm64/kernel/vdso`).
///
/// It has no unwind table for the trampoline, and neither has Linux's: unwinders know a signal frame
/// by its two instructions. The functions that tell the time are missing; C libraries make the
/// system calls then.
final class VdsoImage {

    private static final String SONAME = "linux-vdso.so.1";
    private static final String VERSION = "LINUX_2.6.39";
    private static final String SIGRETURN = "__kernel_rt_sigreturn";

    // What lies where; addresses are offsets.

    private static final int PROGRAM_HEADERS = 0x40;
    private static final int HASH = 0xb0;
    private static final int SYMBOLS = 0xc8;
    private static final int STRINGS = 0xf8;
    private static final int VERSION_SYMBOLS = 0x140;
    private static final int VERSION_DEFINITIONS = 0x148;
    private static final int DYNAMIC = 0x180;
    private static final int TEXT = 0x240;

    /// A nop stands before the trampoline: unwinders look a return address up one byte back.
    private static final int TRAMPOLINE = TEXT + 4;

    private static final int END = TEXT + 12;

    private static final int NOP = 0xd503201f;
    private static final int MOV_X8_RT_SIGRETURN = 0xd2801168;
    private static final int SVC = 0xd4000001;

    private static final int NAME_SONAME = 1;
    private static final int NAME_VERSION = NAME_SONAME + SONAME.length() + 1;
    private static final int NAME_SIGRETURN = NAME_VERSION + VERSION.length() + 1;
    private static final int STRINGS_BYTES = NAME_SIGRETURN + SIGRETURN.length() + 1;

    private final ByteBuffer to = ByteBuffer.allocate(END).order(ByteOrder.LITTLE_ENDIAN);

    private VdsoImage() {}

    static Vdso.Image build() {
        VdsoImage image = new VdsoImage();
        image.header();
        image.programHeaders();
        image.symbols();
        image.versions();
        image.dynamic();
        image.to.position(TEXT);
        image.to.putInt(NOP).putInt(MOV_X8_RT_SIGRETURN).putInt(SVC);
        return new Vdso.Image(image.to.array(), TRAMPOLINE);
    }

    private void header() {
        byte[] identification = {0x7f, 'E', 'L', 'F', 2, 1, 1};
        to.put(0, identification).position(16);
        // ET_DYN, EV_CURRENT, no entry point, no sections.
        to.putShort((short) 3).putShort((short) Arm64KernelPort.EM_AARCH64).putInt(1);
        to.putLong(0).putLong(PROGRAM_HEADERS).putLong(0).putInt(0);
        to.putShort((short) 64).putShort((short) 56).putShort((short) 2);
        to.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    }

    private void programHeaders() {
        to.position(PROGRAM_HEADERS);
        programHeader(1, 5, 0, END, 16);
        programHeader(2, 4, DYNAMIC, TEXT - DYNAMIC, 8);
    }

    private void programHeader(int type, int flags, int offset, int bytes, int alignment) {
        to.putInt(type).putInt(flags).putLong(offset).putLong(offset).putLong(offset);
        to.putLong(bytes).putLong(bytes).putLong(alignment);
    }

    /// One symbol behind the undefined one, in a hash table of one bucket.
    private void symbols() {
        to.position(HASH);
        to.putInt(1).putInt(2).putInt(1).putInt(0).putInt(0);
        to.position(SYMBOLS + 24);
        // STB_GLOBAL, STT_FUNC; of a section that is not SHN_UNDEF.
        to.putInt(NAME_SIGRETURN).put((byte) 0x12).put((byte) 0).putShort((short) 1);
        to.putLong(TRAMPOLINE).putLong(END - TRAMPOLINE);
        string(NAME_SONAME, SONAME);
        string(NAME_VERSION, VERSION);
        string(NAME_SIGRETURN, SIGRETURN);
    }

    private void string(int at, String text) {
        to.put(STRINGS + at, text.getBytes(StandardCharsets.US_ASCII));
    }

    /// The base version, named like the object, and the symbol's.
    private void versions() {
        to.position(VERSION_SYMBOLS);
        to.putShort((short) 0).putShort((short) 2);
        to.position(VERSION_DEFINITIONS);
        version(1, 1, SONAME, NAME_SONAME, 28);
        version(0, 2, VERSION, NAME_VERSION, 0);
    }

    private void version(int flags, int index, String name, int nameOffset, int next) {
        to.putShort((short) 1).putShort((short) flags).putShort((short) index).putShort((short) 1);
        to.putInt(hash(name)).putInt(20).putInt(next);
        to.putInt(nameOffset).putInt(0);
    }

    /// The hash function of System V's ABI.
    private static int hash(String name) {
        int hash = 0;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash << 4) + name.charAt(i);
            int high = hash & 0xf0000000;
            hash = (hash ^ high >>> 24) & ~high;
        }
        return hash;
    }

    private void dynamic() {
        to.position(DYNAMIC);
        entry(14, NAME_SONAME);
        entry(4, HASH);
        entry(5, STRINGS);
        entry(6, SYMBOLS);
        entry(10, STRINGS_BYTES);
        entry(11, 24);
        entry(0x6fff_fff0L, VERSION_SYMBOLS);
        entry(0x6fff_fffcL, VERSION_DEFINITIONS);
        entry(0x6fff_fffdL, 2);
        entry(0, 0);
    }

    private void entry(long tag, long value) {
        to.putLong(tag).putLong(value);
    }
}
