/// Forty instructions of Power, for the notation's sake.
@FixedWidth(
        name = "Power",
        cpu = PowerCpu.class,
        state = PowerState.class,
        shared = PowerShared.class,
        registers = {
            @RegisterFile(
                    fields = {"rt", "rs", "ra", "rb"},
                    array = "r"),
            @RegisterFile(fields = "|0", array = "r", special = 0, reads = 32, writes = 32),
            @RegisterFile(
                    fields = {"frt", "fra", "frb", "frc"},
                    array = "vsr",
                    halves = true,
                    bits = 64,
                    half = 1),
            @RegisterFile(
                    fields = {"vrt", "vra", "vrb"},
                    array = "vsr",
                    halves = true,
                    first = 32),
            @RegisterFile(
                    fields = {"xt", "xa", "xb"},
                    array = "vsr",
                    halves = true)
        },
        conditions = {
            "lt0", "gt0", "eq0", "so0", "ge0", "le0", "ne0", "ns0",
            "lt7", "gt7", "eq7", "so7", "ge7", "le7", "ne7", "ns7"
        },
        records = {"cmp0", "cr0"})
package power;

import faultline.core.isa.FixedWidth;
import faultline.core.isa.RegisterFile;
