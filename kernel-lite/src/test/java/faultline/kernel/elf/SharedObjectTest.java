package faultline.kernel.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Shared objects as a reader and a dynamic loader find them.
final class SharedObjectTest {

    private static final int MACHINE = 21;
    private static final int PT_DYNAMIC = 2;
    private static final int PT_GNU_EH_FRAME = 0x6474_e550;
    private static final byte[] CODE = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

    private static SharedObject.Built object(ByteOrder order) {
        return new SharedObject(MACHINE, order, "lib.so.1", "V_1", CODE)
                .flags(2)
                .function("first", 0, 4)
                .function("second", 4, 8)
                .unwindTable(8)
                .build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void areReadInEitherByteOrder(boolean big) throws ElfException {
        ByteOrder order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        SharedObject.Built built = object(order);
        ElfFile file = ElfReader.read("lib", ByteSource.of(built.bytes()));
        assertThat(file.machine()).isEqualTo(MACHINE);
        assertThat(file.order()).isEqualTo(order);
        assertThat(file.flags()).isEqualTo(2);
        assertThat(file.isPositionIndependent()).isTrue();
        assertThat(file.loads()).singleElement().satisfies(load -> {
            assertThat(load.flags()).isEqualTo(ElfFile.PF_R | ElfFile.PF_X);
            assertThat(load.fileBytes()).isEqualTo(built.bytes().length);
        });
        assertThat(ByteBuffer.wrap(built.bytes(), built.code(), CODE.length)).isEqualTo(ByteBuffer.wrap(CODE));
        assertThat(file.segments()).anySatisfy(segment -> {
            assertThat(segment.type()).isEqualTo(PT_GNU_EH_FRAME);
            assertThat(segment.address()).isEqualTo(built.code() + 8);
        });
    }

    /// As a dynamic loader looks: bucket, chain, name, version.
    @ParameterizedTest
    @ValueSource(strings = {"first", "second"})
    void haveTheirFunctionsInTheHashTable(String name) throws ElfException {
        SharedObject.Built built = object(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer from = ByteBuffer.wrap(built.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        int hash = (int) dynamic(built, from, 4);
        int strings = (int) dynamic(built, from, 5);
        int symbols = (int) dynamic(built, from, 6);
        int symbol = from.getInt(hash + 8);
        int chain = hash + 8 + 4 * from.getInt(hash);
        while (symbol != 0
                && !string(from, strings + from.getInt(symbols + 24 * symbol)).equals(name)) {
            symbol = from.getInt(chain + 4 * symbol);
        }
        assertThat(from.getLong(symbols + 24 * symbol + 8)).isEqualTo(built.code() + (name.equals("first") ? 0 : 4));
        assertThat(from.getShort((int) dynamic(built, from, 0x6fff_fff0L) + 2 * symbol))
                .isEqualTo((short) 2);
        int definitions = (int) dynamic(built, from, 0x6fff_fffcL);
        int second = definitions + from.getInt(definitions + 16);
        assertThat(string(from, strings + from.getInt(second + from.getInt(second + 12))))
                .isEqualTo("V_1");
        assertThat(from.getInt(second + 8)).as("the System V hash of V_1").isEqualTo(0x5c21);
        assertThat(string(from, strings + (int) dynamic(built, from, 14))).isEqualTo("lib.so.1");
    }

    @Test
    void haveNoUnwindTableUnlessAskedTo() throws ElfException {
        byte[] bytes = new SharedObject(MACHINE, ByteOrder.LITTLE_ENDIAN, "a", "b", CODE)
                .build()
                .bytes();
        assertThat(ElfReader.read("a", ByteSource.of(bytes)).segments())
                .noneMatch(segment -> segment.type() == PT_GNU_EH_FRAME);
    }

    private static long dynamic(SharedObject.Built built, ByteBuffer from, long tag) throws ElfException {
        ElfFile.Segment segment = ElfReader.read("lib", ByteSource.of(built.bytes())).segments().stream()
                .filter(each -> each.type() == PT_DYNAMIC)
                .findFirst()
                .orElseThrow();
        for (int at = (int) segment.offset(); from.getLong(at) != 0; at += 16) {
            if (from.getLong(at) == tag) {
                return from.getLong(at + 8);
            }
        }
        throw new AssertionError("no entry 0x" + Long.toHexString(tag));
    }

    private static String string(ByteBuffer from, int at) {
        int end = at;
        while (from.get(end) != 0) {
            end++;
        }
        byte[] text = new byte[end - at];
        from.get(at, text);
        return new String(text, StandardCharsets.US_ASCII);
    }
}
