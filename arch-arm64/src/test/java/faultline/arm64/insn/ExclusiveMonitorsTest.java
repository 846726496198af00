package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.arm64.cpu.A64Cpu;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// When a store-exclusive stores, and what several vCPUs make of the same memory.
class ExclusiveMonitorsTest {

    private static final int LDXR = 0xc85f7c02; // ldxr x2, [x0]
    private static final int STXR = 0xc8037c04; // stxr w3, x4, [x0]
    private static final int LDXR_WORD = 0x885f7c02; // ldxr w2, [x0]
    private static final int LDAXP = 0xc87f9c02; // ldaxp x2, x7, [x0]
    private static final int STXP = 0xc8231404; // stxp w3, x4, x5, [x0]
    private static final int LDXP_WORDS = 0x887f1c02; // ldxp w2, w7, [x0]
    private static final int STXP_WORDS = 0x88231404; // stxp w3, w4, w5, [x0]
    private static final int CLREX = 0xd5033f5f;

    // Stores to [x6].
    private static final int STR = 0xf90000c5; // str x5, [x6]
    private static final int STRB = 0x390000c5; // strb w5, [x6]
    private static final int STP = 0xa90014c5; // stp x5, x5, [x6]
    private static final int LDADD = 0xf82500c7; // ldadd x5, x7, [x6]
    private static final int CAS = 0xc8a57cc5; // cas x5, x5, [x6]
    private static final int DC_ZVA = 0xd50b7426; // dc zva, x6
    private static final int LDR = 0xf94000c5; // ldr x5, [x6]

    private static final long A = 0x1111_2222_3333_4444L;
    private static final long B = 0x5555_6666_7777_8888L;
    private static final long NEW = 0x9999_aaaa_bbbb_ccccL;

    private ManyVcpus machine = prepared(2);

    private static ManyVcpus prepared(int vcpus) {
        ManyVcpus machine = new ManyVcpus(vcpus);
        machine.memory.store64(ManyVcpus.DATA, A);
        for (A64Cpu cpu : machine.cpus) {
            cpu.x[0] = ManyVcpus.DATA;
            cpu.x[6] = ManyVcpus.DATA;
            cpu.x[4] = NEW;
            cpu.x[5] = A;
        }
        return machine;
    }

    @AfterEach
    void close() {
        machine.close();
    }

    private long stored(int word) {
        return machine.step(0, word).x[3];
    }

    private long memory() {
        return machine.memory.load64(ManyVcpus.DATA);
    }

    @Test
    void storesWhenNobodyElseDid() {
        assertThat(machine.step(0, LDXR).x[2]).isEqualTo(A);
        assertThat(stored(STXR)).isZero();
        assertThat(memory()).isEqualTo(NEW);
        assertThat(stored(STXR)).as("without a reservation").isEqualTo(1);
    }

    @Test
    void failsWhenAnotherVcpuStoredTheSameValue() {
        machine.step(1, STR); // the other has a write tag from before
        machine.step(0, LDXR);
        machine.step(1, STR);
        assertThat(stored(STXR)).isEqualTo(1);
        assertThat(memory()).isEqualTo(A);
    }

    @Test
    void failsWhenAnotherVcpuStoredAndRestored() {
        machine.step(0, LDXR);
        machine.cpus.get(1).x[5] = B;
        machine.step(1, STR);
        machine.cpus.get(1).x[5] = A;
        machine.step(1, STR);
        assertThat(stored(STXR)).isEqualTo(1);
    }

    @Test
    void failsAfterEveryKindOfStore() {
        for (int word : new int[] {STR, STRB, STP, LDADD, CAS, DC_ZVA}) {
            machine.step(0, LDXR);
            machine.step(1, word);
            assertThat(stored(STXR)).as("%x", word).isEqualTo(1);
        }
        machine.step(0, LDXR);
        machine.step(1, LDXR);
        assertThat(machine.step(1, STXR).x[3]).isZero();
        assertThat(stored(STXR)).as("another's store-exclusive").isEqualTo(1);
        machine.step(0, LDXR);
        machine.memory.write(ManyVcpus.DATA, new byte[1], 0, 1);
        assertThat(stored(STXR)).as("the kernel's copies").isEqualTo(1);
    }

    @Test
    void storesAfterLoadsAndStoresElsewhere() {
        machine.step(0, LDXR);
        machine.step(1, LDR);
        machine.cpus.get(1).x[6] = ManyVcpus.DATA + 64;
        machine.step(1, STR);
        assertThat(stored(STXR)).isZero();
    }

    @Test
    void reservesTheWholeGranule() {
        machine.step(0, LDXR);
        machine.cpus.get(1).x[6] = ManyVcpus.DATA + 56;
        machine.step(1, STR);
        assertThat(stored(STXR)).isEqualTo(1);
    }

    /// The bytes in front belong to the granule before.
    @Test
    void seesMisalignedStores() {
        machine.cpus.get(0).x[0] = ManyVcpus.DATA + 64;
        machine.step(0, LDXR);
        machine.cpus.get(1).x[6] = ManyVcpus.DATA + 57;
        machine.step(1, STR);
        assertThat(machine.memory.load64(ManyVcpus.DATA + 64) & 0xff).isEqualTo(A >>> 56);
        assertThat(stored(STXR)).isEqualTo(1);
    }

    @Test
    void aStoreOfItsOwnLeavesTheReservation() {
        machine.step(0, LDXR);
        machine.step(0, STR);
        assertThat(stored(STXR)).isZero();
    }

    @Test
    void wantsTheAddressAndSizeThatWereReserved() {
        machine.step(0, LDXR_WORD);
        assertThat(stored(STXR)).isEqualTo(1);
        machine.step(0, LDXR);
        machine.cpus.get(0).x[0] += 8;
        assertThat(stored(STXR)).isEqualTo(1);
    }

    @Test
    void forgetsAtClrexAndAtEveryException() {
        for (int vcpus = 1; vcpus <= 2; vcpus++) {
            machine.close();
            machine = prepared(vcpus);
            machine.step(0, LDXR);
            machine.step(0, CLREX);
            assertThat(stored(STXR)).isEqualTo(1);
            machine.load(0, LDXR);
            machine.run(0); // ends with a system call
            assertThat(stored(STXR)).isEqualTo(1);
        }
    }

    @Test
    void aMachineOfOneVcpuHasReservationsToo() {
        machine.close();
        machine = prepared(1);
        machine.step(0, LDXR);
        assertThat(stored(STXR)).isZero();
        assertThat(stored(STXR)).isEqualTo(1);
        machine.step(0, LDAXP);
        assertThat(stored(STXP)).isZero();
        assertThat(machine.memory.load64(ManyVcpus.DATA + 8)).isEqualTo(A);
    }

    @Test
    void pairsAreReservedAsOne() {
        machine.memory.store64(ManyVcpus.DATA + 8, B);
        A64Cpu cpu = machine.step(0, LDAXP);
        assertThat(cpu.x[2]).isEqualTo(A);
        assertThat(cpu.x[7]).isEqualTo(B);
        assertThat(stored(STXP)).isZero();
        assertThat(memory()).isEqualTo(NEW);
        assertThat(machine.memory.load64(ManyVcpus.DATA + 8)).isEqualTo(A);
        machine.step(0, LDAXP);
        machine.cpus.get(1).x[6] = ManyVcpus.DATA + 8;
        machine.step(1, STR);
        assertThat(stored(STXP)).isEqualTo(1);
        machine.step(0, LDXP_WORDS);
        assertThat(cpu.x[2]).isEqualTo(NEW & 0xffffffffL);
        assertThat(cpu.x[7]).isEqualTo(NEW >>> 32);
        assertThat(stored(STXP_WORDS)).isZero();
        assertThat(memory()).isEqualTo(NEW & 0xffffffffL | A << 32);
    }

    /// A frame that is only stored to becomes an ordinary one, and is watched again when need be.
    @Test
    void manyStoresEndTheWatch() {
        machine.step(0, LDXR);
        A64Cpu other = machine.cpus.get(1);
        other.x[6] = ManyVcpus.DATA + 128;
        for (int i = 0; i < 2000; i++) {
            machine.step(1, STR);
        }
        assertThat(other.mem().tlb().peek(ManyVcpus.DATA, 1)).isEqualTo(ManyVcpus.DATA >>> 12);
        assertThat(stored(STXR)).isEqualTo(1);
        other.x[6] = ManyVcpus.DATA;
        machine.step(0, LDXR);
        machine.step(1, STR);
        assertThat(stored(STXR)).isEqualTo(1);
    }

    // Several at once.

    private static final int[] COUNT = {0xc85f7c02, 0x91000442, 0xc8037c02, 0x35ffffa3, 0xf1000421, 0x54ffff61};
    private static final int[] COUNT_BYTE = {0x085ffc02, 0x11000442, 0x0803fc02, 0x35ffffa3, 0xf1000421, 0x54ffff61};
    private static final int[] ADD = {0xd2800022, 0xf8220003, 0xf1000421, 0x54ffffc1};
    private static final int[] COMPARE_AND_SWAP = {
        0xf9400002, 0x91000443, 0xaa0203e4, 0xc8e4fc03, 0xeb02009f, 0x54ffff61, 0xf1000421, 0x54ffff21
    };

    /// Takes a lock at x0, adds 1 at x4 without any care, and lets go with a store-release.
    private static final int[] LOCKED = {
        0x52800022,
        0x885ffc03,
        0x35ffffe3,
        0x88037c02,
        0x35ffffa3,
        0xf9400085,
        0x910004a5,
        0xf9000085,
        0x889ffc1f,
        0xf1000421,
        0x54fffee1
    };

    /// Replaces (n, ~n) by (n + 1, ~(n + 1)), and counts in x6 whatever else it finds.
    private static final int[] PAIR = {
        0xc87f0c02,
        0xca030045,
        0xb10004bf,
        0x9a8604c6,
        0x91000442,
        0xaa2203e3,
        0xc8240c02,
        0x35ffff24,
        0xf1000421,
        0x54fffee1
    };

    /// The same with CASP.
    private static final int[] SWAP_PAIR = {
        0xd2800008, 0xd2800009, 0x4868fc08, 0x9100050a, 0xaa2a03eb, 0xaa0803ec, 0xaa0903ed, 0xca090105, 0xb10004bf,
        0x9a8604c6, 0x4868fc0a, 0xeb0c011f, 0xfa4d0120, 0x54fffec1, 0xaa0a03e8, 0xaa0b03e9, 0xf1000421, 0x54fffe41
    };

    private void runAll(long count, int[]... programs) throws InterruptedException, ExecutionException {
        machine.close();
        machine = prepared(programs.length);
        machine.memory.store64(ManyVcpus.DATA, 0);
        for (int id = 0; id < programs.length; id++) {
            A64Cpu cpu = machine.load(id, programs[id]);
            cpu.x[1] = count;
            cpu.x[4] = ManyVcpus.DATA + 8;
            cpu.x[6] = 0;
        }
        machine.memory.store64(ManyVcpus.DATA + 8, programs[0] == PAIR ? -1 : 0);
        machine.runAll();
    }

    @Test
    void countersLoseNothing() throws InterruptedException, ExecutionException {
        runAll(20_000, COUNT, COUNT, ADD, COMPARE_AND_SWAP);
        assertThat(memory()).isEqualTo(80_000);
        runAll(20_000, COUNT_BYTE, COUNT_BYTE, COUNT_BYTE);
        assertThat(memory()).isEqualTo(60_000 & 0xff);
    }

    @Test
    void locksExclude() throws InterruptedException, ExecutionException {
        runAll(10_000, LOCKED, LOCKED, LOCKED);
        assertThat(memory()).isZero();
        assertThat(machine.memory.load64(ManyVcpus.DATA + 8)).isEqualTo(30_000);
    }

    @Test
    void pairsAreNeverTorn() throws InterruptedException, ExecutionException {
        runAll(20_000, PAIR, PAIR, SWAP_PAIR);
        assertThat(memory()).isEqualTo(60_000);
        assertThat(machine.memory.load64(ManyVcpus.DATA + 8)).isEqualTo(~60_000L);
        assertThat(machine.cpus).allMatch(cpu -> cpu.x[6] == 0);
    }

    @Test
    void misalignedAddressesAreRefused() {
        A64Machine one = new A64Machine();
        for (int word : new int[] {LDXR, STXR, LDXR_WORD, LDAXP, STXP, 0xf8250007, 0xc8dffc02, 0xc89ffc04}) {
            one.cpu.x[0] = A64Machine.BUFFER + (word == LDAXP || word == STXP ? 8 : 2);
            one.load(word);
            one.run();
            assertThat(one.stop).as("%x", word).isEqualTo("ALIGNMENT");
            assertThat(one.cpu.far).isEqualTo(one.cpu.x[0]);
        }
    }
}
