package faultline.cli.debug;

import faultline.core.cpu.Registers;
import faultline.kernel.elf.ElfSymbols;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What names mean in an expression: registers, symbols, memory, the values printed so far, and
/// variables of the user's own.
final class Variables implements Expression.Names {

    private final DebugSession session;
    private final List<Value> history = new ArrayList<>();
    private final Map<String, Value> convenience = new HashMap<>();

    Variables(DebugSession session) {
        this.session = session;
    }

    /// The value of an expression, or a [CommandError].
    Value evaluate(String expression) {
        if (expression.isBlank()) {
            throw new CommandError("Argument required (expression to compute).");
        }
        return Expression.evaluate(expression.strip(), this);
    }

    /// Keeps a value that was printed; returns the number it can be called by.
    int keep(Value value) {
        history.add(value);
        return history.size();
    }

    /// Sets a variable of the user's.
    void set(String name, Value value) {
        convenience.put(name, value);
    }

    @Override
    public Value dollar(String name) {
        if (name.isEmpty() || name.equals("$")) {
            return printed(history.size() - name.length());
        }
        if (name.chars().allMatch(Character::isDigit)) {
            int number = name.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(name);
            if (number < 1 || number > history.size()) {
                throw new CommandError("History has not yet reached $" + name + ".");
            }
            return printed(number);
        }
        if (session.isRunning()) {
            Registers registers = session.registers();
            int index = DebugSession.find(registers, name);
            if (index >= 0) {
                return Value.of(registers.get(index, 0));
            }
        }
        Value value = convenience.get(name);
        if (value == null) {
            throw new CommandError(
                    session.isRunning()
                            ? "There is no register $" + name + "; 'info registers' lists them."
                            : "The program has no registers now.");
        }
        return value;
    }

    private Value printed(int number) {
        if (number < 1 || number > history.size()) {
            throw new CommandError("Nothing has been printed yet.");
        }
        return history.get(number - 1);
    }

    @Override
    public Value symbol(String name) {
        ElfSymbols.Symbol found = session.symbols().find(name);
        if (found == null) {
            throw new CommandError("No symbol \"" + name + "\" in current context.");
        }
        return new Value(found.address(), Type.ofSize(found.size()).pointer(), null);
    }

    @Override
    public long memory(long address, int bytes) {
        try {
            byte[] read = session.read(address, bytes);
            if (read.length < bytes) {
                throw new CommandError("Cannot access memory at address 0x%x".formatted(address + read.length));
            }
            return session.value(read, 0, bytes);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CommandError("Interrupted");
        }
    }

    /// A location that an expression means: what it was read from, or what a symbol names; or a
    /// [CommandError].
    Value place(String expression) {
        Value value = evaluate(expression);
        Long place = value.place();
        if (place != null) {
            return new Value(place, value.type().pointer(), null);
        }
        if (value.type().target() == null) {
            throw new CommandError(expression.strip() + " is not a location; write {TYPE}ADDRESS for memory there.");
        }
        return value;
    }
}
