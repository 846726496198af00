package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

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

    @Test
    void arithmeticAllocatesNothing() throws Exception {
        A64Machine machine = new A64Machine();
        for (int type : new int[] {0, 1, 3}) {
            run(machine, type);
        }
        long before = allocated();
        for (int type : new int[] {0, 1, 3}) {
            run(machine, type);
        }
        long bytes = allocated() - before;
        // 200,000 rounds: one object in every fiftieth would show beside the operands.
        assertThat(bytes).isLessThan(65_536);
    }

    private static void run(A64Machine machine, int type) {
        machine.load(LOOP);
        FloatOperands.of(type, 7).into(machine.cpu, 0, 0);
        machine.run();
        assertThat(machine.stop).isEqualTo("syscall");
        assertThat(machine.cpu.x[0]).isZero();
    }

    /// Bytes this thread has allocated; by reflection, because the module under test does not read
    /// the one that knows.
    private static long allocated() throws Exception {
        Object bean = Class.forName("java.lang.management.ManagementFactory")
                .getMethod("getThreadMXBean")
                .invoke(null);
        return (long) Class.forName("com.sun.management.ThreadMXBean")
                .getMethod("getCurrentThreadAllocatedBytes")
                .invoke(bean);
    }
}
