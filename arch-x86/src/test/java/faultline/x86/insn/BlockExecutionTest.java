package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.TrapHandler.Outcome;
import faultline.x86.cpu.X86Cpu;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Blocks choose variants of instructions by what follows them; single steps never do. Both must
/// agree.
class BlockExecutionTest {

    private static final int PROGRAMS = 400;
    private static final int INSTRUCTIONS = 40;

    /// Register forms of the arithmetic group, of shifts by 1 and by CL, of inc, dec, neg and not,
    /// moves, and instructions that read flags. `%` is a random register pair, `#` a random byte.
    private static final String[] TEMPLATES = {
        "48 01 %",
        "01 %",
        "48 29 %",
        "29 %",
        "48 39 %",
        "39 %",
        "48 31 %",
        "48 21 %",
        "09 %",
        "48 85 %",
        "85 %",
        "84 %",
        "38 %",
        "48 11 %",
        "19 %",
        "48 d1 e0",
        "d1 eb",
        "48 d3 e2",
        "d3 fe",
        "48 ff c0",
        "ff ca",
        "48 f7 d9",
        "f7 d6",
        "48 89 %",
        "89 %",
        "48 8d 44 0b #",
        "0f b6 %",
        "0f 92 c0",
        "0f 4c %",
        "48 0f af %",
        "83 c0 #",
        "48 83 f9 #",
        "3c #",
        "48 c1 e0 03",
        "0f a3 %",
        "d1 c0",
        "f5",
        "9c 58",
        "a8 #",
        "48 83 ea #",
        "48 0f bc %"
    };

    /// Loads, stores, pushes and pops among arithmetic, as pairs have them. `@` is a random
    /// register with a memory operand near the end of the mapped page.
    private static final String[] MEMORY_TEMPLATES = {
        "49 8b @",
        "41 8b @",
        "41 0f b6 @",
        "49 89 @",
        "41 89 @",
        "41 88 @",
        "41 33 @",
        "49 03 @",
        "49 3b @",
        "41 c6 44 24 10 #",
        "50",
        "51",
        "55",
        "58",
        "5a",
        "48 89 %",
        "89 %",
        "48 01 %",
        "48 31 %",
        "48 83 c0 #",
        "48 83 ea #",
        "48 8d 44 0b #",
        "0f b6 %",
        "48 39 %",
        "85 %",
        "83 e9 01"
    };

    /// Which half of a pair faults must show in pc, registers and flags.
    @Test
    void faultsWhereSingleStepsFault() {
        SmallMachine blocks = new SmallMachine(1);
        SmallMachine steps = new SmallMachine(1);
        Random random = new Random(43);
        int faults = 0;
        for (int i = 0; i < PROGRAMS; i++) {
            String program = program(random, MEMORY_TEMPLATES);
            long seed = random.nextLong();
            prepareToFault(blocks, program, seed);
            prepareToFault(steps, program, seed);
            blocks.run();
            stepToTheEnd(steps);
            assertSame(blocks, steps, program);
            faults += blocks.events.getLast().startsWith("fault") ? 1 : 0;
        }
        assertThat(faults).isBetween(PROGRAMS / 4, PROGRAMS - 1);
    }

    private static void prepareToFault(SmallMachine machine, String program, long seed) {
        prepare(machine, program, seed);
        machine.unmap(SmallMachine.DATA + 4096);
        machine.unmap(SmallMachine.STACK - 4096);
        machine.cpu.r[12] = SmallMachine.DATA + 4096 - 120 - (seed & 7);
        machine.cpu.r[X86Cpu.RSP] = SmallMachine.STACK + 16 + (seed & 0x18);
    }

    @Test
    void agreesWithSingleSteps() {
        SmallMachine blocks = new SmallMachine(1);
        SmallMachine steps = new SmallMachine(1);
        Random random = new Random(42);
        for (int i = 0; i < PROGRAMS; i++) {
            String program = program(random, TEMPLATES);
            long seed = random.nextLong();
            prepare(blocks, program, seed);
            prepare(steps, program, seed);
            blocks.run();
            stepToTheEnd(steps);
            assertSame(blocks, steps, program);
        }
    }

    private static void stepToTheEnd(SmallMachine machine) {
        Outcome outcome;
        do {
            outcome = machine.step();
        } while (outcome == Outcome.RESUME);
    }

    private static void assertSame(SmallMachine blocks, SmallMachine steps, String program) {
        assertThat(blocks.cpu.r).as("registers after %s", program).isEqualTo(steps.cpu.r);
        assertThat(blocks.cpu.flags()).as("flags after %s", program).isEqualTo(steps.cpu.flags());
        assertThat(blocks.cpu.pc).as("pc after %s", program).isEqualTo(steps.cpu.pc);
        assertThat(blocks.events).isEqualTo(steps.events);
    }

    private static void prepare(SmallMachine machine, String program, long seed) {
        machine.load(SmallMachine.CODE, program);
        Random random = new Random(seed);
        X86Cpu cpu = machine.cpu;
        for (int r = 0; r < 16; r++) {
            cpu.r[r] = random.nextInt(4) == 0 ? random.nextInt(8) - 4 : random.nextLong();
        }
        cpu.r[X86Cpu.RSP] = SmallMachine.STACK;
        cpu.setFlags(random.nextLong() & 0x8d5);
        cpu.pc = SmallMachine.CODE;
    }

    /// Straight-line code with forward branches over one instruction, every condition with every
    /// comparison.
    private static String program(Random random, String[] templates) {
        StringBuilder program = new StringBuilder();
        for (int i = 0; i < INSTRUCTIONS; i++) {
            program.append(instruction(random, templates));
            if (random.nextInt(3) == 0) {
                String skipped = instruction(random, templates);
                program.append("%02x%02x".formatted(0x70 + random.nextInt(16), skipped.length() / 2));
                program.append(skipped);
            }
        }
        return program + "0f05";
    }

    /// Random operands among all registers but rsp.
    private static String instruction(Random random, String[] templates) {
        String text = templates[random.nextInt(templates.length)].replace(" ", "");
        text = text.replace("@", "%02x24#".formatted(0x44 | register(random) << 3));
        text = text.replace("%", "%02x".formatted(0xc0 | register(random) << 3 | register(random)));
        return text.replace("#", "%02x".formatted(random.nextInt(256)));
    }

    private static int register(Random random) {
        int register = random.nextInt(7);
        return register == X86Cpu.RSP ? 7 : register;
    }
}
