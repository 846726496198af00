package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.cpu.CpuModels;
import faultline.arm64.cpu.Nzcv;
import faultline.core.arch.CpuModel;
import org.junit.jupiter.api.Test;

/// Registers and instructions of the system at EL0 under Linux.
class SystemRegistersTest {

    private static final int MRS = 0xd530_0000;
    private static final int MSR = 0xd510_0000;

    // op1:CRn:CRm:op2, with op0 3.
    private static final int NZCV = register(3, 4, 2, 0);
    private static final int FPCR = register(3, 4, 4, 0);
    private static final int FPSR = register(3, 4, 4, 1);
    private static final int TPIDR = register(3, 13, 0, 2);
    private static final int TPIDRRO = register(3, 13, 0, 3);
    private static final int CNTFRQ = register(3, 14, 0, 0);
    private static final int CNTVCT = register(3, 14, 0, 2);
    private static final int CTR = register(3, 0, 0, 1);
    private static final int DCZID = register(3, 0, 0, 7);

    private static final int DC_ZVA = 0xd50b_7423;

    private final A64Machine machine = new A64Machine();

    private static int register(int op1, int crn, int crm, int op2) {
        return 1 << 19 | op1 << 16 | crn << 12 | crm << 8 | op2 << 5;
    }

    private void run(int... words) {
        machine.load(words);
        machine.run();
    }

    private long read(int register) {
        run(MRS | register | 5);
        assertThat(machine.stop).isEqualTo("syscall");
        return machine.cpu.x[5];
    }

    private long writeAndRead(int register, long value) {
        machine.cpu.x[3] = value;
        run(MSR | register | 3, MRS | register | 4);
        assertThat(machine.stop).isEqualTo("syscall");
        return machine.cpu.x[4];
    }

    @Test
    void flagsAreInTheUpperFourBitsOfAWord() {
        assertThat(writeAndRead(NZCV, -1)).isEqualTo(0xf000_0000L);
        assertThat(Nzcv.nzcv(machine.cpu)).isEqualTo(15);
        assertThat(writeAndRead(NZCV, 0x1234_5678_6fff_ffffL)).isEqualTo(0x6000_0000L);
    }

    @Test
    void floatingPointControlHasTheBitsOfTheModel() {
        assertThat(writeAndRead(FPCR, -1)).isEqualTo(0x07ff_0000L);
        assertThat(writeAndRead(FPSR, -1)).isEqualTo(0x0800_009fL);
        assertThat(writeAndRead(FPCR, 0)).isZero();
    }

    /// Whoever writes it: an instruction, or the frame of a signal.
    @Test
    void floatingPointControlFlushesHalfPrecisionOnlyWhereThereIsArithmeticOfIt() {
        for (CpuModel model : CpuModels.all()) {
            A64Cpu cpu = new A64Cpu(model);
            cpu.fp.setFpcr(-1);
            assertThat(cpu.fp.fpcr()).isEqualTo(model.has("FP16") ? 0x07ff_0000 : 0x07f7_0000);
        }
    }

    @Test
    void theThreadPointerHoldsWhatIsWritten() {
        assertThat(writeAndRead(TPIDR, 0xdead_beef_0123_4567L)).isEqualTo(0xdead_beef_0123_4567L);
        assertThat(read(TPIDRRO)).isZero();
        run(MSR | TPIDRRO | 3);
        assertThat(machine.stop).isEqualTo("UNDEFINED");
    }

    @Test
    void theCounterAdvancesWithTheClock() {
        long before = System.nanoTime();
        long first = read(CNTVCT);
        long second = read(CNTVCT);
        assertThat(second - first).isBetween(0L, System.nanoTime() - before);
        assertThat(read(CNTFRQ)).isEqualTo(1_000_000_000);
    }

    @Test
    void cachesHaveLinesOf64Bytes() {
        assertThat(4 << (read(CTR) >>> 16 & 15)).isEqualTo(64);
        assertThat(4 << (read(CTR) & 15)).isEqualTo(64);
        assertThat(4 << read(DCZID)).isEqualTo(64);
    }

    @Test
    void idRegistersAreReadAsByTheKernel() {
        assertThat(read(register(0, 0, 0, 5))).isEqualTo(1L << 31); // MPIDR_EL1
        assertThat(read(register(0, 0, 0, 0)) >>> 16 & 15).isEqualTo(15); // MIDR_EL1
        assertThat(read(register(0, 0, 4, 0)) & 0xffff).isEqualTo(0x11); // ID_AA64PFR0_EL1
        assertThat(read(register(0, 0, 6, 0)) >>> 16 & 15).isEqualTo(1); // ID_AA64ISAR0_EL1: CRC32
        assertThat(read(register(0, 0, 7, 7))).isZero(); // not assigned
    }

    @Test
    void registersThatTheKernelDoesNotReadAreUndefined() {
        for (int register : new int[] {
            register(0, 0, 0, 1), // not assigned, beside MIDR_EL1
            register(0, 0, 1, 0), // ID_PFR0_EL1
            register(0, 1, 0, 0), // SCTLR_EL1
            register(3, 4, 2, 1), // DAIF
            register(0, 4, 2, 2), // CurrentEL
            register(3, 14, 0, 1), // CNTPCT_EL0
            register(3, 9, 13, 0), // PMCCNTR_EL0
        }) {
            run(MRS | register | 5);
            assertThat(machine.stop).as("%x", register).isEqualTo("UNDEFINED");
            assertThat(machine.cpu.pc).isEqualTo(A64Machine.CODE);
            run(MSR | register | 5);
            assertThat(machine.stop).as("%x", register).isEqualTo("UNDEFINED");
        }
    }

    @Test
    void zeroingClearsOneBlock() {
        long block = A64Machine.BUFFER + 0x40;
        for (int i = 0; i < 24; i++) {
            machine.memory.store64(A64Machine.BUFFER + 8L * i, -1);
        }
        machine.cpu.x[3] = block + 0x2b;
        run(DC_ZVA);
        for (int i = 0; i < 24; i++) {
            assertThat(machine.memory.load64(A64Machine.BUFFER + 8L * i)).isEqualTo(i < 8 || i >= 16 ? -1 : 0);
        }
    }

    @Test
    void faultsNameTheAddressInTheRegister() {
        machine.cpu.x[3] = 0x7000_0000_0017L;
        run(DC_ZVA);
        assertThat(machine.stop).isEqualTo("fault");
        assertThat(machine.cpu.far).isEqualTo(0x7000_0000_0017L);
        assertThat(machine.cpu.esr).isZero();
    }

    /// With CM and WnR, whatever the walk found.
    @Test
    void cacheMaintenanceFaultsAsSuch() {
        for (int word : new int[] {0xd50b_7a23, 0xd50b_7b23, 0xd50b_7e23, 0xd50b_7523}) {
            machine.cpu.x[3] = A64Machine.BUFFER;
            run(word);
            assertThat(machine.stop).isEqualTo("syscall");
            machine.cpu.x[3] = 0x7000_0000_0017L;
            run(word);
            assertThat(machine.stop).isEqualTo("fault");
            assertThat(machine.cpu.far).isEqualTo(0x7000_0000_0017L);
            assertThat(machine.cpu.esr).isEqualTo(0x140);
        }
        machine.cpu.x[3] = 0x7000_0000_0000L;
        run(0xf940_0060); // ldr x0, [x3]
        assertThat(machine.cpu.esr).isZero();
    }

    @Test
    void threadsInheritTheirRegisters() {
        assertThat(writeAndRead(TPIDR, 0x1234)).isEqualTo(0x1234);
        A64Cpu child = new A64Cpu(A64Machine.MODEL);
        child.copyFrom(machine.cpu);
        assertThat(child.tpidr).isEqualTo(0x1234);
    }
}
