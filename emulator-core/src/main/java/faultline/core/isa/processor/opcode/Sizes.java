package faultline.core.isa.processor.opcode;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// How a row depends on the operand size.
enum Sizes {
    /// Not at all.
    NONE,
    /// 16, 32 or 64.
    SIZED,
    /// 32 or 64.
    SIZED_Y;

    private static final Set<String> AT_WIDTH = Set.of("rAX", "rCX", "rDX", "rBX", "rBP", "rSP", "rSI", "rDI", "bits");

    static Sizes of(Row row) {
        if (row.operands().stream().anyMatch(Operand::isSized)) {
            return SIZED;
        }
        if (row.operands().stream().anyMatch(o -> o.size().equals("y"))) {
            return SIZED_Y;
        }
        boolean general = row.operands().stream().anyMatch(o -> o.width(32) != 0 && !o.isImmediate());
        boolean atWidth = AT_WIDTH.contains(
                        row.effects().destination() == null ? "" : row.effects().destination())
                || row.meaning().parameters().stream().anyMatch(p -> AT_WIDTH.contains(p.name()));
        boolean stack = row.effects().has("d64") && !row.branches();
        return !general && atWidth || stack ? SIZED : NONE;
    }

    /// The sizes a row has forms for.
    static List<Integer> list(Row row) {
        Sizes sizes = of(row);
        List<Integer> list = new ArrayList<>();
        if (row.effects().has("f64")) {
            list.add(64);
        } else if (sizes == NONE) {
            list.add(32);
        } else {
            if (sizes == SIZED && row.prefix() != Row.Prefix.P66) {
                list.add(16);
            }
            if (!row.effects().has("d64")) {
                list.add(32);
            }
            list.add(64);
        }
        return list;
    }
}
