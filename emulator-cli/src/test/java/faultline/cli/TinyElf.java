package faultline.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;

/// The smallest executables: one header, one segment, a few instructions of x86-64.
final class TinyElf {

    static final int CLASS = 4;
    static final int MACHINE = 18;
    static final int PROGRAM_HEADERS = 32;
    static final int PROGRAM_HEADER_COUNT = 56;
    static final int SEGMENT_FILE_BYTES = 64 + 32;
    static final int SEGMENT_MEMORY_BYTES = 64 + 40;

    private static final int HEADERS = 64 + 56;
    private static final long BASE = 0x40_0000;

    private TinyElf() {}

    /// A program of these instructions, as hexadecimal bytes; blanks do not matter.
    static byte[] of(String code) {
        byte[] instructions = HexFormat.of().parseHex(code.replaceAll("\\s", ""));
        long size = (long) HEADERS + instructions.length;
        return ByteBuffer.allocate(HEADERS + instructions.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0})
                .putShort((short) 2)
                .putShort((short) 62)
                .putInt(1)
                .putLong(BASE + HEADERS)
                .putLong(64)
                .putLong(0)
                .putInt(0)
                .putShort((short) 64)
                .putShort((short) 56)
                .putShort((short) 1)
                .putShort((short) 64)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(1)
                .putInt(5)
                .putLong(0)
                .putLong(BASE)
                .putLong(BASE)
                .putLong(size)
                .putLong(size)
                .putLong(0x1000)
                .put(instructions)
                .array();
    }

    /// Makes one system call and exits with its errno. `load` sets the arguments, `eax` the number.
    static byte[] errnoOf(String load) {
        // syscall; neg eax; mov edi,eax; mov eax,60; syscall
        return of(load + "0f05 f7d8 89c7 b83c000000 0f05");
    }

    /// Writes an executable file.
    static Path write(Path directory, String name, byte[] bytes) throws IOException {
        Path file = directory.resolve(name);
        Files.write(file, bytes);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
