package faultline.kernel.mm.uaccess;

import faultline.kernel.mm.fault.PinnedPage;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// User memory as a system call reaches it: `copy_from_user` and friends.
///
/// Accesses go through the calling task's page tables with kernel privilege; a page that is not
/// there is faulted in by the architecture's fault entry, exactly as in the guest. What cannot be
/// faulted in throws `ErrnoException` EFAULT, or ends the copy early in the `…Partial` methods.
/// Words are in the guest's byte order.
///
/// Called only by the task itself, holding a vCPU and no spinning lock: an access may block.
public interface UserMemory {

    /// The guest's byte order.
    ByteOrder byteOrder();

    byte load8(long va);

    short load16(long va);

    int load32(long va);

    long load64(long va);

    void store8(long va, byte value);

    void store16(long va, short value);

    void store32(long va, int value);

    void store64(long va, long value);

    /// Loads a word of the guest's pointer size.
    default long loadWord(long va) {
        return load64(va);
    }

    /// Copies `length` bytes from the guest.
    void read(long va, byte[] to, int offset, int length);

    /// Copies `length` bytes to the guest.
    void write(long va, byte[] from, int offset, int length);

    /// Copies from the guest until done or unreadable; returns the number of bytes copied.
    int readPartial(long va, byte[] to, int offset, int length);

    /// Copies to the guest until done or unwritable; returns the number of bytes copied.
    int writePartial(long va, byte[] from, int offset, int length);

    /// Fills with zero bytes.
    void clear(long va, long length);

    /// Reads a NUL-terminated byte string of at most `limit` bytes without its NUL; a longer one is
    /// `ErrnoException` ENAMETOOLONG.
    byte[] readString(long va, int limit);

    /// Replaces an aligned 32-bit word if it is `expected`; returns the word found. Atomic against
    /// guest stores.
    int compareAndExchange32(long va, int expected, int value);

    /// Loads an aligned 32-bit word without faulting in, zero-extended; -1 when its page is not
    /// there. May be called with a spinning lock held: how a futex looks at its word under its
    /// queue's lock.
    long tryLoad32(long va);

    /// The page behind an address, faulted in for a read or, with `write`, for a store: what a device moves data from
    /// and to, and what a shared futex is known by. Null where the access could not be made.
    @Nullable
    PinnedPage pin(long va, boolean write);

    /// [#compareAndExchange32] without faulting in: the word found, zero-extended, or -1 when its
    /// page is not there or not writable.
    long tryCompareAndExchange32(long va, int expected, int value);
}
