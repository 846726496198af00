package faultline.ppc64.abi;

import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.StatLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// `struct stat` of 64-bit POWER (`arch/powerpc/include/uapi/asm/stat.h`), 144 bytes: the number of
/// links is a long and stands before the mode.
record Ppc64StatLayout(ByteOrder order) implements StatLayout {

    private static final int BYTES = 144;
    private static final int MODE = 24;
    private static final int RDEV = 40;

    @Override
    public void write(UserMemory memory, long va, Stat stat) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(order);
        bytes.putLong(0, stat.dev());
        bytes.putLong(8, stat.ino());
        bytes.putLong(16, stat.nlink());
        bytes.putInt(MODE, stat.mode());
        bytes.putInt(28, stat.uid());
        bytes.putInt(32, stat.gid());
        bytes.putLong(RDEV, stat.rdev());
        bytes.putLong(48, stat.size());
        bytes.putLong(56, stat.blksize());
        bytes.putLong(64, stat.blocks());
        bytes.putLong(72, stat.atime());
        bytes.putLong(80, stat.atimeNanos());
        bytes.putLong(88, stat.mtime());
        bytes.putLong(96, stat.mtimeNanos());
        bytes.putLong(104, stat.ctime());
        bytes.putLong(112, stat.ctimeNanos());
        memory.write(va, bytes.array(), 0, BYTES);
    }

    @Override
    public int modeOffset() {
        return MODE;
    }

    @Override
    public int rdevOffset() {
        return RDEV;
    }
}
