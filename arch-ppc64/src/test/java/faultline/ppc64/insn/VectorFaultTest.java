package faultline.ppc64.insn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import faultline.core.cpu.Cpu;
import faultline.core.engine.Node;
import faultline.core.isa.WordInsn;
import faultline.core.mem.ExclusiveSection;
import faultline.core.mem.Mem;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Access;
import faultline.core.mmu.GuestFault;
import faultline.core.mmu.Mmu;
import faultline.core.mmu.Privilege;
import faultline.core.mmu.Walk;
import faultline.ppc64.cpu.CpuModels;
import faultline.ppc64.cpu.Ppc64Cpu;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Loads and stores of vectors where memory ends in the middle, in both byte orders: nothing has
/// changed, and the fault is that of the first byte that is not there (I1).
class VectorFaultTest {

    private static final int PAGE = 4096;
    private static final long END = 16 * PAGE;

    /// Memory up to [#END].
    private static final class Pages implements Mmu {

        @Override
        public Walk walk(long va, Access access, Privilege privilege) {
            return va < END ? new Walk.Mapped().set(va, true, true, true) : new Walk.Faulted().set(va, 0);
        }

        @Override
        public void setRoot(long root) {}

        @Override
        public long root() {
            return 0;
        }
    }

    /// A machine with one vCPU.
    private static final class Alone implements ExclusiveSection {

        @Override
        public void enter() {}

        @Override
        public void leave() {}

        @Override
        public boolean alone() {
            return true;
        }

        @Override
        public void takeWriteTags(long pfn) {}
    }

    /// What is behind the instruction.
    private static final class End extends Node {

        End() {
            super(4, null);
        }

        @Override
        public @Nullable Node exec(Cpu cpu, Mem mem) {
            return null;
        }
    }

    private record Case(String assembly, String word, ByteOrder order) {

        @Override
        public String toString() {
            return assembly + ' ' + order;
        }
    }

    static List<Case> crossing() {
        return List.of(
                        "lxvd2x vs35,0,r3: 7c601e99",
                        "lxvw4x vs35,0,r3: 7c601e19",
                        "lxvh8x vs35,0,r3: 7c601e59",
                        "lxvb16x vs35,0,r3: 7c601ed9",
                        "lxvx vs35,0,r3: 7c601a19",
                        "lxv vs35,0(r3): f4630009",
                        "lxvl vs35,r3,r4: 7c63221b",
                        "lxvll vs35,r3,r4: 7c63225b",
                        "stxvd2x vs35,0,r3: 7c601f99",
                        "stxvw4x vs35,0,r3: 7c601f19",
                        "stxvh8x vs35,0,r3: 7c601f59",
                        "stxvb16x vs35,0,r3: 7c601fd9",
                        "stxvx vs35,0,r3: 7c601b19",
                        "stxv vs35,0(r3): f463000d",
                        "stxvl vs35,r3,r4: 7c63231b",
                        "stxvll vs35,r3,r4: 7c63235b")
                .stream()
                .map(text -> text.split(": "))
                .flatMap(parts -> List.of(
                        new Case(parts[0], parts[1], ByteOrder.LITTLE_ENDIAN),
                        new Case(parts[0], parts[1], ByteOrder.BIG_ENDIAN))
                        .stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("crossing")
    void leaveEverythingAsItWas(Case instruction) {
        for (int there = 0; there < 16; there++) {
            Mem mem = Mem.of(instruction.order(), PhysicalMemory.reserve(END), new Pages(), new Alone());
            Ppc64Cpu cpu = new Ppc64Cpu(CpuModels.max(), instruction.order());
            for (int i = 0; i < cpu.vsr.length; i++) {
                cpu.vsr[i] = 0x0101010101010101L * i;
            }
            for (int i = 1; i <= there; i++) {
                mem.store8(END - i, (byte) (0x80 | i));
            }
            cpu.r[3] = END - there;
            cpu.r[4] = 16L << 56;
            long[] before = cpu.vsr.clone();
            Node node = node(instruction);
            assertThatExceptionOfType(GuestFault.class).isThrownBy(() -> node.exec(cpu, mem));
            assertThat(mem.lastFault().va).isEqualTo(END);
            assertThat(cpu.vsr).isEqualTo(before);
            for (int i = 1; i <= there; i++) {
                assertThat(mem.load8(END - i)).isEqualTo((byte) (0x80 | i));
            }
        }
    }

    private static Node node(Case instruction) {
        Ppc64Decoder decoder = new Ppc64Decoder(CpuModels.max(), ByteOrder.BIG_ENDIAN);
        WordInsn insn = decoder.scratch();
        byte[] bytes = HexFormat.of().parseHex(instruction.word());
        assertThat(decoder.decode(bytes, 0, 4, 0, insn)).isTrue();
        return decoder.node(insn, null, new End());
    }
}
