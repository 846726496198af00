package faultline.core.isa.processor.word;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Finds the few rows that a word may match by looking at groups of its bits.
///
/// A row that leaves bits of the group open is in every branch they lead to.
sealed interface DecisionTree {

    /// Look at `width` bits from `shift` on; values without a branch match nothing.
    record Choice(int shift, int width, Map<Integer, DecisionTree> branches) implements DecisionTree {}

    /// Try these rows, in this order.
    record Leaf(List<Row> rows) implements DecisionTree {}

    /// Rows that are tried one after another.
    int SMALL = 3;

    /// Bits looked at at once.
    int WIDEST = 8;

    /// The tree of rows that are sorted in the order in which they are to be tried.
    static DecisionTree of(List<Row> rows) {
        return tree(rows);
    }

    private static DecisionTree tree(List<Row> rows) {
        if (rows.size() <= SMALL) {
            return new Leaf(rows);
        }
        Choice best = null;
        double bestCost = rows.size();
        for (int width = 1; width <= WIDEST; width++) {
            for (int shift = 0; shift + width <= 32; shift++) {
                double cost = cost(rows, shift, width);
                if (cost < bestCost * 0.98) {
                    best = new Choice(shift, width, Map.of());
                    bestCost = cost;
                }
            }
        }
        return best == null ? new Leaf(rows) : split(rows, best.shift(), best.width());
    }

    /// Rows left on the average, and something for every branch.
    private static double cost(List<Row> rows, int shift, int width) {
        double left = 0;
        for (Row row : rows) {
            left += 1.0 / (1 << Integer.bitCount(row.encoding().mask() >>> shift & (1 << width) - 1));
        }
        return left + (1 << width) / 64.0;
    }

    private static DecisionTree split(List<Row> rows, int shift, int width) {
        Map<Integer, DecisionTree> branches = new TreeMap<>();
        int bits = (1 << width) - 1;
        for (int value = 0; value <= bits; value++) {
            List<Row> matching = new ArrayList<>();
            for (Row row : rows) {
                int mask = row.encoding().mask() >>> shift & bits;
                if ((row.encoding().value() >>> shift & mask) == (value & mask)) {
                    matching.add(row);
                }
            }
            if (!matching.isEmpty()) {
                branches.put(value, matching.size() == rows.size() ? new Leaf(matching) : tree(matching));
            }
        }
        return new Choice(shift, width, branches);
    }
}
