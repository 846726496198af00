package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.arm64.conformance.Arm64Conformance;
import faultline.arm64.cpu.A64Cpu;
import faultline.core.conformance.Corpus;
import faultline.core.conformance.TestVector;
import faultline.core.cpu.Cpu;
import faultline.core.engine.Node;
import faultline.core.isa.WordInsn;
import faultline.core.mem.Mem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An access whose base register is SP wants SP to be a multiple of 16 (Arm ARM D1.8, "SP alignment
/// checking"); nothing else does.
final class StackAlignmentTest {

    private static final long STACK = A64Machine.BUFFER + 0x800;

    private static final String REFUSED = "SP_ALIGNMENT";

    private static final int RN = 0x1f << 5;

    private final A64Machine machine = new A64Machine();

    private String run(long sp, int... words) {
        machine.load(words);
        machine.cpu.x[A64Cpu.SP] = sp;
        machine.run();
        return machine.stop;
    }

    /// Words of the corpus, with SP for their base.
    private static List<Integer> accesses() {
        Corpus corpus = new Corpus(new Arm64Conformance());
        return List.of(
                        "LoadStore",
                        "LoadStoreExclusive",
                        "AtomicMemory",
                        "VectorLoadStore",
                        "StructureLoadStore",
                        "SingleStructureLoadStore")
                .stream()
                .flatMap(chapter -> corpus.read(chapter).stream())
                .map(StackAlignmentTest::word)
                .filter(word -> !isLiteral(word) && !isPrefetch(word) && !isClear(word))
                .map(word -> word | RN)
                .distinct()
                .toList();
    }

    private static int word(TestVector vector) {
        return ByteBuffer.wrap(vector.code).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    private static boolean isLiteral(int word) {
        return (word & 0x3b000000) == 0x18000000;
    }

    private static boolean isPrefetch(int word) {
        return (word & 0xffc00000) == 0xf9800000
                || (word & 0xffe00c00) == 0xf8800000
                || (word & 0xffe00c00) == 0xf8a00800;
    }

    private static boolean isClear(int word) {
        return (word & 0xfffff0ff) == 0xd503305f;
    }

    @Test
    void everyAccessBasedOnItIsRefusedWhereItIsNotAligned() {
        List<Integer> words = accesses();
        assertThat(words).hasSizeGreaterThan(1000);
        for (int word : words) {
            for (int n = 0; n < A64Cpu.ZERO; n++) {
                machine.cpu.x[n] = 8L * n;
            }
            String aligned = run(STACK, word);
            assertThat(aligned).as("%08x", word).isNotEqualTo(REFUSED);
            if (aligned.equals("UNDEFINED")) {
                continue;
            }
            for (int n = 0; n < A64Cpu.ZERO; n++) {
                machine.cpu.x[n] = 8L * n;
            }
            for (int beside = 1; beside < 16; beside = 2 * beside + 1) {
                assertThat(run(STACK + beside, word)).as("%08x", word).isEqualTo(REFUSED);
            }
            assertThat(machine.cpu.pc).isEqualTo(A64Machine.CODE);
            assertThat(machine.cpu.x[A64Cpu.SP]).isEqualTo(STACK + 15);
            for (int n = 0; n < A64Cpu.ZERO; n++) {
                assertThat(machine.cpu.x[n]).as("%08x", word).isEqualTo(8L * n);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "f98003e0, 'prfm pldl1keep, [sp]'",
        "f8a26be0, 'prfm pldl1keep, [sp, x2]'",
        "910043e0, 'add x0, sp, #16'",
        "910043ff, 'add sp, sp, #16'",
        "f9400020, 'ldr x0, [x1]'",
        "f83f6820, 'str x0, [x1, xzr]'",
        "c89ffc3f, 'stlr xzr, [x1]'",
        "58000040, 'ldr x0, .+8'",
    })
    void nothingElseLooks(String word, String text) {
        machine.cpu.x[1] = A64Machine.BUFFER;
        assertThat(run(STACK + 8, (int) Long.parseLong(word, 16))).as(text).isEqualTo("syscall");
    }

    /// Its own fault comes before that of the address.
    @Test
    void comesBeforeTheAddressIsLookedAt() {
        assertThat(run(-8, 0xf94003e0)).as("ldr x0, [sp]").isEqualTo(REFUSED);
        assertThat(run(STACK + 8, 0xc85f7fe0)).as("ldxr x0, [sp]").isEqualTo(REFUSED);
        assertThat(run(STACK, 0xf94003e0)).isEqualTo("syscall");
    }

    /// Two in one node: the first is done when the second is refused.
    @Test
    void theSecondOfAPairKnowsItsAddress() {
        machine.cpu.x[0] = 5;
        machine.cpu.x[3] = A64Machine.BUFFER;
        int move = 0xaa0003e1; // mov x1, x0
        int loadWithout = 0xf9400062; // ldr x2, [x3]
        int load = 0xf94007e4; // ldr x4, [sp, #8]
        assertThat(pair(move, load)).isEqualTo("MovPairs$X64X64LdrX64SpI");
        assertThat(run(STACK + 8, move, load)).isEqualTo(REFUSED);
        assertThat(machine.cpu.pc).isEqualTo(A64Machine.CODE + 4);
        assertThat(machine.cpu.x[1]).isEqualTo(5);
        assertThat(pair(loadWithout, load)).isEqualTo("LdrPairs$X64MILdrX64SpI");
        assertThat(run(STACK + 8, loadWithout, load)).isEqualTo(REFUSED);
        assertThat(machine.cpu.pc).isEqualTo(A64Machine.CODE + 4);
        assertThat(pair(load, load)).isEqualTo("LdrPairs$X64SpILdrX64SpI");
        assertThat(run(STACK + 8, load, load)).isEqualTo(REFUSED);
        assertThat(machine.cpu.pc).isEqualTo(A64Machine.CODE);
    }

    /// How a function begins and ends.
    @Test
    void framesArePushedAndPoppedInPairs() {
        int push = 0xa9be7bfd; // stp x29, x30, [sp, #-32]!
        int move = 0x910003fd; // mov x29, sp
        int save = 0xa90153f3; // stp x19, x20, [sp, #16]
        int restore = 0xa94153f3; // ldp x19, x20, [sp, #16]
        int pop = 0xa8c27bfd; // ldp x29, x30, [sp], #32
        int back = 0xd65f03c0; // ret
        assertThat(pair(push, move)).isEqualTo("StpPairs$X64X64SpI_3AddX64X64");
        assertThat(pair(push, save)).isEqualTo("StpPairs$X64X64SpI_3StpX64X64SpI");
        assertThat(pair(restore, pop)).isEqualTo("LdpPairs$X64X64SpILdpX64X64SpI_2");
        assertThat(pair(pop, back)).isEqualTo("LdpPairs$X64X64SpI_2RetPlain");
    }

    /// The name of the node that executes two words, without its package.
    private static String pair(int first, int second) {
        A64Decoder decoder = new A64Decoder(A64Machine.MODEL, ByteOrder.LITTLE_ENDIAN);
        WordInsn one = decoded(decoder, A64Machine.CODE, first);
        WordInsn two = decoded(decoder, A64Machine.CODE + 4, second);
        Node behind = decoder.node(two, null, new Node(A64Machine.CODE + 8, null) {
            @Override
            public Node exec(Cpu cpu, Mem mem) {
                throw new IllegalStateException("nobody executes it");
            }
        });
        String name = decoder.node(one, two, behind).getClass().getName();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static WordInsn decoded(A64Decoder decoder, long pc, int word) {
        WordInsn insn = decoder.scratch();
        byte[] bytes = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(word)
                .array();
        assertThat(decoder.decode(bytes, 0, 4, pc, insn)).isTrue();
        return insn;
    }
}
