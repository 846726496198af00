package faultline.kernel.mm.uaccess;

import faultline.core.cpu.Cpu;
import faultline.core.cpu.Vcpu;
import faultline.core.mem.CodeModified;
import faultline.core.mem.Mem;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.GuestFault;
import faultline.core.mmu.Privilege;
import faultline.kernel.Errno;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.mm.fault.FaultContext;
import faultline.kernel.mm.fault.FaultEntry;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.mm.fault.PinnedPage;
import faultline.kernel.mm.pgtable.PageTableFormat;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The user memory of one task, reached through its page tables and the TLB of the vCPU it runs on.
///
/// Around each piece of at most a page the vCPU is in guest mode, so that a shootdown waits for the
/// access like for one of the guest's own. A fault leaves that mode first (I4), goes through the
/// architecture's entry with `userMode` false, and the piece is tried again.
public final class TaskMemory implements UserMemory {

    private static final int PAGE = PhysicalMemory.FRAME_BYTES;

    /// What a word access does; the widths are the machine's.
    private enum Word {
        LOAD8,
        LOAD16,
        LOAD32,
        LOAD64,
        STORE8,
        STORE16,
        STORE32,
        STORE64,
        COMPARE_AND_EXCHANGE32
    }

    /// What a piece of a bulk copy does.
    private enum Bulk {
        READ,
        WRITE,
        CLEAR
    }

    private static final byte[] NO_BYTES = {};
    private static final int STRING_PIECE = 256;

    /// More than one piece meets unless somebody works against it.
    private static final int MANY_FAULTS = 64;

    private final Cpu cpu;
    private final FaultEntry entry;
    private final FaultContext context;
    private final Gup gup;
    private final Runnable outOfMemory;
    private final long userEnd;

    /// `outOfMemory` is run where no frame could be had and the access is to be made again.
    public TaskMemory(
            Cpu cpu, FaultEntry entry, FaultContext context, PageTableFormat format, Gup gup, Runnable outOfMemory) {
        this.cpu = cpu;
        this.entry = entry;
        this.context = context;
        this.gup = gup;
        this.outOfMemory = outOfMemory;
        this.userEnd = format.userEnd();
    }

    @Override
    public ByteOrder byteOrder() {
        return cpu.vcpu().mem().byteOrder();
    }

    @Override
    public byte load8(long va) {
        return (byte) word(Word.LOAD8, va, 1, 0, 0);
    }

    @Override
    public short load16(long va) {
        return (short) word(Word.LOAD16, va, 2, 0, 0);
    }

    @Override
    public int load32(long va) {
        return (int) word(Word.LOAD32, va, 4, 0, 0);
    }

    @Override
    public long load64(long va) {
        return word(Word.LOAD64, va, 8, 0, 0);
    }

    @Override
    public void store8(long va, byte value) {
        word(Word.STORE8, va, 1, 0, value);
    }

    @Override
    public void store16(long va, short value) {
        word(Word.STORE16, va, 2, 0, value);
    }

    @Override
    public void store32(long va, int value) {
        word(Word.STORE32, va, 4, 0, value);
    }

    @Override
    public void store64(long va, long value) {
        word(Word.STORE64, va, 8, 0, value);
    }

    @Override
    public int compareAndExchange32(long va, int expected, int value) {
        return (int) word(Word.COMPARE_AND_EXCHANGE32, va, 4, expected, value);
    }

    @Override
    public long tryLoad32(long va) {
        return tryWord(Word.LOAD32, va, 0, 0);
    }

    @Override
    public long tryCompareAndExchange32(long va, int expected, int value) {
        return tryWord(Word.COMPARE_AND_EXCHANGE32, va, expected, value);
    }

    @Override
    public void read(long va, byte[] to, int offset, int length) {
        if (readPartial(va, to, offset, length) != length) {
            throw Errno.EFAULT.exception();
        }
    }

    @Override
    public void write(long va, byte[] from, int offset, int length) {
        if (writePartial(va, from, offset, length) != length) {
            throw Errno.EFAULT.exception();
        }
    }

    @Override
    public int readPartial(long va, byte[] to, int offset, int length) {
        return (int) bulk(Bulk.READ, va, to, offset, length);
    }

    @Override
    public int writePartial(long va, byte[] from, int offset, int length) {
        return (int) bulk(Bulk.WRITE, va, from, offset, length);
    }

    @Override
    public void clear(long va, long length) {
        if (bulk(Bulk.CLEAR, va, NO_BYTES, 0, length) != length) {
            throw Errno.EFAULT.exception();
        }
    }

    @Override
    public byte[] readString(long va, int limit) {
        byte[] bytes = new byte[Math.min(limit, STRING_PIECE)];
        int length = 0;
        while (length < limit) {
            int piece = (int) Math.min(Math.min(limit, bytes.length) - length, PAGE - ((va + length) & (PAGE - 1)));
            int copied = readPartial(va + length, bytes, length, piece);
            for (int i = length; i < length + copied; i++) {
                if (bytes[i] == 0) {
                    return Arrays.copyOf(bytes, i);
                }
            }
            if (copied != piece) {
                throw Errno.EFAULT.exception();
            }
            length += copied;
            if (length == bytes.length && length < limit) {
                bytes = Arrays.copyOf(bytes, Math.min(limit, length * 2));
            }
        }
        throw Errno.ENAMETOOLONG.exception();
    }

    @Override
    public @Nullable PinnedPage pin(long va, boolean write) {
        return gup.pin(context.mm(), cpu, va, write);
    }

    private long word(Word what, long va, int length, int expected, long value) {
        if (!isUserRange(va, length)) {
            throw Errno.EFAULT.exception();
        }
        for (int faults = 1; ; faults++) {
            Mem mem = begin();
            try {
                return access(mem, what, va, expected, value);
            } catch (GuestFault _) {
                cpu.latchFault(mem.lastFault());
            } catch (CodeModified _) {
                // The decoded instructions are dropped and nothing was stored: store again.
                continue;
            } finally {
                end(mem);
            }
            if (!faultIn(faults)) {
                throw Errno.EFAULT.exception();
            }
        }
    }

    /// One attempt without faulting in: the word zero-extended, or -1.
    private long tryWord(Word what, long va, int expected, long value) {
        if (!isUserRange(va, Integer.BYTES)) {
            return -1;
        }
        while (true) {
            Mem mem = begin();
            try {
                return access(mem, what, va, expected, value) & 0xffffffffL;
            } catch (GuestFault _) {
                return -1;
            } catch (CodeModified _) {
                // Dropped; store again.
            } finally {
                end(mem);
            }
        }
    }

    private static long access(Mem mem, Word what, long va, int expected, long value) {
        switch (what) {
            case LOAD8 -> {
                return mem.load8(va);
            }
            case LOAD16 -> {
                return mem.load16(va);
            }
            case LOAD32 -> {
                return mem.load32(va);
            }
            case LOAD64 -> {
                return mem.load64(va);
            }
            case STORE8 -> mem.store8(va, (byte) value);
            case STORE16 -> mem.store16(va, (short) value);
            case STORE32 -> mem.store32(va, (int) value);
            case STORE64 -> mem.store64(va, value);
            case COMPARE_AND_EXCHANGE32 -> {
                int found;
                do {
                    found = mem.load32ForWrite(va);
                } while (found == expected && !mem.cas32(va, expected, (int) value));
                return found;
            }
        }
        return 0;
    }

    /// Copies page by page until done or stuck; returns how far it came.
    private long bulk(Bulk what, long va, byte[] bytes, int offset, long length) {
        if (length < 0) {
            throw new IllegalArgumentException("uaccess: copies " + length + " bytes");
        }
        long done = 0;
        int faults = 0;
        while (done < length) {
            long at = va + done;
            int piece = (int) Math.min(length - done, PAGE - (at & (PAGE - 1)));
            if (!isUserRange(at, piece)) {
                return done;
            }
            Mem mem = begin();
            try {
                copy(mem, what, at, bytes, (int) (offset + done), piece);
                done += piece;
                faults = 0;
                continue;
            } catch (GuestFault _) {
                cpu.latchFault(mem.lastFault());
            } catch (CodeModified _) {
                // The decoded instructions are dropped: copy again.
                continue;
            } finally {
                end(mem);
            }
            if (!faultIn(++faults)) {
                return done;
            }
        }
        return done;
    }

    private static void copy(Mem mem, Bulk what, long va, byte[] bytes, int offset, int piece) {
        PhysicalMemory memory = mem.memory();
        switch (what) {
            case READ -> memory.read(mem.readable(va, piece), bytes, offset, piece);
            case WRITE -> memory.write(mem.writable(va, piece), bytes, offset, piece);
            case CLEAR -> memory.fill(mem.writable(va, piece), piece, (byte) 0);
        }
    }

    private boolean isUserRange(long va, int length) {
        return Long.compareUnsigned(va, userEnd - length) <= 0;
    }

    private Mem begin() {
        Vcpu vcpu = cpu.vcpu();
        vcpu.enterGuest();
        Mem mem = vcpu.mem();
        mem.setPrivilege(Privilege.KERNEL);
        return mem;
    }

    /// Back to kernel mode, on the same vCPU: nothing between the two blocks.
    private void end(Mem mem) {
        mem.setPrivilege(Privilege.USER);
        cpu.vcpu().enterKernel();
    }

    /// Handles the latched fault, the `count`th of one piece; false when the page cannot be had. May
    /// block and come back on another vCPU. Other threads may take a page away as often as it comes:
    /// a thread that is to die does not wait for the end of that.
    private boolean faultIn(int count) {
        FaultOutcome outcome = entry.handle(cpu, false, context);
        if (outcome instanceof FaultOutcome.OutOfMemory && count < MANY_FAULTS) {
            // Linux's allocator has somebody killed and tries again.
            outOfMemory.run();
            return !KernelThread.current().fatalSignalPending();
        }
        return outcome instanceof FaultOutcome.Done
                && (count < MANY_FAULTS || !KernelThread.current().fatalSignalPending());
    }
}
