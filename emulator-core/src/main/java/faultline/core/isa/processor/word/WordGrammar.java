package faultline.core.isa.processor.word;

import faultline.core.isa.processor.form.Grammar;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.Methods;
import faultline.core.isa.processor.form.NodeSet;
import faultline.core.isa.processor.form.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Instructions that are words of 32 bits with fields.
public final class WordGrammar implements Grammar<Row> {

    /// Forms of one row; more would be a mistake.
    private static final int MOST_FORMS = 256;

    private final WordSpec spec;
    private final Methods methods;
    private final NodeSet nodes;

    /// Rows looked at for contradictions.
    private final List<Row> parsed = new ArrayList<>();

    /// The form numbers of a row.
    private final Map<Row, Numbers> forms = new LinkedHashMap<>();

    /// Numbers of forms by the values of the expanded fields; and where `hasBase`, the lowest bit says whether the base
    /// of the address is the special register.
    record Numbers(int[] forms, boolean hasBase) {}

    public WordGrammar(WordSpec spec, Methods methods) {
        this.spec = spec;
        this.methods = methods;
        this.nodes = new NodeSet(spec);
    }

    @Override
    public WordSpec spec() {
        return spec;
    }

    @Override
    public Row parse(String text, Meaning meaning) {
        Row row = Row.parse(text, meaning, spec);
        new Checks(spec, methods.of(meaning.owner())).row(row);
        parsed.add(row);
        return row;
    }

    @Override
    public @Nullable String conflict(Row row) {
        List<Row> before = parsed.subList(0, parsed.indexOf(row));
        return Checks.conflict(row, before, parsed);
    }

    @Override
    public void add(Row row) {
        List<String> expanded = expanded(spec, row);
        int count = 1;
        for (String field : expanded) {
            count <<= width(spec, row.encoding().field(field));
        }
        boolean hasBase = hasSpecialBase(row);
        if (count > MOST_FORMS) {
            throw new Refusal("row has " + count + " forms; fields " + expanded + " are expanded");
        }
        int[] numbers = new int[hasBase ? 2 * count : count];
        for (int at = 0; at < numbers.length; at++) {
            boolean special = hasBase && (at & 1) != 0;
            Map<String, Integer> constants = constants(row, expanded, hasBase ? at >> 1 : at);
            boolean beyond = constants.getOrDefault(Row.CONDITION, 0)
                            >= spec.conditions().size()
                    && row.isConditional();
            numbers[at] = beyond || isExcluded(row, constants)
                    ? 0
                    : number(new Form(spec, row, constants, special, false, -1));
        }
        forms.put(row, new Numbers(numbers, hasBase));
    }

    /// Whether a special base makes a form of its own: the address is used for something.
    private boolean hasSpecialBase(Row row) {
        Assembly.Operand base = row.specialBase();
        Plan plan = new Plan(
                spec,
                new Form(spec, row, Map.of(), false, false, -1),
                methods.of(row.meaning().owner()));
        return base != null && plan.sources().contains(base.field());
    }

    /// Whether a condition, or a bit, of the row says that these values are not meant.
    private static boolean isExcluded(Row row, Map<String, Integer> constants) {
        Encoding encoding = row.encoding();
        for (Map.Entry<String, Integer> constant : constants.entrySet()) {
            Encoding.Field field = encoding.field(constant.getKey());
            if (field.from() == null) {
                int bits = encoding.mask() >>> field.shift() & (1 << field.width()) - 1;
                if ((encoding.value() >>> field.shift() & bits) != (constant.getValue() & bits)) {
                    return true;
                }
            }
        }
        return encoding.excludes(constants);
    }

    private Map<String, Integer> constants(Row row, List<String> expanded, int at) {
        Map<String, Integer> constants = new LinkedHashMap<>();
        int left = at;
        for (String field : expanded.reversed()) {
            int bits = width(spec, row.encoding().field(field));
            constants.put(field, left & (1 << bits) - 1);
            left >>>= bits;
        }
        return constants;
    }

    private int number(Form form) {
        return nodes.number(new WordForm(form, methods.of(form.row().meaning().owner())));
    }

    /// The fields of a row whose every value makes a form, the condition of a branch among them.
    static List<String> expanded(WordSpec spec, Row row) {
        List<String> expanded = new ArrayList<>();
        for (Encoding.Field field : row.encoding().fields()) {
            boolean condition = field.name().equals(Row.CONDITION) && row.isConditional();
            if (!condition && spec.isExpanded(field.name())) {
                expanded.add(field.name());
            }
        }
        if (row.isConditional()) {
            // The first, because it may be derived and then have any number of bits.
            expanded.addFirst(Row.CONDITION);
        }
        return expanded;
    }

    /// How many bits choose among the values of an expanded field.
    static int width(WordSpec spec, Encoding.Field field) {
        return field.from() == null || field.width() != 0
                ? field.width()
                : Integer.SIZE - Integer.numberOfLeadingZeros(spec.conditions().size() - 1);
    }

    @Override
    public void addPairs(String text) {
        nodes.addPairs(text);
    }

    @Override
    public Map<String, String> sources() {
        Map<String, String> sources = nodes.sources();
        sources.put(spec.name() + "Decoder", new DecoderWriter(spec, nodes, forms).write());
        return sources;
    }

    @Override
    public List<Row> rows() {
        return List.copyOf(forms.keySet());
    }
}
