package arm;

import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.arch.Disassembler;
import faultline.core.cpu.Cpu;
import faultline.core.engine.Decoder;
import faultline.core.isa.WordDisassembler;
import faultline.core.isa.WordNames;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Mmu;
import faultline.core.mmu.MmuChoice;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;

public final class ArmArchitecture implements Architecture {

    private static final List<String> CONDITIONS = List.of(
            "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv");

    @Override
    public String name() {
        return "arm";
    }

    @Override
    public List<CpuModel> models() {
        return List.of(new CpuModel("base", "", Set.of()), new CpuModel("max", "", Set.of("LSE")));
    }

    @Override
    public Cpu newCpu(CpuModel model) {
        return new ArmCpu();
    }

    @Override
    public Decoder decoder(CpuModel model) {
        return new ArmDecoder(model, ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public Mmu newMmu(CpuModel model, PhysicalMemory memory, MmuChoice choice) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Disassembler disassembler(CpuModel model) {
        return new WordDisassembler(new ArmDecoder(model, ByteOrder.LITTLE_ENDIAN), new Names());
    }

    private static final class Names implements WordNames {

        @Override
        public String register(String operand, int number, int bits) {
            boolean vector = "bhsdqvef".indexOf(operand.charAt(0)) >= 0;
            String view = "ef".indexOf(operand.charAt(0)) >= 0
                    ? "bhsd".substring(Integer.numberOfTrailingZeros(bits) - 3).substring(0, 1)
                    : operand.substring(0, 1);
            String letter = vector ? view : bits == 32 ? "w" : "x";
            if (vector || number != 31) {
                return letter + number;
            }
            return operand.endsWith("|sp") ? (bits == 32 ? "wsp" : "sp") : letter + "zr";
        }

        @Override
        public String value(String field, long value) {
            List<String> names = switch (field) {
                case "cond", "inverted" -> CONDITIONS;
                case "shift" -> List.of("lsl", "lsr", "asr", "ror");
                case "option" -> List.of("uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx");
                case "order" -> List.of("", "l", "a", "al");
                case "t" -> List.of("8b", "16b", "4h", "8h", "2s", "4s", "1d", "2d");
                default -> List.of();
            };
            return names.isEmpty() ? null : names.get((int) value);
        }

        @Override
        public String unknown(int word) {
            return ".inst 0x%08x".formatted(word);
        }
    }
}
