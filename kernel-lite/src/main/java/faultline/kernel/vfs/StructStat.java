package faultline.kernel.vfs;

import faultline.kernel.mm.uaccess.UserMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The two layouts of `struct stat` that 64-bit architectures have. From `st_size` on they agree on
/// everything but how wide `st_blksize` is.
public final class StructStat implements StatLayout {

    private static final int SIZE = 48;
    private static final int BLKSIZE = 56;
    private static final int BLOCKS = 64;
    private static final int TIMES = 72;

    private final ByteOrder order;
    private final boolean longLinks;

    private StructStat(ByteOrder order, boolean longLinks) {
        this.order = order;
        this.longLinks = longLinks;
    }

    /// `asm-generic/stat.h`, 128 bytes.
    public static StructStat generic(ByteOrder order) {
        return new StructStat(order, false);
    }

    /// The older one, 144 bytes: the number of links is a long and stands before the mode.
    public static StructStat longLinks(ByteOrder order) {
        return new StructStat(order, true);
    }

    @Override
    public void write(UserMemory memory, long va, Stat stat) {
        int bytes = longLinks ? 144 : 128;
        ByteBuffer to = ByteBuffer.allocate(bytes).order(order);
        to.putLong(0, stat.dev());
        to.putLong(8, stat.ino());
        if (longLinks) {
            to.putLong(16, stat.nlink());
            to.putInt(modeOffset(), stat.mode()).putInt(28, stat.uid()).putInt(32, stat.gid());
            to.putLong(BLKSIZE, stat.blksize());
        } else {
            to.putInt(modeOffset(), stat.mode()).putInt(20, stat.nlink());
            to.putInt(24, stat.uid()).putInt(28, stat.gid());
            to.putInt(BLKSIZE, stat.blksize());
        }
        to.putLong(rdevOffset(), stat.rdev());
        to.putLong(SIZE, stat.size());
        to.putLong(BLOCKS, stat.blocks());
        to.position(TIMES);
        to.putLong(stat.atime()).putLong(stat.atimeNanos());
        to.putLong(stat.mtime()).putLong(stat.mtimeNanos());
        to.putLong(stat.ctime()).putLong(stat.ctimeNanos());
        memory.write(va, to.array(), 0, bytes);
    }

    @Override
    public int modeOffset() {
        return longLinks ? 24 : 16;
    }

    @Override
    public int sizeOffset() {
        return SIZE;
    }

    @Override
    public int rdevOffset() {
        return longLinks ? 40 : 32;
    }
}
