package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.arm64.conformance.Arm64Conformance;
import faultline.arm64.cpu.Nzcv;
import faultline.core.conformance.Corpus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Blocks choose variants of instructions by what follows them; single steps never do. Both must
/// agree.
class BlockExecutionTest {

    private static final int PROGRAMS = 400;
    private static final int INSTRUCTIONS = 40;

    /// Branches over one instruction, on any condition.
    private static final int BRANCH = 0x54000040;

    @Test
    void agreesWithSingleSteps() {
        int[] words = words("DataProcessingImmediate", "DataProcessingRegister");
        int[] flagging =
                List.of("ab010000", "6b020020", "eb03003f", "6a04001f", "f1000441", "3a450082", "fa4300a1").stream()
                        .mapToInt(word -> Integer.parseUnsignedInt(word, 16))
                        .toArray();
        A64Machine blocks = new A64Machine();
        A64Machine steps = new A64Machine();
        Random random = new Random(42);
        for (int i = 0; i < PROGRAMS; i++) {
            int[] program = new int[INSTRUCTIONS];
            for (int n = 0; n < INSTRUCTIONS; n++) {
                boolean branch = n > 0 && n < INSTRUCTIONS - 1 && random.nextInt(3) == 0;
                int[] choice = random.nextInt(2) == 0 ? flagging : words;
                program[n] = branch ? BRANCH | random.nextInt(16) : choice[random.nextInt(choice.length)];
            }
            long seed = random.nextLong();
            prepare(blocks, program, seed);
            prepare(steps, program, seed);
            blocks.run();
            steps.runBySteps();
            assertThat(blocks.cpu.x).isEqualTo(steps.cpu.x);
            assertThat(Nzcv.nzcv(blocks.cpu)).isEqualTo(Nzcv.nzcv(steps.cpu));
            assertThat(blocks.cpu.pc).isEqualTo(steps.cpu.pc);
            assertThat(blocks.stop).isEqualTo("syscall").isEqualTo(steps.stop);
        }
    }

    /// Those of the corpus that go on behind them.
    private static int[] words(String... chapters) {
        Arm64Conformance port = new Arm64Conformance();
        Corpus corpus = new Corpus(port);
        int[] words = Stream.of(chapters)
                .flatMap(chapter -> corpus.read(chapter).stream())
                .filter(vector ->
                        vector.code.length == 4 && vector.after[port.layout().index("sig")] == 0)
                .mapToInt(vector -> ByteBuffer.wrap(vector.code)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt())
                .toArray();
        assertThat(words).hasSizeGreaterThan(1000);
        return words;
    }

    private static void prepare(A64Machine machine, int[] program, long seed) {
        machine.load(program);
        Random random = new Random(seed);
        for (int n = 0; n < 31; n++) {
            machine.cpu.x[n] = random.nextInt(4) == 0 ? random.nextInt(8) - 4 : random.nextLong();
        }
        Nzcv.setNzcv(machine.cpu, random.nextInt(16));
    }
}
