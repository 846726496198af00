package faultline.cli.fuzz;

import faultline.kernel.arch.KernelPort;
import faultline.kernel.elf.ElfFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The smallest executable around some code: a header, a segment of code and one of data.
final class ElfImage {

    static final long CODE = 0x40_0000;
    static final long DATA = 0x80_0000;
    static final int DATA_BYTES = 0x1_0000;

    /// Where the file's code begins: a page of the largest kind, so that the file can be mapped on every machine.
    private static final int HEADERS = 0x1_0000;

    private static final int HEADER_BYTES = 64;
    private static final long ALIGNMENT = 0x1_0000;

    private ElfImage() {}

    /// An executable of `code`, which is entered at its first byte; `writable` code may change itself.
    static byte[] of(KernelPort port, byte[] code, boolean writable) {
        int rights = ElfFile.PF_R | ElfFile.PF_X | (writable ? ElfFile.PF_W : 0);
        ByteBuffer file = ByteBuffer.allocate(HEADERS + code.length).order(port.byteOrder());
        boolean little = port.byteOrder().equals(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, (byte) (little ? 1 : 2), 1})
                .position(16);
        file.putShort((short) ElfFile.ET_EXEC)
                .putShort((short) port.elfMachine())
                .putInt(1);
        file.putLong(CODE).putLong(HEADER_BYTES).putLong(0).putInt(0);
        file.putShort((short) HEADER_BYTES)
                .putShort((short) ElfFile.PROGRAM_HEADER_BYTES)
                .putShort((short) 2);
        file.position(HEADER_BYTES);
        segment(file, rights, HEADERS, CODE, code.length, code.length);
        segment(file, ElfFile.PF_R | ElfFile.PF_W, 0, DATA, 0, DATA_BYTES);
        return file.put(HEADERS, code).array();
    }

    private static void segment(ByteBuffer file, int rights, long offset, long address, long inFile, long inMemory) {
        file.putInt(ElfFile.PT_LOAD)
                .putInt(rights)
                .putLong(offset)
                .putLong(address)
                .putLong(address);
        file.putLong(inFile).putLong(inMemory).putLong(ALIGNMENT);
    }
}
