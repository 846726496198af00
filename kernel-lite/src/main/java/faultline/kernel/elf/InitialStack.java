package faultline.kernel.elf;

import faultline.kernel.mm.uaccess.UserMemory;
import java.util.ArrayList;
import java.util.List;

/// The stack a new program starts with: strings at the top, below them the auxiliary vector,
/// environment and argument pointers, and argc where the stack pointer points (psABI, "Process
/// Initialization").
final class InitialStack {

    static final int AT_NULL = 0;
    static final int AT_PHDR = 3;
    static final int AT_PHENT = 4;
    static final int AT_PHNUM = 5;
    static final int AT_PAGESZ = 6;
    static final int AT_BASE = 7;
    static final int AT_FLAGS = 8;
    static final int AT_ENTRY = 9;
    static final int AT_UID = 11;
    static final int AT_EUID = 12;
    static final int AT_GID = 13;
    static final int AT_EGID = 14;
    static final int AT_PLATFORM = 15;
    static final int AT_HWCAP = 16;
    static final int AT_CLKTCK = 17;
    static final int AT_SECURE = 23;
    static final int AT_BASE_PLATFORM = 24;
    static final int AT_RANDOM = 25;
    static final int AT_HWCAP2 = 26;
    static final int AT_EXECFN = 31;
    static final int AT_SYSINFO_EHDR = 33;
    static final int AT_MINSIGSTKSZ = 51;

    static final int RANDOM_BYTES = 16;
    private static final int WORD = 8;

    private final UserMemory memory;
    private final List<Long> auxv = new ArrayList<>();
    private long pointer;

    long argStart;
    long argEnd;
    long envStart;
    long envEnd;

    /// Begins at `top`, where the highest word stays zero.
    InitialStack(UserMemory memory, long top) {
        this.memory = memory;
        this.pointer = top - WORD;
    }

    /// How many bytes the strings of a program take.
    static long stringBytes(List<byte[]> strings) {
        long bytes = 0;
        for (byte[] string : strings) {
            bytes += string.length + 1;
        }
        return bytes;
    }

    /// Puts a NUL-terminated string on the stack; returns where.
    long push(byte[] string) {
        pointer -= string.length + 1;
        memory.write(pointer, string, 0, string.length);
        memory.store8(pointer + string.length, (byte) 0);
        return pointer;
    }

    /// Puts bytes on the stack.
    long pushRaw(byte[] bytes) {
        pointer -= bytes.length;
        memory.write(pointer, bytes, 0, bytes.length);
        return pointer;
    }

    /// Puts arguments and environment on the stack, so that they lie in one piece in the program's
    /// order.
    void pushStrings(List<byte[]> argv, List<byte[]> envp, List<Long> argPointers, List<Long> envPointers) {
        envEnd = pointer;
        envStart = pushAll(envp, envPointers);
        argEnd = pointer;
        argStart = pushAll(argv, argPointers);
    }

    private long pushAll(List<byte[]> strings, List<Long> pointers) {
        for (byte[] string : strings.reversed()) {
            pointers.addFirst(push(string));
        }
        return pointer;
    }

    /// Adds an entry to the auxiliary vector.
    void aux(int type, long value) {
        auxv.add((long) type);
        auxv.add(value);
    }

    /// The auxiliary vector's size, its end mark included.
    int auxvBytes() {
        return (auxv.size() + 2) * WORD;
    }

    /// Writes the vectors; returns the stack pointer, 16-byte aligned. The auxiliary vector ends at
    /// `result + (1 + argc + 1 + envc + 1) * 8 + auxvBytes()`.
    long finish(List<Long> argPointers, List<Long> envPointers) {
        int words = 1 + argPointers.size() + 1 + envPointers.size() + 1 + auxv.size() + 2;
        long start = pointer - (long) words * WORD & -16L;
        long at = start;
        at = word(at, argPointers.size());
        at = words(at, argPointers);
        at = word(at, 0);
        at = words(at, envPointers);
        at = word(at, 0);
        at = words(at, auxv);
        at = word(at, AT_NULL);
        word(at, 0);
        return start;
    }

    private long words(long at, List<Long> values) {
        long next = at;
        for (long value : values) {
            next = word(next, value);
        }
        return next;
    }

    private long word(long at, long value) {
        memory.store64(at, value);
        return at + WORD;
    }
}
