package faultline.kernel.vfs;

import java.util.Map;

/// How an architecture numbers the commands of `ioctl`. The kernel has asm-generic's numbers, [Ioctls].
public final class IoctlNumbers {

    /// No command of the kernel.
    public static final int UNKNOWN = -1;

    private static final int SIZE_SHIFT = 16;

    /// How a number says direction and size, above the 16 bits of type and number (`uapi/asm/ioctl.h`).
    ///
    /// @param sizeBits how wide the size is; the direction stands above it
    /// @param none the direction of a command without an argument to copy
    /// @param read the bit of one that the program reads
    /// @param write the bit of one that it writes
    public record Encoding(int sizeBits, int none, int read, int write) {

        /// `asm-generic/ioctl.h`.
        public static final Encoding GENERIC = new Encoding(14, 0, 2, 1);

        private int direction(int number) {
            return number >>> SIZE_SHIFT + sizeBits;
        }

        /// A number of this encoding in the generic one.
        private int toGeneric(int number) {
            int direction = direction(number);
            int size = number >>> SIZE_SHIFT & (1 << sizeBits) - 1;
            int generic = ((direction & read) != 0 ? GENERIC.read : 0) | ((direction & write) != 0 ? GENERIC.write : 0);
            return generic << SIZE_SHIFT + GENERIC.sizeBits | size << SIZE_SHIFT | number & 0xffff;
        }
    }

    /// Asm-generic's.
    public static final IoctlNumbers GENERIC = new IoctlNumbers(Encoding.GENERIC, Map.of());

    private final Encoding encoding;
    private final Map<Integer, Integer> toKernel;

    /// Numbers in an encoding; `toKernel` has the kernel's by the program's where they differ otherwise. The kernel's
    /// own number of such a command is none of a program.
    public IoctlNumbers(Encoding encoding, Map<Integer, Integer> toKernel) {
        this.encoding = encoding;
        this.toKernel = Map.copyOf(toKernel);
    }

    /// A program's number as the kernel has it, or [#UNKNOWN].
    public int toKernel(int number) {
        Integer own = toKernel.get(number);
        if (own != null) {
            return own;
        }
        int generic = isLiteral(number) ? number : recoded(number);
        return toKernel.containsValue(generic) ? UNKNOWN : generic;
    }

    /// Commands of terminals and sockets from before there was an encoding are bare numbers, everywhere.
    private static boolean isLiteral(int number) {
        return number >>> SIZE_SHIFT == 0 && (number >>> 8 == 'T' || number >>> 8 == 0x89);
    }

    /// The number in the generic encoding. Where that of a command without an argument is no bare number, a bare number
    /// is no command, and a command is none of those that are bare.
    private int recoded(int number) {
        if (encoding.equals(Encoding.GENERIC)) {
            return number;
        }
        int generic = encoding.toGeneric(number);
        return encoding.none != 0 && encoding.direction(number) == 0 || isLiteral(generic) ? UNKNOWN : generic;
    }
}
