package faultline.kernel.vfs.tty;

import faultline.kernel.FlagMap;
import faultline.kernel.mm.uaccess.UserMemory;
import java.util.List;
import java.util.stream.IntStream;

/// How an architecture has `struct termios`: where its members are, which control character is which, and the bits of
/// its flags (`uapi/asm/termbits.h`). [Termios] has asm-generic's.
///
/// @param modern whether there is one struct, `c_line` behind `c_cc` and speeds at its end; else the speeds are in
///     `struct termios2` alone, and `c_line` stands before `c_cc`
/// @param characters the kernel's index of each control character of a program
/// @param input the bits of `c_iflag`
/// @param output those of `c_oflag`
/// @param control those of `c_cflag`, without the speeds
/// @param local those of `c_lflag`
/// @param speeds how `c_cflag` has its speeds
public record TermiosLayout(
        boolean modern,
        List<Integer> characters,
        FlagMap input,
        FlagMap output,
        FlagMap control,
        FlagMap local,
        SpeedCodes speeds) {

    /// The speeds in `c_cflag`: CBAUD, and CIBAUD 16 bits higher.
    public enum SpeedCodes {
        /// Codes 0 to 15, and 15 more and BOTHER behind a bit of their own.
        EXTENDED {
            @Override
            int toKernel(int code) {
                return code;
            }

            @Override
            int toUser(int code) {
                return code;
            }

            @Override
            int mask() {
                return EXTENSION | 0xf;
            }
        },
        /// One code behind the other, BOTHER the last.
        CONSECUTIVE {
            @Override
            int toKernel(int code) {
                return code == OTHER ? EXTENSION : code <= 0xf ? code : EXTENSION | code - 0xf & 0xf;
            }

            @Override
            int toUser(int code) {
                return code == EXTENSION ? OTHER : (code & EXTENSION) == 0 ? code : (code & 0xf) + 0xf;
            }

            @Override
            int mask() {
                return 0xff;
            }
        };

        private static final int EXTENSION = 0x1000;
        private static final int OTHER = 0x1f;

        abstract int toKernel(int code);

        abstract int toUser(int code);

        /// Of a program's codes.
        abstract int mask();
    }

    private static final int FLAGS_BYTES = 16;
    private static final int SPEEDS = 36;
    private static final int INPUT_SPEED_SHIFT = 16;

    /// Both structs of `asm-generic/termbits.h`.
    public static final TermiosLayout GENERIC = new TermiosLayout(
            false,
            IntStream.range(0, Termios.NCCS).boxed().toList(),
            FlagMap.SAME,
            FlagMap.SAME,
            FlagMap.SAME,
            FlagMap.SAME,
            SpeedCodes.EXTENDED);

    public TermiosLayout {
        characters = List.copyOf(characters);
    }

    /// Reads `struct termios` or, with speeds, `struct termios2`.
    Termios read(UserMemory memory, long va, boolean withSpeeds) {
        byte[] there = new byte[Termios.NCCS];
        memory.read(va + charactersAt(), there, 0, there.length);
        byte[] cc = new byte[Termios.NCCS];
        for (int i = 0; i < there.length; i++) {
            cc[characters.get(i)] = there[i];
        }
        return new Termios(
                input.toKernel(memory.load32(va)),
                output.toKernel(memory.load32(va + 4)),
                control(memory.load32(va + 8)),
                local.toKernel(memory.load32(va + 12)),
                memory.load8(va + lineAt()),
                cc,
                withSpeeds || modern ? memory.load32(va + SPEEDS) : Termios.DEFAULT_SPEED,
                withSpeeds || modern ? memory.load32(va + SPEEDS + 4) : Termios.DEFAULT_SPEED);
    }

    void write(UserMemory memory, long va, Termios termios, boolean withSpeeds) {
        memory.store32(va, input.toUser(termios.iflag()));
        memory.store32(va + 4, output.toUser(termios.oflag()));
        memory.store32(va + 8, userControl(termios.cflag()));
        memory.store32(va + 12, local.toUser(termios.lflag()));
        memory.store8(va + lineAt(), (byte) termios.line());
        byte[] cc = new byte[Termios.NCCS];
        for (int i = 0; i < cc.length; i++) {
            cc[i] = (byte) termios.character(characters.get(i));
        }
        memory.write(va + charactersAt(), cc, 0, cc.length);
        if (withSpeeds || modern) {
            memory.store32(va + SPEEDS, termios.ispeed());
            memory.store32(va + SPEEDS + 4, termios.ospeed());
        }
    }

    private int charactersAt() {
        return modern ? FLAGS_BYTES : FLAGS_BYTES + 1;
    }

    private int lineAt() {
        return modern ? FLAGS_BYTES + Termios.NCCS : FLAGS_BYTES;
    }

    private int control(int flags) {
        int mask = speeds.mask();
        return control.toKernel(flags & ~(mask | mask << INPUT_SPEED_SHIFT))
                | speeds.toKernel(flags & mask)
                | speeds.toKernel(flags >>> INPUT_SPEED_SHIFT & mask) << INPUT_SPEED_SHIFT;
    }

    private int userControl(int flags) {
        int mask = SpeedCodes.EXTENDED.mask();
        return control.toUser(flags & ~(mask | mask << INPUT_SPEED_SHIFT))
                | speeds.toUser(flags & mask)
                | speeds.toUser(flags >>> INPUT_SPEED_SHIFT & mask) << INPUT_SPEED_SHIFT;
    }
}
