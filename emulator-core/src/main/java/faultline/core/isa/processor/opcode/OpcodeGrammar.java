package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.Grammar;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.Methods;
import faultline.core.isa.processor.form.NodeSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Instructions of variable length with prefixes, an opcode in one of four maps and a ModRM byte.
public final class OpcodeGrammar implements Grammar<Row> {

    private final OpcodeMapSpec spec;
    private final Methods methods;
    private final NodeSet nodes;

    /// Rows looked at for contradictions, by map and opcode.
    private final Map<Integer, List<Row>> parsed = new HashMap<>();

    /// Rows with their form numbers, by map and opcode.
    private final Map<Integer, List<Row>> byOpcode = new TreeMap<>();

    /// The form numbers of a row, as the decoder indexes them.
    private final Map<Row, int[]> forms = new LinkedHashMap<>();

    public OpcodeGrammar(OpcodeMapSpec spec, Methods methods) {
        this.spec = spec;
        this.methods = methods;
        this.nodes = new NodeSet(spec);
    }

    @Override
    public OpcodeMapSpec spec() {
        return spec;
    }

    @Override
    public Row parse(String text, Meaning meaning) {
        Row row = new RowParser(spec.features(), spec.kinds()).parse(text, meaning);
        new Checks(spec, methods.of(meaning.owner())).row(row);
        return row;
    }

    @Override
    public @Nullable String conflict(Row row) {
        for (int i = 0; i < row.opcodes(); i++) {
            List<Row> others = parsed.computeIfAbsent(opcode(row, i), opcode -> new ArrayList<>());
            String conflict = Checks.conflict(row, others, Set.of(row));
            if (conflict != null) {
                return conflict;
            }
            others.add(row);
        }
        return null;
    }

    private static int opcode(Row row, int at) {
        return row.map() << 8 | row.opcode() + at;
    }

    @Override
    public void add(Row row) {
        forms.put(row, row.isCondition() && row.branches() ? conditionForms(row) : sizedForms(row));
        for (int i = 0; i < row.opcodes(); i++) {
            byOpcode.computeIfAbsent(opcode(row, i), opcode -> new ArrayList<>())
                    .add(row);
        }
    }

    private int[] conditionForms(Row row) {
        int first = 0;
        for (int condition = 0; condition < 16; condition++) {
            int number = number(new Form(row, 64, false, false, condition));
            first = condition == 0 ? number : first;
        }
        return new int[] {first};
    }

    private int number(Form form) {
        return nodes.number(
                new OpcodeForm(spec, form, methods.of(form.row().meaning().owner())));
    }

    /// Indexed like the decoder does: by size (16, 32, 64) if the row has sizes, register or
    /// memory, plain or locked.
    private int[] sizedForms(Row row) {
        boolean sized = Sizes.of(row) != Sizes.NONE;
        int[] table = new int[sized ? 12 : 4];
        for (int bits : Sizes.list(row)) {
            int at = !sized ? 0 : bits == 16 ? 0 : bits == 32 ? 4 : 8;
            boolean modrm = row.operands().stream().anyMatch(Operand::mayBeMemory);
            boolean fixedMemory = row.operands().stream().anyMatch(o -> o.place() == 'M' || o.place() == 'O');
            boolean register = row.mod() != Row.Mod.MEMORY && !fixedMemory;
            boolean memory = row.mod() != Row.Mod.REGISTER;
            if (register || !modrm) {
                table[at] = number(new Form(row, bits, false, false, -1));
            }
            if (memory && modrm) {
                boolean always = row.effects().has("locked");
                boolean opaque = row.meaning().isOpaque();
                int plain = number(new Form(row, bits, true, always && !opaque, -1));
                table[at + 2] = plain;
                if (row.effects().has("lock") || always) {
                    table[at + 3] = opaque || always ? plain : number(new Form(row, bits, true, true, -1));
                }
            } else if (!modrm) {
                table[at + 2] = table[at];
            }
        }
        int length = table.length;
        while (length > 1 && table[length - 1] == 0) {
            length--;
        }
        return Arrays.copyOf(table, length);
    }

    @Override
    public void addPairs(String text) {
        nodes.addPairs(text);
    }

    @Override
    public Map<String, String> sources() {
        Map<String, String> sources = nodes.sources();
        sources.put(spec.name() + "MemoryNode", DecoderWriter.memoryNode(spec));
        sources.put(spec.name() + "Decoder", new DecoderWriter(spec, nodes, byOpcode, forms).write());
        return sources;
    }

    @Override
    public List<Row> rows() {
        return List.copyOf(forms.keySet());
    }
}
