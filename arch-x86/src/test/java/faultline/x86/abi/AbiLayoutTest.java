package faultline.x86.abi;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.task.Siginfo;
import faultline.kernel.task.SiginfoLayout;
import faultline.kernel.testing.FlatMemory;
import faultline.kernel.vfs.StatLayout;
import faultline.kernel.vfs.StructStat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Layouts against the offsets that `src/test/native/abi-layout.c` takes from a system's headers.
final class AbiLayoutTest {

    private static final SiginfoLayout LAYOUT = new SiginfoLayout(X86KernelPort.EM_X86_64, ByteOrder.LITTLE_ENDIAN);

    private final Map<String, Long> recorded = Recorded.lines("layout.txt").stream()
            .collect(Collectors.toMap(line -> line.get(0), line -> Recorded.number(line.get(1))));

    private int at(String field) {
        return recorded.get(field).intValue();
    }

    @Test
    void theFramesFieldsLieWhereTheHeadersSay() {
        assertThat(FrameLayout.UC_FLAGS).isEqualTo(at("frame.uc_flags"));
        assertThat(FrameLayout.UC_LINK).isEqualTo(at("frame.uc_link"));
        assertThat(FrameLayout.UC_STACK_SP).isEqualTo(at("frame.ss_sp"));
        assertThat(FrameLayout.UC_STACK_FLAGS).isEqualTo(at("frame.ss_flags"));
        assertThat(FrameLayout.UC_STACK_SIZE).isEqualTo(at("frame.ss_size"));
        assertThat(FrameLayout.UC_SIGMASK).isEqualTo(at("frame.uc_sigmask"));
        assertThat(FrameLayout.INFO).isEqualTo(at("frame.info"));
        assertThat(FrameLayout.BYTES).isEqualTo(at("frame.bytes"));
        assertThat(FrameLayout.RIP).isEqualTo(at("frame.rip"));
        assertThat(FrameLayout.EFLAGS).isEqualTo(at("frame.eflags"));
        assertThat(FrameLayout.CS).isEqualTo(at("frame.cs"));
        assertThat(FrameLayout.GS).isEqualTo(at("frame.gs"));
        assertThat(FrameLayout.FS).isEqualTo(at("frame.fs"));
        assertThat(FrameLayout.SS).isEqualTo(at("frame.ss"));
        assertThat(FrameLayout.ERR).isEqualTo(at("frame.err"));
        assertThat(FrameLayout.TRAPNO).isEqualTo(at("frame.trapno"));
        assertThat(FrameLayout.OLDMASK).isEqualTo(at("frame.oldmask"));
        assertThat(FrameLayout.CR2).isEqualTo(at("frame.cr2"));
        assertThat(FrameLayout.FPSTATE).isEqualTo(at("frame.fpstate"));
        assertThat(FrameLayout.SW_MAGIC1).isEqualTo(at("fxsave.magic1"));
        assertThat(FrameLayout.SW_EXTENDED_SIZE).isEqualTo(at("fxsave.extended_size"));
        assertThat(FrameLayout.SW_XFEATURES).isEqualTo(at("fxsave.xfeatures"));
        assertThat(FrameLayout.SW_XSTATE_SIZE).isEqualTo(at("fxsave.xstate_size"));
        assertThat(FrameLayout.FP_XSTATE_MAGIC1).isEqualTo(at("fxsave.magic1_value"));
        assertThat(FrameLayout.FP_XSTATE_MAGIC2).isEqualTo(at("fxsave.magic2_value"));
    }

    @Test
    void theFramesRegistersStandInSigcontextsOrder() {
        String[] names = {
            "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
        };
        for (int i = 0; i < FrameLayout.REGISTER_COUNT; i++) {
            assertThat(FrameLayout.registerOffset(i)).isEqualTo(at("frame." + names[FrameLayout.register(i)]));
        }
    }

    @Test
    void everyKindOfSiginfoLiesWhereTheHeadersSay() {
        ByteBuffer child = siginfo(Siginfo.child(17, 1, 101, 102, 103));
        assertThat(child.getInt(at("siginfo.signo"))).isEqualTo(17);
        assertThat(child.getInt(at("siginfo.code"))).isEqualTo(1);
        assertThat(child.getInt(at("siginfo.pid"))).isEqualTo(101);
        assertThat(child.getInt(at("siginfo.uid"))).isEqualTo(102);
        assertThat(child.getInt(at("siginfo.status"))).isEqualTo(103);

        ByteBuffer fault = siginfo(Siginfo.pkeyFault(11, 4, 0x1234567890L, 7));
        assertThat(fault.getLong(at("siginfo.addr"))).isEqualTo(0x1234567890L);
        assertThat(fault.getInt(at("siginfo.pkey"))).isEqualTo(7);

        ByteBuffer queued = siginfo(new Siginfo(34, Siginfo.SI_QUEUE, 5, 101, 102, 0, 0, 0, 0x1122334455667788L));
        assertThat(queued.getInt(at("siginfo.errno"))).isEqualTo(5);
        assertThat(queued.getInt(at("siginfo.pid"))).isEqualTo(101);
        assertThat(queued.getLong(at("siginfo.rt_value"))).isEqualTo(0x1122334455667788L);

        ByteBuffer timer = siginfo(new Siginfo(14, Siginfo.SI_TIMER, 0, 3, 0, 9, 0, 0, 0x55L));
        assertThat(timer.getInt(at("siginfo.tid"))).isEqualTo(3);
        assertThat(timer.getInt(at("siginfo.overrun"))).isEqualTo(9);
        assertThat(timer.getLong(at("siginfo.timer_value"))).isEqualTo(0x55);

        ByteBuffer poll = siginfo(new Siginfo(29, 1, 0, 0, 0, 6, 0, 0, 0x41));
        assertThat(poll.getLong(at("siginfo.band"))).isEqualTo(0x41);
        assertThat(poll.getInt(at("siginfo.fd"))).isEqualTo(6);

        ByteBuffer seccomp = siginfo(new Siginfo(31, 1, 0, 0, 0, 200, 0x4000, 0, 0));
        assertThat(seccomp.getLong(at("siginfo.call_addr"))).isEqualTo(0x4000);
        assertThat(seccomp.getInt(at("siginfo.syscall"))).isEqualTo(200);
        assertThat(seccomp.getInt(at("siginfo.arch"))).isEqualTo(0xc000003e);
    }

    @Test
    void everyKindOfSiginfoReadsBackAsWritten() {
        Siginfo[] all = {
            Siginfo.sent(10, Siginfo.SI_USER, 101, 102),
            Siginfo.sent(10, Siginfo.SI_TKILL, 101, 102),
            Siginfo.kernel(11),
            Siginfo.fault(7, 2, 0x1000),
            Siginfo.pkeyFault(11, 4, 0x1000, 15),
            Siginfo.child(17, 5, 101, 102, 20),
            new Siginfo(34, Siginfo.SI_QUEUE, 1, 101, 102, 0, 0, 0, -1),
            new Siginfo(14, Siginfo.SI_TIMER, 0, 3, 0, 9, 0, 0, 8),
            new Siginfo(29, 2, 0, 0, 0, 6, 0, 0, 0x41),
            new Siginfo(31, 1, 0, 0, 0, 200, 0x4000, 0, 0),
        };
        for (Siginfo info : all) {
            assertThat(SiginfoLayout.read(siginfo(info))).isEqualTo(info);
        }
    }

    private ByteBuffer siginfo(Siginfo info) {
        ByteBuffer bytes = ByteBuffer.allocate(at("siginfo.bytes")).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(0, new byte[] {1, 2, 3, 4});
        LAYOUT.write(info, bytes, 0);
        return bytes;
    }

    @Test
    void statLiesWhereTheHeadersSay() {
        FlatMemory memory = new FlatMemory(0x1000, at("stat.bytes"));
        StructStat.longLinks(ByteOrder.LITTLE_ENDIAN)
                .write(memory, 0x1000, new StatLayout.Stat(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
        assertThat(memory.load64(0x1000 + at("stat.dev"))).isEqualTo(1);
        assertThat(memory.load64(0x1000 + at("stat.ino"))).isEqualTo(2);
        assertThat(memory.load32(0x1000 + at("stat.mode"))).isEqualTo(3);
        assertThat(memory.load64(0x1000 + at("stat.nlink"))).isEqualTo(4);
        assertThat(memory.load32(0x1000 + at("stat.uid"))).isEqualTo(5);
        assertThat(memory.load32(0x1000 + at("stat.gid"))).isEqualTo(6);
        assertThat(memory.load64(0x1000 + at("stat.rdev"))).isEqualTo(7);
        assertThat(memory.load64(0x1000 + at("stat.size"))).isEqualTo(8);
        assertThat(memory.load64(0x1000 + at("stat.blksize"))).isEqualTo(9);
        assertThat(memory.load64(0x1000 + at("stat.blocks"))).isEqualTo(10);
        assertThat(memory.load64(0x1000 + at("stat.atime"))).isEqualTo(11);
        assertThat(memory.load64(0x1000 + at("stat.atime_nsec"))).isEqualTo(12);
        assertThat(memory.load64(0x1000 + at("stat.mtime"))).isEqualTo(13);
        assertThat(memory.load64(0x1000 + at("stat.mtime_nsec"))).isEqualTo(14);
        assertThat(memory.load64(0x1000 + at("stat.ctime"))).isEqualTo(15);
        assertThat(memory.load64(0x1000 + at("stat.ctime_nsec"))).isEqualTo(16);
    }
}
