package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.conformance.HardFloats;
import faultline.core.conformance.RandomSource;
import faultline.core.testing.Allocation;
import java.util.List;
import org.junit.jupiter.api.Test;

class FloatHotPathTest {

    /// 65,535 rounds of `fadd`, `fmla`, `fmul`, `fmadd`, `fdiv`, `fsqrt`, `fcvtzs`, `frintx`, `fcmgt`,
    /// `fmax`, `scvtf`, `frecpe`, `faddp`, `fmaxnmv`, `fmul` by element, `fcvtn` and `fcmp`, on scalars
    /// and vectors of every format.
    private static final int[] LOOP = {
        0x529fffe0,
        0x4e22d420,
        0x4e62cc23,
        0x1e6608a4,
        0x1f165eb4,
        0x1e7a1b38,
        0x6ea1fb9b,
        0x9e780081,
        0x6e219827,
        0x6eca2528,
        0x4e4d358b,
        0x4f3be5ee,
        0x4ea1db9d,
        0x6e32d630,
        0x6e30ca33,
        0x4f929a3e,
        0x0e216a3f,
        0x1e6620a0,
        0x71000400,
        0x54fffdc1
    };

    private static final List<HardFloats> FORMATS = List.of(HardFloats.SINGLE, HardFloats.DOUBLE, HardFloats.HALF);
    private static final long SEED = 7;

    @Test
    void arithmeticAllocatesNothing() throws Exception {
        A64Machine machine = new A64Machine();
        for (HardFloats format : FORMATS) {
            run(machine, format);
        }
        long before = Allocation.ofThisThread();
        for (HardFloats format : FORMATS) {
            run(machine, format);
        }
        long bytes = Allocation.ofThisThread() - before;
        // 200,000 rounds: one object in every fiftieth would show beside the operands.
        assertThat(bytes).isLessThan(65_536);
    }

    private static void run(A64Machine machine, HardFloats format) {
        machine.load(LOOP);
        RandomSource random = new RandomSource(SEED);
        for (int i = 0; i < machine.cpu.v.length; i++) {
            machine.cpu.v[i] = lanes(format, random);
        }
        machine.cpu.fp.setFpcr(0);
        machine.cpu.fp.setFpsr(0);
        machine.run();
        assertThat(machine.stop).isEqualTo("syscall");
        assertThat(machine.cpu.x[0]).isZero();
    }

    private static long lanes(HardFloats format, RandomSource random) {
        long lanes = 0;
        for (int shift = 0; shift < Long.SIZE; shift += format.width()) {
            lanes |= format.one(random) << shift;
        }
        return lanes;
    }
}
