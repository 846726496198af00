package faultline.cli.fuzz;

import faultline.kernel.elf.ElfFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A static program made into other kinds of file: sound headers, whatever its code then does.
final class ElfVariants {

    private static final int TYPE = 16;
    private static final int PROGRAM_HEADERS = 32;
    private static final int COUNT = 56;
    private static final int OFFSET = 8;
    private static final int FILE_BYTES = 32;
    private static final int MEMORY_BYTES = 40;

    private ElfVariants() {}

    /// The program as one that may be loaded anywhere.
    static byte[] positionIndependent(byte[] program) {
        byte[] file = program.clone();
        view(file).putShort(TYPE, (short) ElfFile.ET_DYN);
        return file;
    }

    /// The program with `loader` as its PT_INTERP, in place of its last program header.
    static byte[] dynamic(byte[] program, String loader) {
        byte[] path = (loader + "\0").getBytes(StandardCharsets.ISO_8859_1);
        byte[] file = Arrays.copyOf(program, program.length + path.length);
        System.arraycopy(path, 0, file, program.length, path.length);
        ByteBuffer view = view(file);
        int last = (view.getShort(COUNT) & 0xffff) - 1;
        int at = (int) view.getLong(PROGRAM_HEADERS) + last * ElfFile.PROGRAM_HEADER_BYTES;
        view.putInt(at, ElfFile.PT_INTERP)
                .putLong(at + OFFSET, program.length)
                .putLong(at + FILE_BYTES, path.length)
                .putLong(at + MEMORY_BYTES, path.length);
        return file;
    }

    private static ByteBuffer view(byte[] file) {
        return ByteBuffer.wrap(file).order(file[5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }
}
