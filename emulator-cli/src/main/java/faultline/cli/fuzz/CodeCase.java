package faultline.cli.fuzz;

import faultline.core.arch.Disassembler;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.Registers;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.elf.ByteSource;
import faultline.kernel.elf.ElfException;
import faultline.kernel.elf.ElfFile;
import faultline.kernel.elf.ElfFile.Segment;
import faultline.kernel.elf.ElfReader;
import java.util.List;

/// Programs whose code nobody wrote: random bytes, random instructions, or a shipped program with
/// flipped bits; some may overwrite themselves.
final class CodeCase {

    private static final int CODE_BYTES = 0x4000;
    private static final int LONGEST = 16;
    private static final int MOST_FLIPS = 64;

    private CodeCase() {}

    /// The file of a case; `programs` are those to damage.
    static byte[] of(FuzzRandom random, KernelPort port, List<byte[]> programs) {
        return switch (random.below(5)) {
            case 0 -> ElfImage.of(port, bytes(random), random.oneIn(2));
            case 1, 2 -> ElfImage.of(port, instructions(random, port), random.oneIn(2));
            default -> damaged(random, random.of(programs));
        };
    }

    private static byte[] bytes(FuzzRandom random) {
        byte[] code = new byte[CODE_BYTES];
        random.fill(code);
        return code;
    }

    /// What the disassembler knows, one after the other.
    private static byte[] instructions(FuzzRandom random, KernelPort port) {
        Disassembler disassembler =
                port.architecture().disassembler(port.architecture().models().getFirst());
        byte[] code = new byte[CODE_BYTES];
        byte[] drawn = new byte[LONGEST];
        int at = 0;
        while (at + LONGEST <= code.length) {
            random.fill(drawn);
            Disassembler.Line line = disassembler.disassemble(drawn, 0, drawn.length, ElfImage.CODE + at);
            if (!line.mnemonic().equals(".byte")) {
                System.arraycopy(drawn, 0, code, at, line.length());
                at += line.length();
            }
        }
        return code;
    }

    /// Flips bits of what a program executes.
    private static byte[] damaged(FuzzRandom random, byte[] program) {
        byte[] file = program.clone();
        List<Segment> code = code(program);
        if (code.isEmpty()) {
            return file;
        }
        for (int i = random.below(MOST_FLIPS); i >= 0; i--) {
            Segment segment = random.of(code);
            long at = segment.offset() + random.below((int) segment.fileBytes());
            file[(int) at] ^= (byte) (1 << random.below(8));
        }
        return file;
    }

    private static List<Segment> code(byte[] program) {
        try {
            return ElfReader.read("program", ByteSource.of(program)).loads().stream()
                    .filter(load -> (load.flags() & ElfFile.PF_X) != 0 && load.fileBytes() > 0)
                    .toList();
        } catch (ElfException e) {
            throw new IllegalStateException("fuzz: a shipped program is damaged", e);
        }
    }

    /// Puts anything into the registers: numbers, and addresses of code, data and stack.
    static void fillRegisters(FuzzRandom random, Cpu cpu) {
        Registers registers = cpu.registers();
        long stack = registers.get(registers.stackPointer(), 0);
        List<Registers.Info> all = registers.all();
        for (int i = 0; i < all.size(); i++) {
            if (i == registers.programCounter()
                    || i == registers.stackPointer()
                    || all.get(i).group() == Registers.Group.SYSTEM) {
                continue;
            }
            for (int word = 0; word * Long.SIZE < all.get(i).bits(); word++) {
                registers.set(i, word, value(random, stack));
            }
        }
    }

    private static long value(FuzzRandom random, long stack) {
        return switch (random.below(5)) {
            case 0 -> ElfImage.CODE + random.below(CODE_BYTES);
            case 1 -> ElfImage.DATA + random.below(ElfImage.DATA_BYTES);
            case 2 -> stack - random.below(ElfImage.DATA_BYTES);
            case 3 -> random.below(600);
            default -> random.word();
        };
    }
}
