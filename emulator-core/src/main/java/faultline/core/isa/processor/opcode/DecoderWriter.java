package faultline.core.isa.processor.opcode;

import faultline.core.isa.processor.form.Effects;
import faultline.core.isa.processor.form.FactoryWriter;
import faultline.core.isa.processor.form.NodeSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// Writes the decoder: the rows of each opcode, in methods well below the size that the JVM's
/// compilers refuse.
final class DecoderWriter {

    /// A row is about 50 bytes of code; an opcode has one to thirty.
    private static final int OPCODES_PER_METHOD = 4;

    /// As the decoder tries them.
    private static final Comparator<Row> MOST_SPECIFIC_FIRST =
            Comparator.comparingInt(Row::rank).reversed();

    private final OpcodeMapSpec spec;
    private final NodeSet nodes;
    private final Map<Integer, List<Row>> byOpcode;
    private final Map<Row, int[]> forms;

    DecoderWriter(OpcodeMapSpec spec, NodeSet nodes, Map<Integer, List<Row>> byOpcode, Map<Row, int[]> forms) {
        this.spec = spec;
        this.nodes = nodes;
        this.byOpcode = byOpcode;
        this.forms = forms;
    }

    String write() {
        String name = spec.name() + "Decoder";
        StringBuilder text = new StringBuilder();
        text.append("package ").append(spec.packageName()).append(";\n\n");
        for (String i : List.of(
                "faultline.core.arch.CpuModel",
                "faultline.core.cpu.Cpu",
                "faultline.core.cpu.GuestTrap",
                "faultline.core.engine.Node",
                "faultline.core.isa.OpcodeDecoder",
                "faultline.core.isa.OpcodeInsn",
                "faultline.core.isa.OpcodeRow",
                "faultline.core.mem.Mem")) {
            text.append("import ").append(i).append(";\n");
        }
        text.append("\n/// The decoder: rows by opcode and nodes by form. Generated from the table rows.\n");
        text.append("public final class ").append(name).append(" extends OpcodeDecoder {\n\n");
        text.append("    private static final OpcodeRow[] NONE = {};\n\n");
        text.append("    public ").append(name).append("(CpuModel model) {\n        super(model);\n    }\n\n");
        rows(text);
        text.append(FactoryWriter.methods(nodes, spec.insnName()));
        illegal(text);
        return text.append("}\n").toString();
    }

    private void rows(StringBuilder text) {
        Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
        byOpcode.keySet()
                .forEach(key -> groups.computeIfAbsent(key / OPCODES_PER_METHOD, group -> new ArrayList<>())
                        .add(key));
        text.append("    @Override\n    protected OpcodeRow[] rows(int map, int opcode) {\n");
        text.append("        int key = map << 8 | opcode;\n        return switch (key / ");
        text.append(OPCODES_PER_METHOD).append(") {\n");
        groups.keySet()
                .forEach(
                        g -> text.append("            case %d -> rows%X(key);%n".formatted(g, g * OPCODES_PER_METHOD)));
        text.append("            default -> NONE;\n        };\n    }\n");
        groups.forEach((g, keys) -> {
            text.append("\n    private static OpcodeRow[] rows%X(int key) {%n".formatted(g * OPCODES_PER_METHOD));
            text.append("        return switch (key) {\n");
            keys.forEach(key -> opcode(text, key));
            text.append("            default -> NONE;\n        };\n    }\n");
        });
    }

    private void opcode(StringBuilder text, int key) {
        List<Row> rows = new ArrayList<>(byOpcode.get(key));
        rows.sort(MOST_SPECIFIC_FIRST);
        text.append("            case 0x%03x -> new OpcodeRow[] {%n".formatted(key));
        for (Row row : rows) {
            // Processors take PAUSE, the one of these with a prefix, whatever REX.B says.
            boolean b0 = row.opcodes() == 1
                    && row.prefix() == Row.Prefix.ANY
                    && rows.stream().anyMatch(r -> r.opcodes() == 8);
            text.append("                // ").append(row.text().strip()).append('\n');
            text.append("                new OpcodeRow(")
                    .append(match(row, b0))
                    .append(", ")
                    .append(how(row));
            text.append(", ").append(row.feature() == null ? "null" : '"' + row.feature() + '"');
            text.append(", \"")
                    .append(row.assembly())
                    .append("\", \"")
                    .append(row.immediates())
                    .append("\", \"");
            text.append(row.operands().stream().map(Operand::text).collect(Collectors.joining(",")))
                    .append('"');
            for (int form : Objects.requireNonNull(forms.get(row))) {
                text.append(", ").append(form);
            }
            text.append("),\n");
        }
        text.append("            };\n");
    }

    private static String match(Row row, boolean b0) {
        List<String> bits = new ArrayList<>();
        switch (row.prefix()) {
            case ANY -> {}
            case NONE, NO_REPEAT, P66, PF3, PF2 -> bits.add("OpcodeRow." + row.prefix());
        }
        if (row.modrm()) {
            bits.add("OpcodeRow.MODRM");
        }
        if (row.mod() != Row.Mod.ANY) {
            bits.add("OpcodeRow." + row.mod());
        }
        if (row.w() >= 0) {
            bits.add("OpcodeRow.W" + row.w());
        }
        if (row.l() >= 0) {
            bits.add("OpcodeRow.L" + row.l());
        }
        if (b0) {
            bits.add("OpcodeRow.B0");
        }
        if (row.digit() >= 0) {
            bits.add("OpcodeRow.DIGIT | " + row.digit() + " << 9");
        }
        if (row.exact() >= 0) {
            bits.add("OpcodeRow.EXACT | 0x%x << 13".formatted(row.exact()));
        }
        return bits.isEmpty() ? "OpcodeRow.ANY" : String.join(" | ", bits);
    }

    private static String how(Row row) {
        Effects effects = row.effects();
        List<String> bits = new ArrayList<>();
        if (Sizes.of(row) != Sizes.NONE) {
            bits.add(Sizes.of(row).name());
        }
        addIf(bits, effects.has("d64"), "DEFAULT_64");
        addIf(bits, effects.has("f64"), "FORCED_64");
        addIf(bits, effects.has("lock") || effects.has("locked"), "LOCKABLE");
        addIf(bits, row.isCondition(), "CONDITION");
        addIf(bits, row.isCondition() && row.branches(), "CONDITION_FORMS");
        addIf(bits, effects.has("eapop"), "POPS");
        addIf(bits, row.repeats(), "REPEATS");
        boolean always = row.branches() && row.meaning().parameters().isEmpty();
        addIf(bits, always || "rIP".equals(effects.destination()) || effects.has("syscall"), "ENDS_BLOCK");
        return bits.isEmpty() ? "0" : bits.stream().map(b -> "OpcodeRow." + b).collect(Collectors.joining(" | "));
    }

    private static void addIf(List<String> bits, boolean condition, String bit) {
        if (condition) {
            bits.add(bit);
        }
    }

    private void illegal(StringBuilder text) {
        text.append("""

                    /// Bytes that no row matches, or too many of them.
                    private static final class Illegal extends Node {

                        private final GuestTrap trap;

                        Illegal(OpcodeInsn insn, Node next) {
                            super(insn.pc, next);
                            trap = insn.tooLong ? %1$s.TOO_LONG : %1$s.UNDEFINED;
                        }

                        @Override
                        public Node exec(Cpu thread, Mem mem) {
                            throw trap;
                        }
                    }
                """.formatted(spec.glueName()).indent(0));
    }

    /// The parent of forms with a memory operand.
    static String memoryNode(OpcodeMapSpec spec) {
        return """
                package %1$s;

                import faultline.core.engine.Node;
                import faultline.core.isa.OpcodeInsn;
                import %2$s;

                /// An instruction with a memory operand: r[base] + (r[index] << scale) + disp,
                /// where a register that is not there is one that is always 0. Generated.
                abstract class %3$sMemoryNode extends Node {

                    private final int base;
                    private final int index;
                    private final int scale;
                    private final long disp;

                    /// Segments with a base, and short addresses; 0 almost always.
                    protected final int special;

                    %3$sMemoryNode(OpcodeInsn insn, Node next) {
                        super(insn.pc, next);
                        base = insn.base;
                        index = insn.index;
                        scale = insn.scale;
                        disp = insn.disp;
                        special = insn.special;
                    }

                    /// The effective address.
                    protected final long ea(%4$s cpu) {
                        long ea = cpu.r[base] + (cpu.r[index] << scale) + disp;
                        return special == 0 ? ea : %5$s.override(cpu, ea, special);
                    }

                    /// The effective address without a segment's base.
                    protected final long offset(%4$s cpu) {
                        long ea = cpu.r[base] + (cpu.r[index] << scale) + disp;
                        return (special & OpcodeInsn.ADDRESS_32) == 0 ? ea : ea & 0xffffffffL;
                    }
                }
                """.formatted(spec.packageName(), spec.cpu(), spec.name(), spec.cpuName(), spec.glueName());
    }
}
