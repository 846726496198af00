/// The instructions, one class per chapter of the Power ISA, in its order.
///
/// Meanings are pure static methods; the table rows above them say everything else. Fields have the
/// manual's names, in small letters. Operands are `rt`, `ra` … where all 64 bits count and `wt`,
/// `wa` … where the low word does; `frt` … are floating-point registers, `vrt` … vector registers,
/// `xt` … VSX registers, whose numbers have their sixth bit elsewhere in the word, and `ft` … the
/// high doublewords of those; so are `gt` …, which are written as the floating-point or vector
/// registers they are part of.
@NullMarked
@FixedWidth(
        name = "Ppc64",
        cpu = Ppc64Cpu.class,
        state = Ppc64State.class,
        shared = Operands.class,
        registers = {
            @RegisterFile(
                    fields = {"rt", "rt2", "rs", "rs2", "ra", "rb", "rc"},
                    array = "r",
                    views = {"w=32"}),
            @RegisterFile(fields = "|0", array = "r", special = 0, reads = Ppc64Cpu.NONE, writes = Ppc64Cpu.NONE),
            @RegisterFile(
                    fields = {"frt", "frt2", "frs", "frs2", "fra", "frb", "frc"},
                    array = "vsr",
                    halves = true,
                    bits = 64,
                    half = 1,
                    zeroes = true),
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
                    zeroes = true,
                    views = {"x=128", "f=64", "g=64"})
        },
        expanded = "size",
        conditions = {"lt", "gt", "eq", "un", "ge", "le", "ne", "ns"},
        records = {"cmp0", "cmpl0", "cr0"},
        fused = {"andi", "mr", "xor", "subf", "add", "and", "or", "rlwinm", "rldicl", "extsw"},
        // What compiled code executes most, by counts over integer loops, bash and busybox.
        pairs = {
            // Moves, constants and addresses, and what follows them.
            """
            mr.R64R64 li.R64I li.R64I_2 addi.R64R64I addi.R64R64I_2 ori.R64R64I nop.Plain mtlr.R64
            +
            mr.R64R64 li.R64I li.R64I_2 addi.R64R64I addi.R64R64I_2 ori.R64R64I nop.Plain add.R64R64R64 extsw.R64R64
            rldicl.R64R64II rldicl.R64R64I ld.R64IM lwz.R64IM lbz.R64IM std.R64IM stw.R64IM b.Plain bl.Plain blr.Plain
            bc0.Eq bc0.Ne bdnz.Plain
            """,
            // Arithmetic in registers.
            """
            add.R64R64R64 subf.R64R64R64 xor.R64R64R64 mulld.R64R64R64 mullw.R64R64R64 extsw.R64R64
            rldicl.R64R64II rldicl.R64R64I rldicr.R64R64II rlwinm.R64R64III rlwinm.R64R64I rldic.R64R64II
            +
            addi.R64R64I add.R64R64R64 subf.R64R64R64 xor.R64R64R64 mulld.R64R64R64 mullw.R64R64R64 extsw.R64R64
            rldicl.R64R64II rldicl.R64R64I rldicr.R64R64II rlwinm.R64R64III rlwinm.R64R64I rldic.R64R64II
            ld.R64R64R64 lwz.R64R64R64 lbz.R64R64R64 stw.R64R64R64 stb.R64R64R64 stw.R64IM bdnz.Plain
            """,
            """
            addi.R64R64I add.R64R64R64 mr.R64R64 extsw.R64R64 rldicl.R64R64I rlwinm.R64R64III mulld.R64R64R64
            ld.R64IM lwz.R64IM lwz.R64IM_2 lbz.R64IM lbz.R64IM_2 lwz.R64R64R64 lbz.R64R64R64 stb.R64R64R64
            +
            cmp.R64R64J* cmp.R64IJ* cmp.R32R32J* cmp.R32IJ*
            """,
            "addi.R64R64I add.R64R64R64 ld.R64IM mr.R64R64 + cmpl.R64R64J*",
            "lbz.R64IM mr.R64R64 + cmpl.R32IJ*",
            // Loads and stores, and what follows them.
            """
            ld.R64IM std.R64IM lwz.R64IM stw.R64IM lbz.R64IM stb.R64IM
            +
            mr.R64R64 li.R64I addi.R64R64I addi.R64R64I_2 add.R64R64R64 ld.R64IM std.R64IM std.R64IM_2 lwz.R64IM stw.R64IM
            lbz.R64IM stb.R64IM stb.R64IM_2 mtlr.R64 nop.Plain b.Plain bl.Plain bdnz.Plain
            """,
            """
            lwz.R64IM_2 lbz.R64IM_2 lwz.R64R64R64 lbz.R64R64R64 ld.R64R64R64
            +
            addi.R64R64I add.R64R64R64 xor.R64R64R64 mullw.R64R64R64 rldicl.R64R64I rldicr.R64R64II rlwinm.R64R64I
            lwz.R64R64R64 lwz.R64IM_2 stw.R64R64R64
            """,
            "stw.R64R64R64 stw.R64IM_2 stb.R64IM_2 + bdnz.Plain addi.R64R64I",
            "lwz.R64IM ld.R64IM + mullw.R64R64R64 mulld.R64R64R64",
            "addi.R64R64I + stw.R64R64R64"
        },
        features = {"P9"})
package faultline.ppc64.insn;

import faultline.core.isa.FixedWidth;
import faultline.core.isa.RegisterFile;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64State;
import org.jspecify.annotations.NullMarked;
