package faultline.core.isa.processor.form;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The statements of an `exec` under construction, the locals they have declared and the fields of
/// the node that they read.
public final class NodeBody {

    private final Part part;

    /// Field declarations and their initialisers from the decoded instruction, in the order of
    /// first use.
    private final Map<String, String> fields = new LinkedHashMap<>();

    private final List<String> lines = new ArrayList<>();
    private final Set<String> locals = new LinkedHashSet<>();

    public NodeBody(Part part) {
        this.part = part;
    }

    public Part part() {
        return part;
    }

    public Map<String, String> fields() {
        return fields;
    }

    public List<String> lines() {
        return lines;
    }

    public void line(String text) {
        lines.add(text);
    }

    /// Adds a name to the locals; false says that it is one already.
    public boolean declare(String local) {
        return locals.add(local);
    }

    public boolean isLocal(String name) {
        return locals.contains(name);
    }

    public void forget(String local) {
        locals.remove(local);
    }

    /// The name of a field with the value of an expression on `insn`.
    public String field(String declaration, String value) {
        return part == Part.SECOND
                ? link(declaration + "Second", value.replace("insn.", "second."))
                : link(declaration, value);
    }

    /// The name of a field that both halves of a pair call the same.
    public String link(String declaration, String value) {
        fields.put(declaration, value);
        return declaration.substring(declaration.indexOf(' ') + 1);
    }

    /// The node behind this instruction, for a constructor.
    public String successor() {
        return part == Part.SECOND ? "next.next" : "next";
    }

    /// Goes on behind this instruction.
    public void goOn() {
        if (part == Part.SECOND) {
            line("return " + link("Node after", successor()) + ";");
        } else if (part == Part.ALONE) {
            line("return next;");
        }
    }

    /// Ends with a branch that this instruction is; `condition` is null if it is always taken. Behind another
    /// instruction the node that has the target is the next one.
    public void branch(@Nullable String condition) {
        branch(part == Part.SECOND ? link("BranchNode branch", "(BranchNode) next") + "." : "", condition);
    }

    /// Ends with the conditional branch behind this instruction.
    public void branchBehind(String condition) {
        branch(link("BranchNode branch", "(BranchNode) " + successor()) + ".", condition);
    }

    private void branch(String node, @Nullable String condition) {
        String taken = node + "taken(cpu, mem)";
        line("return " + (condition == null ? taken : condition + " ? " + taken + " : " + node + "next") + ";");
    }
}
