/// A package to be wrong in.
@FixedWidth(
        name = "W",
        cpu = WCpu.class,
        state = WState.class,
        shared = WShared.class,
        registers = {
            @RegisterFile(fields = {"rd", "rn"}, array = "r"),
            @RegisterFile(fields = "|sb", array = "r", special = 3, reads = 3, writes = 3, base = "gone"),
            @RegisterFile(fields = {"vd", "vn"}, array = "v", halves = true)
        },
        records = "sub")
package w;

import faultline.core.isa.FixedWidth;
import faultline.core.isa.RegisterFile;
