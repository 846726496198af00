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
