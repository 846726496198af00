package faultline.cli.debug;

import static faultline.cli.debug.Command.withSymbols;

import faultline.cli.run.CodeText;
import faultline.core.arch.Disassembler;
import faultline.core.cpu.Registers;
import faultline.kernel.elf.ElfSymbols;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
                withSymbols("print p inspect", "print[/FORMAT] EXPRESSION", """
                        Prints a value, as x d u o t c.
                        $rax is a register, a name a symbol's address, {int}ADDRESS and *ADDRESS memory.""", this::print),
                withSymbols("set", "set $REGISTER = VALUE | set {TYPE}ADDRESS = VALUE", """
                        Changes a register or memory.
                        TYPE is byte, short, int or long. A private page that is read-only is copied first.""", this::set),
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
            letter = rest.length() > 1 ? rest.charAt(1) : 'x';
            rest = rest.substring(Math.min(2, rest.length()));
        }
        if (letter == 0 && rest.startsWith("$") && printWideRegister(rest.substring(1))) {
            return;
        }
        long value = session.evaluate(rest);
        out.line("= " + (letter == 0 ? plain(value) : MemoryFormat.number(letter, value, 8)));
    }

    /// A register as its own text: vectors in words, flags by name.
    private boolean printWideRegister(String name) {
        Registers registers = session.registers();
        int index = registers.find(name);
        if (index < 0) {
            return false;
        }
        out.line("= " + registerText(registers, index));
        return true;
    }

    private String plain(long value) {
        String place = CodeText.place(session.symbols(), value);
        return "0x" + Long.toHexString(value) + "  " + value + (place == null ? "" : "  " + place);
    }

    static String registerText(Registers registers, int index) {
        Registers.Info info = registers.all().get(index);
        StringBuilder text = new StringBuilder("0x");
        int words = (info.bits() + 63) / 64;
        for (int word = words - 1; word >= 0; word--) {
            long value = registers.get(index, word);
            text.append(word == words - 1 ? Long.toHexString(value) : String.format("%016x", value));
        }
        String described = registers.describe(index);
        if (!described.isEmpty()) {
            text.append("  ").append(described);
        } else if (words == 1) {
            text.append("  ").append(registers.get(index, 0));
        }
        return text.toString();
    }

    private void set(String text) throws InterruptedException {
        String rest = text.strip();
        if (rest.startsWith("variable ") || rest.startsWith("var ")) {
            rest = rest.substring(rest.indexOf(' ')).strip();
        }
        int equals = rest.indexOf('=');
        if (equals < 0) {
            throw new CommandError("set: an equals sign is needed, as in set $rax = 5");
        }
        String target = rest.substring(0, equals).strip();
        long value = session.evaluate(rest.substring(equals + 1));
        if (target.startsWith("$")) {
            session.setRegister(target.substring(1), value);
        } else if (target.startsWith("{") && target.indexOf('}') > 0) {
            int bytes = Expression.Type.bytes(
                    target.substring(1, target.indexOf('}')).strip());
            store(session.evaluate(target.substring(target.indexOf('}') + 1)), value, bytes);
        } else if (target.startsWith("*")) {
            store(session.evaluate(target.substring(1)), value, 8);
        } else {
            throw new CommandError("set: cannot change " + target + "; expected $REGISTER or {TYPE}ADDRESS");
        }
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
            case 'i' -> next = code(next, -1, format.count(), null);
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
            String place = CodeText.place(session.symbols(), value);
            return "0x" + Long.toHexString(value) + (place == null ? "" : " " + place);
        }
        return MemoryFormat.number(format.letter(), value, format.size());
    }

    private void examineStrings() throws InterruptedException {
        for (int i = 0; i < format.count(); i++) {
            StringBuilder string = new StringBuilder();
            long at = next;
            int c;
            while ((c = (int) session.memory(at++, 1)) != 0 && string.length() < MOST_UNITS) {
                string.append(MemoryFormat.printable(c));
            }
            out.line(label(next) + "\t\"" + string + "\"");
            next = at;
        }
    }

    private String label(long address) {
        String place = CodeText.place(session.symbols(), address);
        return "0x" + Long.toHexString(address) + (place == null ? "" : " " + place) + ":";
    }

    // Code.

    private void disassemble(String text) throws InterruptedException {
        int comma = text.indexOf(',');
        if (comma >= 0) {
            long from = session.evaluate(text.substring(0, comma));
            String to = text.substring(comma + 1).strip();
            long end = to.startsWith("+") ? from + session.evaluate(to.substring(1)) : session.evaluate(to);
            code(from, end, MOST_UNITS, session.current());
            return;
        }
        long at = text.isBlank() ? session.current().cpu().pc : session.evaluate(text);
        ElfSymbols.Place place = session.symbols().at(at);
        long from = place == null ? at : place.symbol().address();
        long size = place == null || place.symbol().size() == 0
                ? DEFAULT_CODE_BYTES
                : place.symbol().size();
        if (place != null) {
            out.line("Code of " + place.symbol().name() + ":");
        }
        code(from, from + size, MOST_UNITS, session.current());
    }

    /// Prints instructions until `end` or `count`; an arrow marks where `thread` is. Returns the
    /// address behind them.
    private long code(long from, long end, int count, @Nullable TaskThread thread) throws InterruptedException {
        long pc = from;
        Disassembler disassembler = session.inferior().disassembler();
        for (int i = 0; i < count && Long.compareUnsigned(pc, end) < 0; i++) {
            byte[] bytes = session.read(pc, LONGEST_INSTRUCTION);
            Disassembler.Line line = disassembler.disassemble(bytes, 0, bytes.length, pc);
            boolean here = thread != null && thread.cpu().pc == pc;
            out.line((here ? "=> " : "   ") + CodeText.line(pc, CodeText.place(session.symbols(), pc), bytes, 0, line));
            pc += line.length();
        }
        return pc;
    }
}
