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
            @RegisterFile(
                    fields = "|sp",
                    array = "x",
                    special = 31,
                    reads = A64Cpu.SP,
                    writes = A64Cpu.SP,
                    base = "stackBase"),
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
        expanded = {"sz", "size", "shift"},
        conditions = {"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"},
        records = {"add", "sub", "logic"},
        fused = {"adds", "subs", "ands"},
        // What compiled code executes most, by counts over integer loops, bash and busybox.
        pairs = {
            // Moves and arithmetic in registers, and what follows them.
            """
            mov.X64X64 mov.X32X32 mov.X64I mov.X32I adr.X64I add.X64X64I add.X64X64 add.X32X32I add.X64X64X64
            add.X32X32X32 sub.X64X64I
            +
            mov.X64X64 mov.X32X32 mov.X64I mov.X32I adr.X64I add.X64X64I add.X64X64 add.X32X32I add.X64X64X64
            add.X32X32X32 sub.X64X64I lsl.X64X64I and.X64X64I and.X32X32I csinc.X64X64X64I
            ldr.X64MI ldrw.X32MI ldrb.X32MI ldp.X64X64MI ldp.X64X64MI_2 str.X64MI strw.X32MI stp.X64X64MI
            ldr.X64SpI ldrw.X32SpI ldp.X64X64SpI ldp.X64X64SpI_2 str.X64SpI strw.X32SpI stp.X64X64SpI
            b.Plain bl.Plain ret.Plain cbz.X64 cbnz.X64
            """,
            """
            add.X64X64X64 add.X64X64X64IShift0 sub.X64X64X64 lsl.X64X64I lsr.X64X64I and.X64X64I and.X32X32I eor.X64X64X64
            eor.X64X64X64IShift0 eor.X64X64X64IShift1 eor.X32X32X32 eor.X32X32X32IShift1 orr.X64X64X64 mul.X64X64X64
            +
            add.X64X64I add.X64X64X64 add.X64X64X64IShift0 sub.X64X64X64 lsl.X64X64I lsr.X64X64I and.X64X64I eor.X64X64X64
            eor.X64X64X64IShift0 eor.X64X64X64IShift1 eor.X32X32X32 eor.X32X32X32IShift1 orr.X64X64X64 mul.X64X64X64
            ldrw.X32MMI ldr.X64MMI ldrb.X32MM strw.X32MI strw.X32MI_2 strb.X32MM
            """,
            """
            mov.X64X64 add.X64X64I add.X32X32I add.X64X64X64 sub.X64X64I sub.X32X32I and.X64X64I and.X32X32I
            csinc.X64X64X64I eor.X32X32X32IShift1 madd.X64X64X64X64 madd.X32X32X32X32
            +
            cmp.X64X64J* cmp.X64IJ* cmp.X32X32J* cmp.X32IJ*
            """,
            "tst.X64I subs.X32X32I subs.X64X64I + add.X64X64I add.X64X64X64 add.X64X64X64IShift0",
            "mov.X64X64 mov.X32X32 + subs.X32X32X32J* subs.X32X32IJ* subs.X64X64IJ*",
            "add.X64X64X64 add.X64X64I add.X32X32I mov.X64I + bcond.Eq bcond.Ne",
            // Loads and stores, and what follows them.
            """
            ldr.X64MI ldrw.X32MI ldrb.X32MI str.X64MI strw.X32MI ldp.X64X64MI ldp.X64X64MI_2 stp.X64X64MI stp.X64X64MI_3
            ldr.X64SpI ldrw.X32SpI str.X64SpI strw.X32SpI ldp.X64X64SpI ldp.X64X64SpI_2 stp.X64X64SpI stp.X64X64SpI_3
            +
            mov.X64X64 mov.X64I mov.X32I adr.X64I add.X64X64I add.X64X64 sub.X64X64I add.X64X64X64
            ldr.X64MI ldrw.X32MI ldp.X64X64MI ldp.X64X64MI_2 str.X64MI strw.X32MI stp.X64X64MI
            ldr.X64SpI ldrw.X32SpI ldp.X64X64SpI ldp.X64X64SpI_2 str.X64SpI strw.X32SpI stp.X64X64SpI
            bl.Plain ret.Plain b.Plain
            """,
            """
            ldrw.X32MI ldrw.X32MI_2 ldrw.X32MMI ldrb.X32MI_2 ldrb.X32MM strw.X32MMI strb.X32MM strb.X32MI_2
            +
            add.X64X64I add.X32X32I add.X64X64X64 add.X32X32X32 lsl.X64X64I eor.X64X64X64
            eor.X64X64X64IShift0 eor.X64X64X64IShift1 eor.X32X32X32 eor.X32X32X32IShift1
            madd.X32X32X32X32 madd.X64X64X64X64 ldrw.X32MI ldrw.X32MI_2
            """,
            "ldr.X64MI ldr.X64SpI + cbz.X64 cbnz.X64 cmp.X64X64J* cmp.X64IJ* subs.X64X64X64",
            "ldrb.X32MI ldrb.X32MI_2 ldrb.X32MM + cbz.X32 cbnz.X32 cmp.X32IJ* cmp.X32X32J*",
            """
            ldrw.X32MI ldrw.X32MI_2 ldrw.X32MI_3 ldrw.X32MMI ldrw.X32SpI
            +
            cbz.X32 cbnz.X32 cmp.X32IJ* cmp.X32X32J* subs.X32X32I
            """,
            "strb.X32MI_2 strw.X32MI strw.X32MI_2 + cmp.X64X64J*"
        },
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
