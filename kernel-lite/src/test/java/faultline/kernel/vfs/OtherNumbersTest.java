package faultline.kernel.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.step.ParallelSchedule;
import faultline.kernel.Errno;
import faultline.kernel.FlagMap;
import faultline.kernel.KernelHeap;
import faultline.kernel.NumberMap;
import faultline.kernel.mm.MapFlags;
import faultline.kernel.syscall.ArgumentNumbers;
import java.nio.ByteOrder;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// File system calls of a big-endian guest that has other numbers than asm-generic.
final class OtherNumbersTest {

    private static final int AF_UNIX = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 21;
    private static final int SO_PASSCRED = 20;
    private static final int SO_RCVTIMEO = 18;
    private static final int FIONREAD = 0x4004667f;
    private static final int O_DIRECTORY = 0x4000;

    private final VfsMachine machine = new VfsMachine(
            1,
            new ParallelSchedule(),
            new KernelHeap(1L << 30),
            ByteOrder.BIG_ENDIAN,
            new ArgumentNumbers(
                    new OpenFlags(0x20000, 0x10000, O_DIRECTORY, 0x8000),
                    new MapFlags(FlagMap.SAME, FlagMap.SAME),
                    new IoctlNumbers(new IoctlNumbers.Encoding(13, 1, 2, 4), Map.of(FIONREAD, Ioctls.FIONREAD)),
                    new NumberMap(Map.of(16, 18, 17, 19, 18, 20, 19, 21, 20, 16, 21, 17))));

    @BeforeEach
    void mount() {
        machine.mountTmpfs();
    }

    @Test
    void optionsOfSocketsAreWordsInItsOrder() {
        machine.run(t -> {
            long fds = t.memory().allocate(8);
            assertThat(t.call("socketpair", AF_UNIX, 1, 0, fds)).isZero();
            long end = t.memory().load32(fds);
            assertThat(t.memory().load8(fds + 3)).isEqualTo((byte) end);
            long value = t.memory().allocate(16);
            long length = t.memory().allocate(4);
            t.memory().store32(value, 1);
            assertThat(t.call("setsockopt", end, SOL_SOCKET, SO_PASSCRED, value, 4))
                    .isZero();
            t.memory().store32(value, 0);
            t.memory().store32(length, 16);
            assertThat(t.call("getsockopt", end, SOL_SOCKET, SO_PASSCRED, value, length))
                    .isZero();
            assertThat(t.memory().load32(length)).isEqualTo(4);
            assertThat(t.memory().load8(value + 3)).isEqualTo((byte) 1);
            t.memory().store32(length, 16);
            assertThat(t.call("getsockopt", end, SOL_SOCKET, SO_PEERCRED, value, length))
                    .isZero();
            assertThat(t.memory().load32(length)).isEqualTo(12);
            assertThat(t.memory().load32(value)).isEqualTo(t.pid);
            t.memory().store64(value, 3);
            t.memory().store64(value + 8, 500_000);
            assertThat(t.call("setsockopt", end, SOL_SOCKET, SO_RCVTIMEO, value, 16))
                    .isZero();
            t.memory().store64(value, 0);
            t.memory().store32(length, 16);
            assertThat(t.call("getsockopt", end, SOL_SOCKET, SO_RCVTIMEO, value, length))
                    .isZero();
            assertThat(t.memory().load64(value)).isEqualTo(3);
            assertThat(t.memory().load64(value + 8)).isEqualTo(500_000);
        });
    }

    @Test
    void commandsOfIoctlAreItsOwn() {
        machine.run(t -> {
            t.make("/f", "text");
            long file = t.open("/f", FileMode.O_RDONLY);
            long left = t.memory().allocate(4);
            assertThat(t.call("ioctl", file, FIONREAD, left)).isZero();
            assertThat(t.memory().load8(left + 3)).isEqualTo((byte) 4);
            assertThat(t.call("ioctl", file, Ioctls.FIONREAD, left)).isEqualTo(Errno.ENOTTY.result());
        });
    }

    @Test
    void flagsOfOpenAreItsOwn() {
        machine.run(t -> {
            t.make("/f", "text");
            assertThat(t.open("/f", O_DIRECTORY)).isEqualTo(Errno.ENOTDIR.result());
        });
    }
}
