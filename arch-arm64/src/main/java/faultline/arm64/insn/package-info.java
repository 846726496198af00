/// The instructions, one class per chapter of the Arm ARM, in its order.
///
/// A vector is `vd` with its arrangement `<t>` behind it, or `ed` where the whole register is read
/// whatever the arrangement; `bd` to `qd` are scalars in it, `fd` the one that `sz` says.
///
/// Meanings are pure static methods; the table rows above them say everything else. Fields have the
/// manual's names, in small letters; operands are `wn` and `xn` where the width is fixed, `rn` where
/// `sf` says it.
@NullMarked
@FixedWidth(
        name = "A64",
        cpu = A64Cpu.class,
        state = Nzcv.class,
        shared = Operands.class,
        registers = {
            @RegisterFile(
                    fields = {"rd", "rn", "rm", "ra", "rt", "rt2", "rs", "rs2"},
                    array = "x",
                    special = 31,
                    reads = A64Cpu.ZERO,
                    writes = A64Cpu.LOST,
                    views = {"w=32", "x=64"}),
            @RegisterFile(fields = "|sp", array = "x", special = 31, reads = A64Cpu.SP, writes = A64Cpu.SP),
            @RegisterFile(
                    fields = {"vd", "vn", "vm", "va", "vt", "vt2", "vt3", "vt4", "vn2", "vn3", "vn4"},
                    array = "v",
                    halves = true,
                    zeroes = true,
                    views = {
                        "b=8",
                        "h=16",
                        "s=32",
                        "d=64",
                        "q=128",
                        "e=128",
                        "f=sz(32,64)",
                        "f=size(8,16,32,64)",
                        "g=size(16,32,64,128)"
                    })
        },
        width = "sf",
        vectorWidth = "q",
        expanded = {"sz", "size"},
        conditions = {"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"},
        records = {"add", "sub", "logic"},
        fused = {"adds", "subs", "ands"},
        features = {
            "CRC32", "LSE", "RDM", "FP16", "DOTPROD", "LRCPC", "JSCVT", "FCMA", "FHM", "AES", "PMULL", "SHA1", "SHA256",
            "LOR", "SB", "DPB", "DPB2"
        })
package faultline.arm64.insn;

import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.cpu.Nzcv;
import faultline.core.isa.FixedWidth;
import faultline.core.isa.RegisterFile;
import org.jspecify.annotations.NullMarked;
