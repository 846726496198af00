package faultline.ppc64.conformance;

import faultline.core.arch.CpuModel;
import faultline.core.isa.table.InsnTable;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Rows that have no vectors, and why.
final class NotCompared {

    private static final String KERNEL = "enters the kernel";
    private static final String CLOCK = "reads a clock";
    private static final String MODEL = "describes the model, not the emulator's";
    private static final String ALIGNMENT = "raises an alignment interrupt, at which the emulator ends";
    private static final String NUMBER = "returns a random number";

    private static final String UNKNOWN = "the emulator does not know it";
    private static final String SUPERVISOR = "the emulator has it for kernels only";
    private static final String OTHERS = "the emulator has other registers";
    private static final String PRIORITY = "reads what is no word of a state";

    /// By the row's mnemonic, or its assembly.
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("sc", KERNEL),
            Map.entry("scv", KERNEL),
            Map.entry("mftb", CLOCK),
            Map.entry("mftbu", CLOCK),
            Map.entry("mfpvr", MODEL),
            Map.entry("mfctrl", MODEL),
            Map.entry("mfppr", PRIORITY),
            Map.entry("mfppr32", SUPERVISOR),
            Map.entry("mtppr32", SUPERVISOR),
            Map.entry("mfudscr", SUPERVISOR),
            Map.entry("mtudscr", SUPERVISOR),
            Map.entry("mfuamr", SUPERVISOR),
            Map.entry("mtuamr", SUPERVISOR),
            Map.entry("mfspr rt,spr", OTHERS),
            Map.entry("mtspr spr,rs", OTHERS),
            Map.entry("icbt", UNKNOWN),
            Map.entry("vexptefp", "the emulator's estimate is further off than the manual allows"),
            Map.entry("dcbflp", UNKNOWN),
            Map.entry("wait", "the emulator ends"),
            Map.entry("darn", NUMBER));

    /// What raises an alignment interrupt in little-endian order.
    private static final Set<String> BIG_ENDIAN = Set.of("lmw", "stmw", "lswi", "lswx", "stswi", "stswx");

    private NotCompared() {}

    /// The rows of a table that are not compared on a model: those above, and those it does not execute.
    static Map<String, String> of(List<InsnTable.Row> rows, CpuModel model, ByteOrder order) {
        Map<String, String> all = new HashMap<>();
        for (InsnTable.Row row : rows) {
            String reason = REASONS.getOrDefault(row.assembly(), REASONS.get(row.mnemonic()));
            if (order == ByteOrder.LITTLE_ENDIAN && BIG_ENDIAN.contains(row.mnemonic())) {
                reason = ALIGNMENT;
            }
            if (reason != null) {
                all.put(row.text(), reason);
            } else if (!row.feature().isEmpty() && !model.has(row.feature())) {
                all.put(row.text(), model.name() + " does not have it");
            }
        }
        return all;
    }
}
