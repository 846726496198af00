/// The instructions, one class per chapter of the Intel SDM, in its order.
///
/// Meanings are pure static methods; the table rows above them say everything else.
@NullMarked
@OpcodeMap(
        name = "X86",
        cpu = X86Cpu.class,
        flags = Flags.class,
        glue = Glue.class,
        unit = SseUnit.class,
        conditions = {"o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"},
        keepsCarry = {"inc", "dec"},
        resultOnly = {"logic"},
        fused = {"add", "and", "dec", "inc", "sub"},
        // What compiled code executes most, by counts over integer loops and bash.
        pairs = {
            // Moves and arithmetic in registers, and what follows them.
            """
            mov.R64R64 mov.R32R32 movzx.R32R8 lea.R64M lea.R32M add.QuietR64I add.QuietR64R64 add.QuietR32I
            add.QuietR32R32 sub.QuietR64I shl.QuietR64I shr.QuietR64I xor.QuietR64R64 xor.R32R32 and.QuietR32I
            imul.QuietR64R64
            +
            mov.R64R64 mov.R32R32 movzx.R32R8 lea.R64M lea.R32M add.QuietR64I add.QuietR64R64 add.QuietR32I
            add.QuietR32R32 sub.QuietR64I shl.QuietR64I shr.QuietR64I shr.R32I xor.QuietR64R64 xor.R32R32 and.QuietR32I
            imul.QuietR64R64
            mov.R64M64 mov.R32M32 movzx.R32M8 mov.M64R64 mov.M32R32 mov.M8R8 push.R64 pop.R64
            """,
            """
            mov.R64R64 add.QuietR64I add.QuietR64R64 add.QuietR32I sub.QuietR64I
            +
            cmp.R64R64J* cmp.R64IJ* cmp.R32R32J* cmp.R32IJ*
            """,
            "add.QuietR64I add.QuietR64R64 mov.R64R64 + sub.R32IJ* sub.R64IJ*",
            // Loads and stores, and what follows them.
            """
            mov.R64M64 mov.R32M32 movzx.R32M8 mov.M64R64 mov.M32R32 mov.M8I xor.QuietR32M32
            +
            mov.R64R64 mov.R32R32 lea.R64M add.QuietR64I add.QuietR64R64 add.QuietR32R32 sub.QuietR64I xor.QuietR64R64
            shl.QuietR64I
            """,
            "mov.R64M64 mov.M64R64 + mov.R64M64 mov.M64R64",
            "mov.R32M32 + mov.R32M32 imul.QuietR32M32",
            "imul.QuietR32M32 + add.QuietR64I add.QuietR32R32",
            "mov.R64M64 + test.R64R64J* cmp.R64R64J*",
            "mov.R32M32 + test.R32R32J* cmp.R32IJ* cmp.R32R32J*",
            "movzx.R32M8 + test.R8R8J* cmp.R8IJ*",
            "xor.QuietR32M32 + cmp.R64R64J*",
            // Entry and exit of functions.
            "push.R64 + push.R64 mov.R64R64 sub.QuietR64I sub.R64I",
            "pop.R64 + pop.R64",
            "add.R64I + pop.R64 mov.R64R64"
        },
        features = {
            "ADX",
            "AES",
            "BMI1",
            "BMI2",
            "CLFLUSHOPT",
            "CLWB",
            "CX16",
            "FSGSBASE",
            "LAHF",
            "LZCNT",
            "MOVBE",
            "PCLMULQDQ",
            "PKU",
            "POPCNT",
            "PREFETCHW",
            "RDPID",
            "RDRAND",
            "RDSEED",
            "RDTSCP",
            "SSE3",
            "SSSE3",
            "SSE4_1",
            "SSE4_2",
            "XSAVE"
        })
package faultline.x86.insn;

import faultline.core.isa.OpcodeMap;
import faultline.x86.cpu.Flags;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.fp.SseUnit;
import org.jspecify.annotations.NullMarked;
