package faultline.kernel.mm;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What a [Userfaultfd] says: `struct uffd_msg`.
///
/// @param kind UFFD_EVENT_*
/// @param first the flags of a fault, the descriptor of a fork, or where a range was
/// @param second the address of a fault, where a range is now, or where one ends
/// @param third the thread of a fault, or how long a range is that has moved
/// @param forked what the child's faults go to, of a fork
/// @param event who waits for a fork to be read
public record UserfaultMessage(
        int kind,
        long first,
        long second,
        long third,
        @Nullable Userfaultfd forked,
        @Nullable UserfaultEvent event) {

    public static final int BYTES = 32;

    public static final int EVENT_PAGEFAULT = 0x12;
    public static final int EVENT_FORK = 0x13;
    public static final int EVENT_REMAP = 0x14;
    public static final int EVENT_REMOVE = 0x15;
    public static final int EVENT_UNMAP = 0x16;

    public static final int PAGEFAULT_FLAG_WRITE = 1;
    public static final int PAGEFAULT_FLAG_WP = 1 << 1;
    public static final int PAGEFAULT_FLAG_MINOR = 1 << 2;

    private static final int ARGUMENTS = 8;

    public static UserfaultMessage pageFault(long flags, long address, int thread) {
        return new UserfaultMessage(EVENT_PAGEFAULT, flags, address, thread, null, null);
    }

    static UserfaultMessage fork(Userfaultfd forked) {
        return new UserfaultMessage(EVENT_FORK, 0, 0, 0, forked, null);
    }

    static UserfaultMessage remap(long from, long to, long length) {
        return new UserfaultMessage(EVENT_REMAP, from, to, length, null, null);
    }

    static UserfaultMessage remove(long start, long end) {
        return new UserfaultMessage(EVENT_REMOVE, start, end, 0, null, null);
    }

    static UserfaultMessage unmap(long start, long end) {
        return new UserfaultMessage(EVENT_UNMAP, start, end, 0, null, null);
    }

    UserfaultMessage of(UserfaultEvent waiting) {
        return forked == null ? this : new UserfaultMessage(kind, first, second, third, forked, waiting);
    }

    /// That of a fork with the descriptor of the child's context.
    public UserfaultMessage withDescriptor(int fd) {
        return new UserfaultMessage(kind, Integer.toUnsignedLong(fd), second, third, forked, event);
    }

    /// Writes it in the byte order of the buffer.
    public void write(ByteBuffer to, int at) {
        to.put(at, new byte[BYTES]);
        to.put(at, (byte) kind);
        if (kind == EVENT_FORK) {
            to.putInt(at + ARGUMENTS, (int) first);
            return;
        }
        to.putLong(at + ARGUMENTS, first);
        to.putLong(at + ARGUMENTS + Long.BYTES, second);
        if (kind == EVENT_PAGEFAULT) {
            to.putInt(at + ARGUMENTS + 2 * Long.BYTES, (int) third);
        } else {
            to.putLong(at + ARGUMENTS + 2 * Long.BYTES, third);
        }
    }
}
