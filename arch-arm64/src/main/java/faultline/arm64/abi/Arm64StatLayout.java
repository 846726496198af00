package faultline.arm64.abi;

import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.vfs.StatLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// `struct stat` of arm64 (`asm-generic/stat.h`), 128 bytes.
final class Arm64StatLayout implements StatLayout {

    private static final int BYTES = 128;

    @Override
    public void write(UserMemory memory, long va, Stat stat) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(0, stat.dev());
        bytes.putLong(8, stat.ino());
        bytes.putInt(16, stat.mode());
        bytes.putInt(20, stat.nlink());
        bytes.putInt(24, stat.uid());
        bytes.putInt(28, stat.gid());
        bytes.putLong(32, stat.rdev());
        bytes.putLong(48, stat.size());
        bytes.putInt(56, stat.blksize());
        bytes.putLong(64, stat.blocks());
        bytes.putLong(72, stat.atime());
        bytes.putLong(80, stat.atimeNanos());
        bytes.putLong(88, stat.mtime());
        bytes.putLong(96, stat.mtimeNanos());
        bytes.putLong(104, stat.ctime());
        bytes.putLong(112, stat.ctimeNanos());
        memory.write(va, bytes.array(), 0, BYTES);
    }
}
