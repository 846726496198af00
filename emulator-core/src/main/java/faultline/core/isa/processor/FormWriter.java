package faultline.core.isa.processor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Writes the class of one exec form.
///
/// The order inside is always: read everything, call every method, store to memory, write further
/// results, write the main result, record flags, go on. That order is invariant I1: nothing changes
/// before the last possible fault.
final class FormWriter {

    private static final List<String> LETTERS = List.of("a", "b", "c", "d");
    private static final List<String> REGISTERS = List.of("AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI");
    private static final List<String> LOW_BYTES = List.of("AL", "CL", "DL", "BL");

    /// Where the class of a form has it.
    enum Part {
        ALONE,
        /// Falls into the second half of a pair.
        FIRST,
        /// Behind the first half of a pair: its operands are those of `second`, its fields end in
        /// 2, its address is that of the node `next`, which is itself alone.
        SECOND
    }

    private final OpcodeMapSpec spec;
    private final Form form;
    private final Part part;
    private final Row row;
    private final Effects effects;
    private final Meaning main;
    private final Function<String, @Nullable Meaning> methods;

    /// Field declarations and their initialisers from the decoded instruction, in the order of
    /// first use.
    private final Map<String, String> fields = new LinkedHashMap<>();

    private final List<String> body = new ArrayList<>();
    private final Set<String> locals = new LinkedHashSet<>();

    FormWriter(OpcodeMapSpec spec, Form form, Function<String, @Nullable Meaning> methods) {
        this(spec, form, Part.ALONE, methods);
    }

    FormWriter(OpcodeMapSpec spec, Form form, Part part, Function<String, @Nullable Meaning> methods) {
        this.spec = spec;
        this.form = form;
        this.part = part;
        this.row = form.row();
        this.effects = row.effects();
        this.main = row.meaning();
        this.methods = methods;
    }

    /// The nested class, indented once.
    String write(String name) {
        if (main.isOpaque()) {
            opaque();
        } else {
            pure();
        }
        String parent = row.branches() ? "BranchNode" : form.addresses() ? spec.name() + "MemoryNode" : "Node";
        String parentArguments = row.branches()
                ? "insn.pc, next, insn.target, " + (row.isCondition() ? "insn.condition" : "NO_CONDITION")
                : form.addresses() ? "insn, next" : "insn.pc, next";
        String use = form.flagUse(spec.keepsCarry());
        return new NodeClass(
                        "`" + row.text().strip().replaceAll("\\s+", " ") + "`",
                        name,
                        parent,
                        "OpcodeInsn insn",
                        parentArguments,
                        fields,
                        body,
                        use == null ? Map.of() : Map.of("int flagUse()", use))
                .text(spec.cpuName());
    }

    /// The statements of one half of a pair.
    List<String> half() {
        pure();
        return body;
    }

    /// What the statements need: field declarations and their initialisers.
    Map<String, String> fields() {
        return fields;
    }

    // Opaque methods do everything themselves.

    private void opaque() {
        String end = field("long end", "insn.end()");
        if (effects.has("waits") || effects.has("x87")) {
            line(spec.glueName() + ".waitForX87(cpu);");
        }
        address(main);
        List<Meaning.Parameter> parameters = main.parameters();
        parameters.forEach(p -> need(p.name()));
        if (effects.guard != null) {
            method(effects.guard).parameters().forEach(p -> need(p.name()));
        }
        line("cpu.pc = " + end + ";");
        if (main.isVoid()) {
            line(call(main, Function.identity()) + ";");
        } else {
            line("long result = " + truncated(call(main, Function.identity()), destinationWidth()) + ";");
            if (effects.guard != null) {
                line("boolean written = " + call(method(effects.guard), Function.identity()) + ";");
            }
            if (!row.operands().isEmpty() && form.inMemory(0)) {
                store();
            }
            mainResult();
        }
        if (effects.has("x87")) {
            String operand = locals.contains("ea") ? "ea" : spec.glueName() + ".NO_OPERAND";
            String opcode = field("int opcode", "insn.stackOpcode()");
            line(spec.glueName() + ".completeX87(cpu, pc, " + opcode + ", " + operand + ");");
        }
        if (effects.has("syscall")) {
            line("return systemCall(cpu, " + end + ");");
            return;
        }
        if (effects.has("ends")) {
            line("return null;");
            return;
        }
        line("return cpu.pc == " + end + " ? next : jump(cpu, mem, cpu.pc);");
    }

    // Pure methods.

    private void pure() {
        if (effects.repeats()) {
            repeatHead();
        }
        if (form.usesMmx()) {
            line(spec.glueName() + ".beginMmx(cpu);");
        }
        for (Meaning method : called()) {
            address(method);
        }
        boolean unit = called().stream().anyMatch(m -> m.reads("unit"));
        if (unit) {
            line(spec.unitName() + " unit = " + spec.glueName() + ".unit(cpu);");
        }
        if (form.locked()) {
            lockedLoop();
        } else {
            readAll();
            if (form.usesMmx()) {
                line(spec.glueName() + ".enterMmx(cpu);");
                if (!writesMemory()) {
                    line(spec.glueName() + ".fillMmx(cpu);");
                }
            }
            callAll();
            if (unit) {
                line("unit.settle();");
            }
            if (writesMemory()) {
                store();
                if (form.usesMmx()) {
                    line(spec.glueName() + ".fillMmx(cpu);");
                }
            }
        }
        furtherResults();
        if (effects.repeats()) {
            advance();
        }
        mainResult();
        if (effects.repeats()) {
            repeatTail();
        }
        flagRecord();
        if (form.fused() >= 0) {
            String branch = link("BranchNode branch", "(BranchNode) " + successor());
            String holds = spec.flagsName() + "." + spec.conditions().get(form.fused()) + "(cpu)";
            line("return " + holds + " ? " + branch + ".taken(cpu, mem) : " + branch + ".next;");
        } else if (part == Part.SECOND) {
            line("return " + link("Node after", successor()) + ";");
        } else if (part == Part.ALONE && (effects.repeats() || !jumps())) {
            line("return next;");
        }
    }

    /// The node behind this instruction, for a constructor.
    private String successor() {
        return part == Part.SECOND ? "next.next" : "next";
    }

    /// Every method the row calls, the main one first.
    private List<Meaning> called() {
        List<Meaning> called = new ArrayList<>();
        called.add(main);
        for (Effects.Further further : effects.further) {
            called.add(method(further.method()));
            if (further.guard() != null) {
                called.add(method(further.guard()));
            }
        }
        if (effects.guard != null) {
            called.add(method(effects.guard));
        }
        Effects.FlagRecord record = effects.record;
        if (record != null && !form.quiet()) {
            for (String argument : new String[] {record.x(), record.y()}) {
                Meaning method = argument == null ? null : methods.apply(argument);
                if (method != null) {
                    called.add(method);
                }
            }
        }
        return called;
    }

    private Meaning method(String name) {
        Meaning method = methods.apply(name);
        if (method == null) {
            throw new Refusal("method " + name + ": not in this class");
        }
        return method;
    }

    private void readAll() {
        for (Meaning method : called()) {
            for (Meaning.Parameter parameter : method.parameters()) {
                if (!parameter.name().equals("result")) {
                    need(parameter.name());
                }
            }
        }
        flagOperands().forEach(this::need);
    }

    /// Names of values that the flag record takes without a method asking for them.
    private List<String> flagOperands() {
        List<String> names = new ArrayList<>();
        Effects.FlagRecord record = effects.record;
        if (record == null || form.quiet()) {
            return names;
        }
        if (spec.keepsCarry().contains(record.kind())) {
            names.add("cf");
        }
        for (String argument : new String[] {record.x(), record.y()}) {
            if (argument != null && methods.apply(argument) == null) {
                names.add(argument);
            }
        }
        return names;
    }

    private void callAll() {
        List<Meaning> rest = new ArrayList<>(called());
        rest.removeFirst();
        boolean mainLast = main.touchesMemory() && rest.stream().noneMatch(m -> m.reads("result"));
        if (!mainLast) {
            mainCall();
        }
        effects.further.stream()
                .filter(f -> !method(f.method()).touchesMemory())
                .forEach(this::furtherCall);
        if (effects.guard != null) {
            line("boolean written = " + call(method(effects.guard), Function.identity()) + ";");
        }
        flagCalls();
        effects.further.stream().filter(f -> method(f.method()).touchesMemory()).forEach(this::furtherCall);
        if (mainLast) {
            mainCall();
        }
    }

    private void mainCall() {
        if (main.isVoid()) {
            if (main.parameters().isEmpty() || !effects.further.isEmpty() || row.branches()) {
                if (!row.branches()) {
                    line(call(main, Function.identity()) + ";");
                }
            } else {
                line(call(main, Function.identity()) + ";");
            }
        } else if (main.isBoolean()) {
            line("boolean taken = " + call(main, Function.identity()) + ";");
        } else if (isLanewise()) {
            line("long resultLo = " + call(main, n -> isWide(n) ? n + "Lo" : n) + ";");
            line("long resultHi = " + call(main, n -> isWide(n) ? n + "Hi" : n) + ";");
        } else if (destinationWidth() == 128) {
            line("long resultLo = " + call(main, Function.identity()) + ";");
        } else {
            line("long result = " + truncated(call(main, Function.identity()), destinationWidth()) + ";");
        }
    }

    private void furtherCall(Effects.Further further) {
        Meaning method = method(further.method());
        if (further.guard() != null) {
            String guard = call(method(further.guard()), Function.identity());
            line("boolean " + further.to() + "Written = " + guard + ";");
        }
        String value = call(method, Function.identity());
        if (further.to().equals("high")) {
            line("long resultHi = " + value + ";");
        } else {
            line("long new" + further.to() + " = " + value + ";");
        }
    }

    private void flagCalls() {
        Effects.FlagRecord record = effects.record;
        if (record == null || form.quiet()) {
            return;
        }
        int n = 0;
        for (String argument : new String[] {record.x(), record.y()}) {
            Meaning method = argument == null ? null : methods.apply(argument);
            if (method != null) {
                line("long flag" + (n == 0 ? "X" : "Y") + " = " + call(method, Function.identity()) + ";");
            }
            n++;
        }
    }

    /// LOCK: the same pure method inside a compare-and-set loop.
    private void lockedLoop() {
        for (Meaning method : called()) {
            for (Meaning.Parameter parameter : method.parameters()) {
                if (!parameter.name().equals("a") && !parameter.name().equals("result")) {
                    need(parameter.name());
                }
            }
        }
        flagOperands().stream().filter(n -> !n.equals("a")).forEach(this::need);
        int width = form.width(0);
        String type = type(width);
        line("long a;");
        line("long result;");
        locals.add("a");
        line("do {");
        line("    a = mem.load" + width + "ForWrite(ea);");
        line("    result = " + truncated(call(main, Function.identity()), width) + ";");
        String cast = width == 64 ? "" : "(" + type + ") ";
        line("} while (!mem.cas" + width + "(ea, " + cast + "a, " + cast + "result));");
        effects.further.forEach(this::furtherCall);
        flagCalls();
    }

    // Values.

    private void address(Meaning method) {
        boolean used = form.addresses() && !locals.contains("ea");
        if (!used) {
            return;
        }
        boolean reads = method.reads("ea") || method.reads("mem") || readsOrWritesMemory();
        if (!reads) {
            return;
        }
        locals.add("ea");
        boolean offsetOnly = method.reads("ea") && !method.touchesMemory() && !method.isOpaque();
        String ea = owner() + (offsetOnly ? "offset(cpu)" : "ea(cpu)");
        int bit = bitOperand();
        if (bit >= 0) {
            need("b");
            int shift = form.width(0) == 16 ? 4 : form.width(0) == 32 ? 5 : 6;
            String moved = owner() + "offset(cpu) + (b >> " + shift + " << " + (shift - 3) + ")";
            ea = spec.glueName() + ".override(cpu, " + moved + ", " + special() + ")";
        }
        line("long ea = " + ea + ";");
    }

    private int bitOperand() {
        return form.memory()
                        && !row.operands().isEmpty()
                        && row.operands().getFirst().size().equals("bit")
                ? 0
                : -1;
    }

    private boolean readsOrWritesMemory() {
        for (int i = 0; i < row.operands().size(); i++) {
            if (form.inMemory(i) && (isRead(i) || i == 0 && writesMemory() || writesBack(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean writesBack(int operand) {
        return effects.further.stream().anyMatch(f -> f.to().equals(LETTERS.get(operand)));
    }

    /// Whether some method takes the operand's value.
    boolean isRead(int operand) {
        String letter = LETTERS.get(operand);
        for (Meaning method : called()) {
            if (method.reads(letter) || method.reads(letter + "Lo") || method.reads(letter + "Hi")) {
                return true;
            }
        }
        return flagOperands().contains(letter);
    }

    /// Declares the local that a parameter name is bound to.
    private void need(String name) {
        if (locals.contains(name)) {
            return;
        }
        String base = name.endsWith("Lo") || name.endsWith("Hi") ? name.substring(0, name.length() - 2) : name;
        int operand = LETTERS.indexOf(base);
        if (operand >= 0 && operand < row.operands().size()) {
            if (form.width(operand) == 128) {
                wide(operand, base, name);
            } else {
                locals.add(name);
                String value = read(operand);
                if (value != null) {
                    line("long " + name + " = " + value + ";");
                }
            }
            return;
        }
        if (name.equals("result") || expression(name) != null) {
            return;
        }
        String value = captured(name);
        if (value == null) {
            throw new Refusal("parameter " + name + ": no operand, register or value has this name");
        }
        locals.add(name);
        line((name.equals("cf") || name.equals("cond") ? "boolean " : "long ") + name + " = " + value + ";");
    }

    private void wide(int operand, String base, String name) {
        // In memory the low half is always read, because a fault reports where the operand begins.
        boolean both = name.equals(base) || form.inMemory(operand);
        List<String> halves = both ? List.of("Lo", "Hi") : List.of(name.substring(base.length()));
        if (form.inMemory(operand) && !locals.contains(base + "Lo") && !locals.contains(base + "Hi")) {
            checkAligned();
        }
        for (String half : halves) {
            if (!locals.add(base + half)) {
                continue;
            }
            boolean low = half.equals("Lo");
            String value = form.inMemory(operand)
                    ? (effects.has("unaligned") ? "mem.loadHalf(ea" : "mem.load64(ea") + (low ? "" : " + 8") + ")"
                    : "cpu.v[" + register(operand) + (low ? "" : " + 1") + "]";
            line("long " + base + half + " = " + value + ";");
        }
    }

    private void checkAligned() {
        if (!effects.has("unaligned") && locals.add("aligned")) {
            line("if ((ea & 15) != 0) {");
            line("    throw " + spec.glueName() + ".MISALIGNED;");
            line("}");
        }
    }

    /// The expression that reads an operand's value, sign-extended; null for one that is a field
    /// already.
    private @Nullable String read(int index) {
        Operand operand = row.operands().get(index);
        int width = form.width(index);
        if (operand.isImmediate()) {
            immediate(index);
            return null;
        }
        if (form.inMemory(index)) {
            boolean forWrite = index == 0 && writesMemory();
            return "mem.load" + width + (forWrite ? "ForWrite" : "") + "(ea)";
        }
        return switch (operand.place()) {
            case 'X' -> "mem.load" + width + "(" + spec.glueName() + ".source(cpu, " + special() + "))";
            case 'Y' -> "mem.load" + width + "(" + spec.glueName() + ".destination(cpu, " + special() + "))";
            case 'V', 'W', 'U', 'v' -> "cpu.v[" + register(index) + "]";
            case 'T', 'S' -> number(index);
            case 't' -> "0";
            case 's' -> "cpu." + operand.text().toLowerCase(java.util.Locale.ROOT);
            case 'P', 'Q', 'N' -> (width == 32 ? "(int) " : "") + spec.glueName() + ".mmx(cpu, " + number(index) + ")";
            case 'x' -> "mem.load8(" + spec.glueName() + ".table(cpu, " + special() + "))";
            default -> general(index, width);
        };
    }

    private String general(int index, int width) {
        String r = "cpu.r[" + number(index) + "]";
        return switch (width) {
            case 8 -> "(byte) (" + r + " >> " + shift(index) + ")";
            case 16 -> "(short) " + r;
            case 32 -> "(int) " + r;
            default -> r;
        };
    }

    /// An expression for names that need no local.
    private @Nullable String expression(String name) {
        int operand = LETTERS.indexOf(name);
        if (operand >= 0 && operand < row.operands().size()) {
            if (row.operands().get(operand).isImmediate()) {
                return immediate(operand);
            }
            if (row.operands().get(operand).place() == 'V' && form.width(operand) == 32) {
                return "(int) " + name;
            }
            return null;
        }
        return switch (name) {
            case "mem", "cpu", "ea", "result", "unit" -> name;
            case "next" -> field("long end", "insn.end()");
            case "here" -> "pc";
            case "bits" -> String.valueOf(row.operands().isEmpty() || mainWidth() == 0 ? form.bits() : mainWidth());
            case "bits2" -> String.valueOf(form.width(1));
            case "bits3" -> String.valueOf(form.width(2));
            case "special" -> special();
            case "sti" -> field("int sti", "insn.rm()");
            default -> null;
        };
    }

    private int mainWidth() {
        Operand first = row.operands().getFirst();
        return first.isImmediate() || first.place() == 'J' || first.place() == 's' ? form.bits() : form.width(0);
    }

    /// The expression for an implicit register or flag.
    private @Nullable String captured(String name) {
        int low = LOW_BYTES.indexOf(name);
        if (low >= 0) {
            return "(byte) cpu.r[" + low + "]";
        }
        if (REGISTERS.contains(name)) {
            return "(short) cpu.r[" + REGISTERS.indexOf(name) + "]";
        }
        if (name.length() == 3 && REGISTERS.contains(name.substring(1))) {
            String r = "cpu.r[" + REGISTERS.indexOf(name.substring(1)) + "]";
            return switch (name.charAt(0)) {
                case 'R' -> r;
                case 'E' -> "(int) " + r;
                case 'a' -> spec.glueName() + ".count(cpu, " + special() + ")";
                default -> atWidth(r, registerWidth());
            };
        }
        return switch (name) {
            case "AH" -> "(byte) (cpu.r[0] >> 8)";
            case "cf" -> spec.flagsName() + ".cf(cpu)";
            case "cond" -> condition();
            case "flags" -> spec.flagsName() + ".image(cpu)";
            case "rflags" -> "cpu.flags()";
            case "segbase" -> spec.glueName() + ".segment(cpu, " + special() + ")";
            default -> null;
        };
    }

    /// The width of `rAX` and its like: that of the first operand.
    private int registerWidth() {
        return row.operands().isEmpty() || mainWidth() == 0 ? form.bits() : mainWidth();
    }

    private static String atWidth(String value, int width) {
        return switch (width) {
            case 8 -> "(byte) " + value;
            case 16 -> "(short) " + value;
            case 32 -> "(int) " + value;
            default -> value;
        };
    }

    private String condition() {
        if (form.condition() >= 0) {
            return spec.flagsName() + "." + spec.conditions().get(form.condition()) + "(cpu)";
        }
        return spec.flagsName() + ".cond(cpu, " + field("int condition", "insn.condition") + ")";
    }

    private String call(Meaning method, Function<String, String> rename) {
        StringBuilder text = new StringBuilder();
        text.append(method.owner()).append('.').append(method.name()).append('(');
        String separator = "";
        for (Meaning.Parameter parameter : method.parameters()) {
            text.append(separator).append(argument(parameter, rename));
            separator = ", ";
        }
        return text.append(')').toString();
    }

    private String argument(Meaning.Parameter parameter, Function<String, String> rename) {
        String name = rename.apply(parameter.name());
        String expression = expression(name);
        String value = expression == null ? name : expression;
        boolean widened = locals.contains(name) && !name.equals("cf") && !name.equals("cond") && !name.equals("ea");
        return parameter.type().equals("int") && widened ? "(int) " + value : value;
    }

    private boolean isWide(String name) {
        int operand = LETTERS.indexOf(name);
        return operand >= 0 && operand < row.operands().size() && form.width(operand) == 128;
    }

    private boolean isLanewise() {
        return main.parameters().stream().anyMatch(p -> isWide(p.name()));
    }

    // Results.

    private @Nullable Operand destinationOperand() {
        int index = destinationIndex();
        return index < 0 ? null : row.operands().get(index);
    }

    private int destinationIndex() {
        if (main.isVoid() || main.isBoolean()) {
            return -1;
        }
        String to = effects.destination;
        int index = to == null ? 0 : LETTERS.indexOf(to);
        return index < row.operands().size() ? index : -1;
    }

    private int destinationWidth() {
        int index = destinationIndex();
        if (index >= 0) {
            Operand operand = row.operands().get(index);
            if (operand.isVector() && !form.inMemory(index) && operand.size().equals("d")) {
                return 32;
            }
            return form.width(index) == 0 ? 64 : form.width(index);
        }
        String to = effects.destination;
        if (to == null || to.equals("flags") || to.equals("rIP")) {
            return 64;
        }
        if (to.equals("none")) {
            return row.operands().isEmpty() ? form.bits() : form.width(0) == 0 ? 64 : form.width(0);
        }
        return namedWidth(to);
    }

    private int namedWidth(String name) {
        if (LOW_BYTES.contains(name) || name.equals("AH")) {
            return 8;
        }
        if (REGISTERS.contains(name)) {
            return 16;
        }
        return switch (name.charAt(0)) {
            case 'R' -> 64;
            case 'E' -> 32;
            default -> registerWidth();
        };
    }

    private static String truncated(String value, int width) {
        return switch (width) {
            case 8, 16, 32 -> "(" + type(width) + ") " + value;
            default -> value;
        };
    }

    private static String type(int width) {
        return switch (width) {
            case 8 -> "byte";
            case 16 -> "short";
            case 32 -> "int";
            default -> "long";
        };
    }

    private boolean writesMemory() {
        int index = destinationIndex();
        return index >= 0 && form.inMemory(index);
    }

    private void store() {
        int index = destinationIndex();
        int width = form.width(index);
        if (width == 128) {
            checkAligned();
            line("mem.store128(ea, resultLo, resultHi);");
            return;
        }
        String cast = width == 64 ? "" : "(" + type(width) + ") ";
        line("mem.store" + width + "(ea, " + cast + "result);");
    }

    private void furtherResults() {
        for (Effects.Further further : effects.further) {
            if (further.to().equals("high")) {
                continue;
            }
            boolean guarded = further.guard() != null;
            if (guarded) {
                line("if (" + further.to() + "Written) {");
            }
            write(further.to(), "new" + further.to(), guarded ? "    " : "");
            if (guarded) {
                line("}");
            }
        }
    }

    private void mainResult() {
        if (main.isVoid() || main.isBoolean() || effects.repeats() && destinationIsString()) {
            return;
        }
        String to = effects.destination == null ? "a" : effects.destination;
        if (to.equals("none") || to.equals("rIP") || writesMemory()) {
            return;
        }
        if (destinationIsString()) {
            return;
        }
        boolean guarded = effects.guard != null;
        if (guarded) {
            line("if (written) {");
        }
        write(to, "result", guarded ? "    " : "");
        if (guarded) {
            line("}");
        }
    }

    private boolean destinationIsString() {
        Operand operand = destinationOperand();
        return operand != null && operand.isString();
    }

    /// Writes a value, which is sign-extended or wider than needed, to a register, operand or the
    /// flags.
    private void write(String to, String value, String indent) {
        int operand = LETTERS.indexOf(to);
        if (operand >= 0) {
            writeOperand(operand, value, indent);
            return;
        }
        if (to.equals("flags")) {
            line(indent + spec.flagsName() + ".setImage(cpu, " + value + ");");
            return;
        }
        if (to.equals("aCX")) {
            line(indent + spec.glueName() + ".setCount(cpu, " + value + ", " + special() + ");");
            return;
        }
        if (to.equals("AH")) {
            line(indent + "cpu.r[0] = cpu.r[0] & ~0xff00L | (" + value + " & 0xff) << 8;");
            return;
        }
        int number = LOW_BYTES.contains(to)
                ? LOW_BYTES.indexOf(to)
                : REGISTERS.indexOf(to.length() == 3 ? to.substring(1) : to);
        if (number < 0) {
            throw new Refusal("result " + to + ": no such register");
        }
        general(String.valueOf(number), null, namedWidth(to), value, indent);
    }

    private void writeOperand(int index, String value, String indent) {
        Operand operand = row.operands().get(index);
        int width = form.width(index);
        if (operand.isVector() && !form.inMemory(index)) {
            vector(index, operand, value, indent);
        } else if (operand.isMmx() && !form.inMemory(index)) {
            line(indent + spec.glueName() + ".setMmx(cpu, " + number(index) + ", " + value + ");");
        } else if (operand.isGeneralRegister(form.memory())) {
            general(number(index), width == 8 ? shift(index) : null, width, value, indent);
        } else if (form.inMemory(index)) {
            throw new Refusal("result to operand " + LETTERS.get(index) + ": memory is written by the main result");
        } else {
            throw new Refusal("operand " + operand.text() + ": cannot be written");
        }
    }

    private void vector(int index, Operand operand, String value, String indent) {
        String low = "cpu.v[" + register(index) + "]";
        String high = "cpu.v[" + register(index) + " + 1]";
        switch (operand.size()) {
            case "dq" -> {
                line(indent + low + " = " + value + "Lo;");
                line(indent + high + " = " + value + "Hi;");
            }
            case "qz" -> {
                line(indent + low + " = " + value + ";");
                line(indent + high + " = 0;");
            }
            case "d" -> line(indent + low + " = " + low + " & ~0xffffffffL | " + value + " & 0xffffffffL;");
            default -> line(indent + low + " = " + value + ";");
        }
    }

    private void general(String number, @Nullable String shift, int width, String value, String indent) {
        String r = "cpu.r[" + number + "]";
        switch (width) {
            case 8 -> {
                String by = shift == null ? "" : " << " + shift;
                String mask = shift == null ? "~0xffL" : "~(0xffL" + by + ")";
                line(indent + r + " = " + r + " & " + mask + " | (" + value + " & 0xff)" + by + ";");
            }
            case 16 -> line(indent + r + " = " + r + " & ~0xffffL | " + value + " & 0xffff;");
            case 32 -> line(indent + r + " = " + value + " & 0xffffffffL;");
            default -> line(indent + r + " = " + value + ";");
        }
    }

    private void flagRecord() {
        Effects.FlagRecord record = effects.record;
        if (record == null || form.quiet()) {
            return;
        }
        String kind = record.kind();
        String constant = spec.flagsName() + "." + kind.toUpperCase(java.util.Locale.ROOT);
        String a = flagValue(record.x(), "flagX", 0);
        String b = spec.keepsCarry().contains(kind) ? "cf ? 1 : 0" : flagValue(record.y(), "flagY", 1);
        String result = "result";
        if (record.y() != null) {
            String own = spec.flagsName() + "." + kind + "(" + a + ", " + b + ")";
            result = truncated(own, form.width(0));
        }
        String indent = "";
        if (record.ifCounted()) {
            line("long counted = " + spec.glueName() + ".masked(" + b + ", " + form.width(0) + ");");
            line("if (counted != 0) {");
            b = "counted";
            indent = "    ";
        }
        line(indent + "cpu.flagKind = " + constant + ";");
        if (!spec.resultOnly().contains(kind)) {
            line(indent + "cpu.flagA = " + a + ";");
            line(indent + "cpu.flagB = " + b + ";");
        }
        line(indent + "cpu.flagResult = " + result + ";");
        if (record.ifCounted()) {
            line("}");
        }
    }

    private String flagValue(@Nullable String argument, String local, int position) {
        if (argument != null) {
            if (methods.apply(argument) != null) {
                return local;
            }
            String expression = expression(argument);
            return expression == null ? argument : expression;
        }
        String letter = LETTERS.get(position);
        if (main.reads(letter)) {
            String expression = expression(letter);
            return expression == null ? letter : expression;
        }
        List<String> values = main.parameters().stream()
                .map(Meaning.Parameter::name)
                .filter(n -> locals.contains(n) && !n.equals("ea") && !n.equals("cf") && !n.equals("flags"))
                .toList();
        return position < values.size() && !values.get(position).equals("a") && !main.reads("a") && position == 0
                ? values.get(position)
                : "0";
    }

    private boolean jumps() {
        if (row.branches()) {
            if (main.isBoolean()) {
                line("return taken ? taken(cpu, mem) : next;");
            } else {
                line("return taken(cpu, mem);");
            }
            return true;
        }
        if ("rIP".equals(effects.destination)) {
            line("return jump(cpu, mem, result);");
            return true;
        }
        return false;
    }

    // Strings: one element per execution, registers exact after each.

    private void repeatHead() {
        String repeat = field("int repeat", "insn.repeat");
        line("if (" + repeat + " != 0 && " + spec.glueName() + ".count(cpu, " + special() + ") == 0) {");
        line("    return next;");
        line("}");
        if (effects.bulk != null) {
            Meaning bulk = method(effects.bulk);
            locals.add("ea");
            line("if (" + repeat + " != 0 && " + call(bulk, Function.identity()) + ") {");
            line("    return " + spec.glueName() + ".count(cpu, " + special() + ") == 0 ? next : again(cpu);");
            line("}");
            locals.remove("ea");
        }
    }

    private void advance() {
        Operand destination = destinationOperand();
        if (destination != null && destination.isString()) {
            int width = form.width(destinationIndex());
            String cast = width == 64 ? "" : "(" + type(width) + ") ";
            line("mem.store" + width + "(" + spec.glueName() + ".destination(cpu, " + special() + "), " + cast
                    + "result);");
        }
        for (int i = 0; i < row.operands().size(); i++) {
            Operand operand = row.operands().get(i);
            if (operand.isString()) {
                int number = operand.place() == 'X' ? 6 : 7;
                int bytes = form.width(i) / 8;
                line(spec.glueName() + ".advance(cpu, " + number + ", " + bytes + ", " + special() + ");");
            }
        }
    }

    /// Goes on with the next element. Flags are recorded behind the last one only: a fault on the
    /// way leaves those from before the instruction (SDM volume 2, REP).
    private void repeatTail() {
        String repeat = field("int repeat", "insn.repeat");
        String glue = spec.glueName();
        String more = effects.has("repz") ? " && (result == 0) == (" + repeat + " == OpcodeInsn.REPEAT)" : "";
        line("if (" + repeat + " != 0) {");
        line("    long left = " + glue + ".count(cpu, " + special() + ") - 1;");
        line("    " + glue + ".setCount(cpu, left, " + special() + ");");
        line("    if (left != 0" + more + ") {");
        line("        return again(cpu);");
        line("    }");
        line("}");
    }

    // Fields.

    private String field(String declaration, String value) {
        return part == Part.SECOND
                ? link(declaration + "2", value.replace("insn.", "second."))
                : link(declaration, value);
    }

    /// A field that both halves of a pair call the same.
    private String link(String declaration, String value) {
        fields.put(declaration, value);
        return declaration.substring(declaration.indexOf(' ') + 1);
    }

    /// Says whose address is meant: that of this node or that of the node behind it.
    private String owner() {
        if (part != Part.SECOND) {
            return "";
        }
        String type = spec.name() + "MemoryNode";
        return link(type + " alone", "(" + type + ") next") + ".";
    }

    private String special() {
        return form.addresses() ? owner() + "special" : field("int special", "insn.special");
    }

    private String number(int index) {
        String letter = LETTERS.get(index).toUpperCase(java.util.Locale.ROOT);
        return field("int reg" + letter, "insn.reg[" + index + "]");
    }

    /// The index of a vector register's low half.
    private String register(int index) {
        String letter = LETTERS.get(index).toUpperCase(java.util.Locale.ROOT);
        return field("int vec" + letter, "2 * insn.reg[" + index + "]");
    }

    private String shift(int index) {
        String letter = LETTERS.get(index).toUpperCase(java.util.Locale.ROOT);
        return field("int shift" + letter, "insn.shift[" + index + "]");
    }

    private String immediate(int index) {
        String letter = LETTERS.get(index).toUpperCase(java.util.Locale.ROOT);
        return field("long imm" + letter, "insn.imm[" + index + "]");
    }

    private void line(String text) {
        body.add(text);
    }
}
