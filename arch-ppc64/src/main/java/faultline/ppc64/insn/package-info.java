/// The instructions, one class per chapter of the Power ISA, in its order.
///
/// Meanings are pure static methods; the table rows above them say everything else. Fields have the
/// manual's names, in small letters. Operands are `rt`, `ra` … where all 64 bits count and `wt`,
/// `wa` … where the low word does; `frt` … are floating-point registers, `vrt` … vector registers,
/// `xt` … VSX registers, whose numbers have their sixth bit elsewhere in the word, and `ft` … the
/// high doublewords of those.
@NullMarked
@FixedWidth(
        name = "Ppc64",
        cpu = Ppc64Cpu.class,
        state = Ppc64State.class,
        shared = Operands.class,
        registers = {
            @RegisterFile(
                    fields = {"rt", "rs", "ra", "rb", "rc"},
                    array = "r",
                    views = {"w=32"}),
            @RegisterFile(fields = "|0", array = "r", special = 0, reads = Ppc64Cpu.NONE, writes = Ppc64Cpu.NONE),
            @RegisterFile(
                    fields = {"frt", "frs", "fra", "frb", "frc"},
                    array = "vsr",
                    halves = true,
                    bits = 64,
                    half = 1),
            @RegisterFile(
                    fields = {"vrt", "vrs", "vra", "vrb", "vrc"},
                    array = "vsr",
                    halves = true,
                    first = 32),
            @RegisterFile(
                    fields = {"xt", "xs", "xa", "xb", "xc"},
                    array = "vsr",
                    halves = true,
                    half = 1,
                    views = {"x=128", "f=64"})
        },
        conditions = {"lt", "gt", "eq", "un", "ge", "le", "ne", "ns"},
        records = {"cmp0", "cmpl0", "cr0"},
        features = {"P9"})
package faultline.ppc64.insn;

import faultline.core.isa.FixedWidth;
import faultline.core.isa.RegisterFile;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64State;
import org.jspecify.annotations.NullMarked;
