package faultline.cli.debug;

import static faultline.cli.debug.Command.withSymbols;

import faultline.cli.run.CodeText;
import faultline.core.arch.Disassembler;
import faultline.core.cpu.Registers;
import faultline.kernel.elf.ElfSymbols;
import java.nio.ByteBuffer;
import java.util.List;

/// Commands that look at registers, memory and code, and change them.
final class DataCommands {

    private static final int LONGEST_INSTRUCTION = 16;

    /// More than fits any screen: a size or count that is a slip.
    private static final int MOST_UNITS = 65_536;

    /// How much of a function without a known end is disassembled.
    private static final int DEFAULT_CODE_BYTES = 64;

    private final DebugSession session;
    private final Output out;

    private MemoryFormat format = MemoryFormat.DEFAULT;
    private long next;

    DataCommands(DebugSession session) {
        this.session = session;
        this.out = session.out();
    }

    List<Command> all() {
        return List.of(
                withSymbols("print p inspect call", "print[/FORMAT] EXPRESSION", """
                        Prints a value, as x d u o t c a.
                        $pc is a register, a name a symbol's address, {int}ADDRESS, *(int *)ADDRESS and (int)NAME
                        memory. $1 is the first value printed, $ the last one, $NAME what 'set' made it.""", this::print),
                withSymbols("set", "set $NAME = VALUE | set LOCATION = VALUE", """
                        Changes a register, memory or a variable of your own.
                        LOCATION is a symbol, {TYPE}ADDRESS or *(TYPE *)ADDRESS; TYPE is char, short, int or long,
                        also unsigned. A private page that is read-only is copied first.
                        'set args ARGUMENTS' says what the next run gets.""", this::set),
                withSymbols("x", "x[/COUNT FORMAT SIZE] [ADDRESS]", """
                        Shows memory: formats x d u o t c a s i, sizes b h w g.
                        Without ADDRESS it goes on behind what was shown last. Nothing is faulted in by looking.""", this::examine),
                withSymbols("disassemble disas", "disassemble [FROM[,TO]]", """
                        Shows the code of the current function, of the one at FROM, or of a range.
                        TO may be +LENGTH.""", this::disassemble));
    }

    private void print(String text) {
        String rest = text.strip();
        char letter = 0;
        if (rest.startsWith("/")) {
            int end = 1;
            while (end < rest.length() && !Character.isWhitespace(rest.charAt(end))) {
                end++;
            }
            if (end != 2) {
                throw new CommandError("print: one format letter is needed behind the slash, of x d u o t c a");
            }
            letter = rest.charAt(1);
            rest = rest.substring(end).strip();
        }
        if (letter == 0 && rest.startsWith("$") && printWideRegister(rest.substring(1))) {
            return;
        }
        Value value = rest.isEmpty()
                ? session.variables().dollar("")
                : session.variables().evaluate(rest);
        String shown = letter == 0 ? ValueText.of(session, value.type(), value.bits()) : formatted(letter, value);
        out.line("$" + session.variables().keep(value) + " = " + shown + (letter == 0 ? held(value) : ""));
    }

    private String formatted(char letter, Value value) {
        int bytes = value.type().bytes();
        long bits = bytes == 8 ? value.bits() : value.bits() & (1L << 8 * bytes) - 1;
        return switch (letter) {
            case 'x' -> "0x" + Long.toHexString(bits);
            case 'a' -> ValueText.address(session, bits);
            default -> MemoryFormat.number(letter, bits, bytes);
        };
    }

    /// What is in a variable whose name was printed: a name alone is its address.
    private String held(Value value) {
        Type type = value.type().target();
        if (type == null || value.place() != null || !session.isRunning()) {
            return "";
        }
        ElfSymbols.Place place = session.symbols().at(value.bits());
        if (place == null
                || place.offset() != 0
                || place.symbol().function()
                || place.symbol().size() != type.bytes()) {
            return "";
        }
        try {
            long bits = session.variables().memory(value.bits(), type.bytes());
            return ", holding " + ValueText.of(session, type, type.extend(bits));
        } catch (CommandError _) {
            return "";
        }
    }

    /// A register as its own text: vectors in words, flags by name.
    private boolean printWideRegister(String name) {
        if (!session.isRunning()) {
            return false;
        }
        Registers registers = session.registers();
        int index = DebugSession.find(registers, name);
        if (index < 0) {
            return false;
        }
        int number = session.variables().keep(Value.of(registers.get(index, 0)));
        out.line("$" + number + " = " + registerText(registers, index));
        return true;
    }

    String registerText(Registers registers, int index) {
        Registers.Info info = registers.all().get(index);
        int words = (info.bits() + 63) / 64;
        String described = registers.describe(index);
        if (words == 1) {
            long value = registers.get(index, 0);
            String hex = "0x" + Long.toHexString(value);
            if (!described.isEmpty()) {
                return hex + "  " + described;
            }
            String place = CodeText.place(session.symbols(), value);
            return "%-19s %s".formatted(hex, place == null ? value : place);
        }
        StringBuilder digits = new StringBuilder();
        for (int word = words - 1; word >= 0; word--) {
            digits.append(String.format("%016x", registers.get(index, word)));
        }
        String hex = "0x" + digits.substring(digits.length() - info.bits() / 4);
        return described.isEmpty() ? hex : hex + "  " + described;
    }

    private void set(String text) throws InterruptedException {
        String rest = text.strip();
        if (rest.equals("args") || rest.startsWith("args ")) {
            Redirections redirections = Redirections.parse(rest.substring("args".length()));
            session.options().arguments = redirections.arguments();
            session.redirect(redirections);
            return;
        }
        rest = rest.replaceFirst("^var(iable)?\\s+", "");
        int equals = rest.indexOf('=');
        if (equals < 0) {
            throw new CommandError("set: an equals sign is needed, as in set $pc = 5");
        }
        String target = rest.substring(0, equals).strip();
        Value value = session.variables().evaluate(rest.substring(equals + 1));
        if (target.startsWith("$")) {
            setDollar(target.substring(1), value);
            return;
        }
        Value place = session.variables().place(target);
        store(place.bits(), value.bits(), place.type().pointee().bytes());
    }

    private void setDollar(String name, Value value) {
        if (session.isRunning()) {
            int index = DebugSession.find(session.registers(), name);
            if (index >= 0) {
                session.setRegister(index, value.bits());
                return;
            }
        }
        if (!name.matches("[A-Za-z_]\\w*")) {
            throw new CommandError("set: $" + name + " cannot be a name");
        }
        session.variables().set(name, value);
    }

    private void store(long address, long value, int bytes) throws InterruptedException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(session.order());
        switch (bytes) {
            case 1 -> buffer.put((byte) value);
            case 2 -> buffer.putShort((short) value);
            case 4 -> buffer.putInt((int) value);
            default -> buffer.putLong(value);
        }
        session.write(address, buffer.array());
    }

    // Memory.

    private void examine(String text) throws InterruptedException {
        String rest = text.strip();
        if (rest.startsWith("/")) {
            int blank = rest.indexOf(' ');
            format = format.with(rest.substring(1, blank < 0 ? rest.length() : blank));
            rest = blank < 0 ? "" : rest.substring(blank);
        }
        if (!rest.isBlank()) {
            next = session.evaluate(rest);
        }
        if (format.count() < 1 || format.count() > MOST_UNITS) {
            throw new CommandError("x: a count from 1 to " + MOST_UNITS + " is needed.");
        }
        switch (format.letter()) {
            case 'i' -> next = code(next, -1, format.count());
            case 's' -> examineStrings();
            default -> examineUnits();
        }
    }

    private void examineUnits() throws InterruptedException {
        int size = format.size();
        byte[] bytes = session.read(next, format.count() * size);
        int perLine = format.perLine();
        int units = bytes.length / size;
        for (int unit = 0; unit < units; unit += perLine) {
            StringBuilder line = new StringBuilder(label(next + (long) unit * size));
            for (int i = unit; i < Math.min(unit + perLine, units); i++) {
                line.append('\t').append(unit(session.value(bytes, i * size, size)));
            }
            out.line(line.toString());
        }
        next += (long) units * size;
        if (units < format.count()) {
            throw new CommandError("Cannot access memory at address 0x%x".formatted(next));
        }
    }

    private String unit(long value) {
        if (format.letter() == 'a') {
            return ValueText.address(session, value);
        }
        return MemoryFormat.number(format.letter(), value, format.size());
    }

    private void examineStrings() throws InterruptedException {
        for (int i = 0; i < format.count(); i++) {
            StringBuilder string = new StringBuilder();
            long at = next;
            int c;
            while ((c = (int) session.variables().memory(at++, 1)) != 0 && string.length() < MOST_UNITS) {
                string.append(MemoryFormat.printable(c));
            }
            out.line(label(next) + "\t\"" + string + "\"");
            next = at;
        }
    }

    private String label(long address) {
        return ValueText.address(session, address) + ":";
    }

    // Code.

    private void disassemble(String text) throws InterruptedException {
        session.current();
        int comma = text.indexOf(',');
        if (comma >= 0) {
            long from = session.evaluate(text.substring(0, comma));
            String to = text.substring(comma + 1).strip();
            long end = to.startsWith("+") ? from + session.evaluate(to.substring(1)) : session.evaluate(to);
            out.format("Dump of assembler code from 0x%x to 0x%x:", from, end);
            long _ = code(from, end, MOST_UNITS);
            out.line("End of assembler dump.");
            return;
        }
        long at = text.isBlank() ? session.current().cpu().pc : session.evaluate(text);
        ElfSymbols.Place place = session.symbols().at(at);
        if (place == null || place.symbol().size() == 0) {
            // No end is known: what comes next, then.
            out.format("Dump of assembler code from 0x%x to 0x%x:", at, at + DEFAULT_CODE_BYTES);
            long _ = code(at, at + DEFAULT_CODE_BYTES, MOST_UNITS);
        } else {
            ElfSymbols.Symbol function = place.symbol();
            out.line("Dump of assembler code for function " + function.name() + ":");
            long _ = code(function.address(), function.address() + function.size(), MOST_UNITS);
        }
        out.line("End of assembler dump.");
    }

    /// Prints instructions until `end` or `count`; an arrow marks where the thread is. Returns the
    /// address behind them.
    private long code(long from, long end, int count) throws InterruptedException {
        long pc = from;
        Disassembler disassembler = session.inferior().disassembler();
        for (int i = 0; i < count && Long.compareUnsigned(pc, end) < 0; i++) {
            byte[] bytes = session.read(pc, LONGEST_INSTRUCTION);
            Disassembler.Line line = disassembler.disassemble(bytes, 0, bytes.length, pc);
            boolean here = session.current().cpu().pc == pc;
            out.line((here ? "=> " : "   ") + CodeText.line(pc, CodeText.place(session.symbols(), pc), bytes, 0, line));
            pc += line.length();
        }
        return pc;
    }
}
