package faultline.kernel.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class ElfReaderTest {

    private static final int PHDR = 64;
    private static final int FILE_BYTES = 0x2000;

    /// A small program: code at 0x400000 from offset 0, data with bss at 0x402000 from offset
    /// 0x1000.
    private static ByteBuffer good() {
        ByteBuffer file = ByteBuffer.allocate(FILE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.put(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        file.putShort(16, (short) ElfFile.ET_EXEC)
                .putShort(18, (short) ElfFile.EM_X86_64)
                .putInt(20, 1);
        file.putLong(24, 0x400100).putLong(32, PHDR).putShort(54, (short) 56).putShort(56, (short) 2);
        load(file, 0, 5, 0, 0x400000, 0x800, 0x800);
        load(file, 1, 6, 0x1000, 0x402000, 0x100, 0x3000);
        return file;
    }

    private static void load(
            ByteBuffer file, int index, int flags, long offset, long address, long fileBytes, long memoryBytes) {
        int at = PHDR + 56 * index;
        file.putInt(at, ElfFile.PT_LOAD)
                .putInt(at + 4, flags)
                .putLong(at + 8, offset)
                .putLong(at + 16, address);
        file.putLong(at + 32, fileBytes).putLong(at + 40, memoryBytes).putLong(at + 48, 0x1000);
    }

    private static ElfFile read(byte[] bytes) throws ElfException {
        return ElfReader.read("prog", ByteSource.of(bytes));
    }

    private static void refuses(Consumer<ByteBuffer> damage, String... parts) {
        ByteBuffer file = good();
        damage.accept(file);
        byte[] damaged = new byte[file.capacity()];
        file.get(0, damaged);
        assertThatThrownBy(() -> read(damaged))
                .isInstanceOf(ElfException.class)
                .hasMessageStartingWith("elf: prog: ")
                .hasMessageContainingAll(parts);
    }

    @Test
    void aProgramIsReadAsItIsWritten() throws ElfException {
        ElfFile file = read(good().array());
        assertThat(file.machine()).isEqualTo(ElfFile.EM_X86_64);
        assertThat(file.entry()).isEqualTo(0x400100);
        assertThat(file.isPositionIndependent()).isFalse();
        assertThat(file.loads()).hasSize(2);
        assertThat(file.loads().get(1).end()).isEqualTo(0x405000);
        assertThat(file.interpreter()).isNull();
        assertThat(file.wantsExecutableStack()).isFalse();
    }

    @Test
    void whatIsNotElfIsNamedByItsFirstBytes() {
        byte[] script = "#!/bin/sh\n".getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> read(script))
                .hasMessage("elf: prog: not an ELF file: starts with 23 21 2f 62; expected 7f 45 4c 46");
        assertThatThrownBy(() -> read(new byte[0])).hasMessageContaining("the file is empty");
    }

    @Test
    void thirtyTwoBitsAreRefusedWithTheirPlace() {
        refuses(file -> file.put(4, (byte) 1), "class 1 (32-bit) at 0x4");
    }

    @Test
    void anObjectFileIsNoProgram() {
        refuses(file -> file.putShort(16, (short) 1), "type 1 (object file) at 0x10");
    }

    @Test
    void aTruncatedFileSaysWhatIsMissing() {
        byte[] whole = good().array();
        assertThatThrownBy(() -> read(Arrays.copyOf(whole, 40))).hasMessageContaining("truncated: the ELF header");
        assertThatThrownBy(() -> read(Arrays.copyOf(whole, 100)))
                .hasMessageContaining("truncated: the program headers");
        assertThatThrownBy(() -> read(Arrays.copyOf(whole, 0x1080)))
                .hasMessageContaining("truncated: program header 1 (PT_LOAD) needs bytes 0x1000 to 0x1100");
    }

    @Test
    void overlappingSegmentsAreRefused() {
        refuses(file -> load(file, 1, 6, 0x1000, 0x400000, 0x100, 0x100), "overlapping: PT_LOAD 1 at 0x400000");
    }

    @Test
    void sumsThatWrapAreRefused() {
        refuses(file -> load(file, 0, 5, 0, 0x7fff_ffff_ffff_f000L, 0x800, 0x2000), "ends beyond the address space");
        refuses(file -> load(file, 0, 5, -0x1000, 0x400000, 0x800, 0x800), "truncated: program header 0");
        refuses(file -> load(file, 0, 5, 0, 0x400000, -1, -1), "program header 0");
        refuses(file -> file.putLong(32, Long.MAX_VALUE - 8), "truncated: the program headers");
    }

    @Test
    void moreInTheFileThanInMemoryIsRefused() {
        refuses(file -> load(file, 0, 5, 0, 0x400000, 0x800, 0x700), "no more in the file than in memory");
    }

    @Test
    void offsetAndAddressMustAgreeWithinAPage() {
        refuses(file -> load(file, 0, 5, 0x10, 0x400000, 0x10, 0x10), "differ within a page");
    }

    @Test
    void aProgramWithoutSegmentsHasNothingToLoad() {
        refuses(file -> file.putShort(56, (short) 0), "no program headers");
        refuses(file -> file.putInt(PHDR, 4).putInt(PHDR + 56, 4), "no PT_LOAD");
        refuses(file -> file.putShort(54, (short) 32), "program headers of 32 bytes at 0x36");
    }

    @Test
    void anInterpreterPathMustEnd() {
        refuses(
                file -> {
                    file.putInt(PHDR + 56, ElfFile.PT_INTERP)
                            .putLong(PHDR + 64, 0x1800)
                            .putLong(PHDR + 88, 4);
                    file.put(0x1800, "/lib".getBytes(StandardCharsets.US_ASCII));
                },
                "PT_INTERP at 0x1800 does not end with a NUL byte");
    }

    @Test
    void bigEndianFilesAreReadInTheirOrder() throws ElfException {
        ByteBuffer file = ByteBuffer.allocate(FILE_BYTES).order(ByteOrder.BIG_ENDIAN);
        file.put(0, good(), 0, 16).put(5, (byte) 2);
        file.putShort(16, (short) ElfFile.ET_DYN).putShort(18, (short) ElfFile.EM_PPC64);
        file.putLong(24, 0x123).putLong(32, PHDR).putShort(54, (short) 56).putShort(56, (short) 1);
        load(file, 0, 5, 0, 0, 0x800, 0x800);
        ElfFile read = read(file.array());
        assertThat(read.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(read.machine()).isEqualTo(ElfFile.EM_PPC64);
        assertThat(read.entry()).isEqualTo(0x123);
        assertThat(read.isPositionIndependent()).isTrue();
    }

    /// Whatever the header says, the reader answers with a file or an [ElfException], never with
    /// anything else.
    @Test
    void damagedHeadersNeverEscapeTheReader() {
        Random random = new Random(1);
        byte[] whole = good().array();
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i < 4; i++) {
                damaged[random.nextInt(PHDR + 2 * 56)] = (byte) random.nextInt();
            }
            try {
                ElfFile file = read(damaged);
                assertThat(file.loads()).allMatch(load -> load.offset() + load.fileBytes() <= FILE_BYTES);
                ElfSymbols.read(file, ByteSource.of(damaged), 0);
            } catch (ElfException e) {
                assertThat(e).hasMessageStartingWith("elf: prog: ");
            }
        }
    }

    /// A symbol table of one section, named by another: what each of many symbols is called.
    private static ByteBuffer withSymbols(int symbols, int nameBytes) {
        int table = FILE_BYTES;
        int names = table + 24 * symbols;
        int sections = names + nameBytes;
        ByteBuffer file = ByteBuffer.allocate(sections + 3 * 64).order(ByteOrder.LITTLE_ENDIAN);
        file.put(good().clear()).clear();
        file.putLong(40, sections).putShort(58, (short) 64).putShort(60, (short) 3);
        for (int i = 0; i < symbols; i++) {
            file.putInt(table + 24 * i, 1).put(table + 24 * i + 4, (byte) 2).putShort(table + 24 * i + 6, (short) 1);
            file.putLong(table + 24 * i + 8, 0x400000 + i);
        }
        for (int at = names + 1; at < sections; at++) {
            file.put(at, (byte) 'x');
        }
        file.putInt(sections + 64 + 4, 2).putLong(sections + 64 + 24, table).putLong(sections + 64 + 32, 24L * symbols);
        file.putInt(sections + 64 + 40, 2);
        file.putLong(sections + 128 + 24, names).putLong(sections + 128 + 32, nameBytes);
        return file;
    }

    /// The same long name thousands of times would be more than there is memory.
    @Test
    void namesOfSymbolsTogetherAreNotMuchLongerThanTheirTable() throws ElfException {
        byte[] bytes = withSymbols(20_000, 100_000).array();
        ElfSymbols symbols = ElfSymbols.read(read(bytes), ByteSource.of(bytes), 0);
        assertThat(symbols.all()).hasSizeBetween(1, 10);
        bytes = withSymbols(100, 20).array();
        assertThat(ElfSymbols.read(read(bytes), ByteSource.of(bytes), 0).all()).isNotEmpty();
    }
}
