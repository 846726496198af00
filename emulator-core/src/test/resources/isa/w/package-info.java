/// A package to be wrong in.
@FixedWidth(
        name = "W",
        cpu = WCpu.class,
        state = WState.class,
        shared = WShared.class,
        registers = {
            @RegisterFile(fields = {"rd", "rn"}, array = "r"),
            @RegisterFile(fields = {"vd", "vn"}, array = "v", halves = true)
        },
        records = "sub")
package w;

import faultline.core.isa.FixedWidth;
import faultline.core.isa.RegisterFile;
