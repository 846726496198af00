package power;

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

public final class PowerArchitecture implements Architecture {

    private static final List<String> BITS = List.of("lt", "gt", "eq", "so");

    @Override
    public String name() {
        return "power";
    }

    @Override
    public List<CpuModel> models() {
        return List.of(new CpuModel("base", "", Set.of()));
    }

    @Override
    public Cpu newCpu(CpuModel model) {
        return new PowerCpu();
    }

    @Override
    public Decoder decoder(CpuModel model) {
        return new PowerDecoder(model, ByteOrder.BIG_ENDIAN);
    }

    @Override
    public Mmu newMmu(CpuModel model, PhysicalMemory memory, MmuChoice choice) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Disassembler disassembler(CpuModel model) {
        return new WordDisassembler(new PowerDecoder(model, ByteOrder.BIG_ENDIAN), new Names());
    }

    private static final class Names implements WordNames {

        @Override
        public String register(String operand, int number, int bits) {
            if (operand.endsWith("|0") && number == 0) {
                return "0";
            }
            return switch (operand.charAt(0)) {
                case 'f' -> "f" + number;
                case 'v' -> "v" + number;
                case 'x' -> "vs" + number;
                default -> "r" + number;
            };
        }

        @Override
        public String value(String field, long value) {
            int bit = (int) value & 3;
            return switch (field) {
                case "bf" -> "cr" + value;
                case "bt", "ba", "bb", "bc" ->
                    value < 4 ? BITS.get(bit) : "4*cr" + (value >> 2) + "+" + BITS.get(bit);
                case "cond" -> List.of("lt", "gt", "eq", "so", "ge", "le", "ne", "ns").get((int) value & 7);
                default -> null;
            };
        }

        @Override
        public String unknown(int word) {
            return ".long 0x%x".formatted(word);
        }
    }
}
