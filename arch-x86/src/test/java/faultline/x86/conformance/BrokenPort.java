package faultline.x86.conformance;

import faultline.core.arch.Architecture;
import faultline.core.arch.CpuModel;
import faultline.core.arch.Disassembler;
import faultline.core.conformance.BulkOperation;
import faultline.core.conformance.ConformancePort;
import faultline.core.conformance.Difference;
import faultline.core.conformance.Ending;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.Sampler;
import faultline.core.conformance.StateLayout;
import faultline.core.conformance.TestMemory.Page;
import faultline.core.conformance.TestVector;
import faultline.core.conformance.TestVector.Tolerance;
import faultline.core.cpu.Cpu;
import faultline.core.engine.Decoded;
import faultline.core.engine.Decoder;
import faultline.core.engine.Node;
import faultline.core.isa.table.InsnTable;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Mmu;
import faultline.core.mmu.MmuChoice;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An architecture whose NEG does what NOT does (both are F7, the digits 3 and 2).
record BrokenPort(ConformancePort sound) implements ConformancePort {

    @Override
    public Architecture architecture() {
        Architecture real = sound.architecture();
        return new Architecture() {
            @Override
            public String name() {
                return real.name();
            }

            @Override
            public List<CpuModel> models() {
                return real.models();
            }

            @Override
            public Cpu newCpu(CpuModel model) {
                return real.newCpu(model);
            }

            @Override
            public Decoder decoder(CpuModel model) {
                return new BrokenDecoder(real.decoder(model));
            }

            @Override
            public Mmu newMmu(CpuModel model, PhysicalMemory memory, MmuChoice choice) {
                return real.newMmu(model, memory, choice);
            }

            @Override
            public Disassembler disassembler(CpuModel model) {
                return real.disassembler(model);
            }
        };
    }

    private record BrokenDecoder(Decoder sound) implements Decoder {

        @Override
        public int longest() {
            return sound.longest();
        }

        @Override
        public Decoded scratch() {
            return sound.scratch();
        }

        @Override
        public boolean decode(byte[] bytes, int offset, int limit, long pc, Decoded to) {
            byte[] changed = bytes.clone();
            int at = offset;
            while (isPrefix(changed[at] & 0xff)) {
                at++;
            }
            if ((changed[at] & 0xff) == 0xf7 && (changed[at + 1] >> 3 & 7) == 3) {
                changed[at + 1] ^= 1 << 3;
            }
            return sound.decode(changed, offset, limit, pc, to);
        }

        private static boolean isPrefix(int b) {
            return (b & 0xf0) == 0x40 || b == 0x66 || b == 0x67 || b == 0xf0 || (b & 0xe7) == 0x26 || b >> 1 == 0x32;
        }

        @Override
        public Node node(Decoded from, @Nullable Decoded behind, Node next) {
            return sound.node(from, behind, next);
        }
    }

    @Override
    public CpuModel model() {
        return sound.model();
    }

    @Override
    public StateLayout layout() {
        return sound.layout();
    }

    @Override
    public ByteOrder byteOrder() {
        return sound.byteOrder();
    }

    @Override
    public byte[] trapBytes() {
        return sound.trapBytes();
    }

    @Override
    public InsnTable table() {
        return sound.table();
    }

    @Override
    public Map<String, String> notCompared() {
        return sound.notCompared();
    }

    @Override
    public List<Difference> differences() {
        return sound.differences();
    }

    @Override
    public @Nullable InputStream open(String file) {
        return sound.open(file);
    }

    @Override
    public long map(PhysicalMemory memory, long firstTable, List<Page> pages) {
        return sound.map(memory, firstTable, pages);
    }

    @Override
    public void load(long[] state, Cpu cpu) {
        sound.load(state, cpu);
    }

    @Override
    public void store(Cpu cpu, Ending ending, long[] state) {
        sound.store(cpu, ending, state);
    }

    @Override
    public boolean isStepped(long[] before) {
        return sound.isStepped(before);
    }

    @Override
    public Sampler sampler(RandomSource random) {
        return sound.sampler(random);
    }

    @Override
    public String assembly(Decoded decoded) {
        return sound.assembly(decoded);
    }

    @Override
    public void open(Decoded decoded, TestVector vector) {
        sound.open(decoded, vector);
    }

    @Override
    public boolean isWithin(Tolerance tolerance, long[] expected, long[] found) {
        return sound.isWithin(tolerance, expected, found);
    }

    @Override
    public List<BulkOperation> operations() {
        return sound.operations();
    }
}
