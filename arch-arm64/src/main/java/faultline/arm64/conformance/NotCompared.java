package faultline.arm64.conformance;

import static faultline.core.conformance.Words.is;

import faultline.arm64.cpu.CpuModels;
import faultline.core.isa.table.InsnTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Rows that have no vectors, and why; and the same of random words.
final class NotCompared {

    private static final String CLOCK = "reads a clock";
    private static final String MODEL = "describes the model, not the emulator's";
    private static final String EMULATED = "the emulator's CPU has it, models here do not";

    private static final String ABSENT = "the emulator has it for kernels only";

    /// By the row's assembly.
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("svc #0x<imm>", "enters the kernel"),
            Map.entry("mrs xt, cntvct_el0", CLOCK),
            Map.entry("mrs xt, cntfrq_el0", CLOCK),
            Map.entry("mrs xt, ctr_el0", MODEL),
            Map.entry("mrs xt, dczid_el0", MODEL),
            Map.entry("mrs xt, <sysreg>", MODEL),
            Map.entry("dc zva, xt", "the emulator's block has 512 bytes, the model's 64"),
            Map.entry("msr ssbs, #0x<cm>", EMULATED),
            Map.entry("msr dit, #0x<cm>", EMULATED),
            Map.entry("msr tco, #0x<cm>", EMULATED),
            Map.entry("dc cvap, xt", ABSENT),
            Map.entry("dc cvadp, xt", ABSENT),
            Map.entry("<sysop>, xt", EMULATED));

    private NotCompared() {}

    /// The rows of a table that are not compared: those above, and those that no model executes.
    static Map<String, String> of(List<InsnTable.Row> rows) {
        Map<String, String> all = new HashMap<>();
        for (InsnTable.Row row : rows) {
            String reason = REASONS.get(row.assembly());
            if (reason != null) {
                all.put(row.text(), reason);
            } else if (!row.feature().isEmpty() && !CpuModels.max().has(row.feature())) {
                all.put(row.text(), "no model has " + row.feature());
            }
        }
        return all;
    }

    /// System registers and instructions: the emulator's have more names than a model here.
    static boolean isWord(int word) {
        return is(word, 0xffc00000, 0xd5000000) && !is(word, 0xfffff01f, 0xd503201f);
    }
}
