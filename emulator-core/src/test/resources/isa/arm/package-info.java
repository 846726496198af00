/// Forty instructions of A64, for the notation's sake.
@FixedWidth(
        name = "Arm",
        cpu = ArmCpu.class,
        state = ArmState.class,
        shared = ArmShared.class,
        registers = {
            @RegisterFile(
                    fields = {"rd", "rn", "rm", "ra", "rt", "rt2", "rs"},
                    array = "x",
                    special = 31,
                    reads = 31,
                    writes = 33,
                    views = {"w=32", "x=64"}),
            @RegisterFile(fields = "|sp", array = "x", special = 31, reads = 32, writes = 32, base = "stackBase"),
            @RegisterFile(
                    fields = {"vd", "vn", "vm", "vt"},
                    array = "v",
                    halves = true,
                    zeroes = true,
                    views = {"b=8", "h=16", "s=32", "d=64", "q=128", "e=size(8,16,32,64)", "f=size(16,32,64,128)"})
        },
        width = "sf",
        vectorWidth = "q",
        expanded = "size",
        conditions = {
            "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"
        },
        records = {"add", "sub", "logic"},
        fused = "subs",
        pairs = {"add.X64X64I + subs.X64X64X64J*", "ldr.X64SpI + ldr.X64MI ldr.X64SpI"},
        features = "LSE")
package arm;

import faultline.core.isa.FixedWidth;
import faultline.core.isa.RegisterFile;
