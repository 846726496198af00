package faultline.core.cpu;

import faultline.core.cpu.Registers.Group;
import faultline.core.cpu.Registers.Info;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;
import java.util.function.ToLongFunction;

/// The registers that every [Cpu] of one architecture has, each with how it is read and written. An
/// architecture fills one table; [#of] is a thread's view of it.
public final class RegisterTable<C extends Cpu> {

    /// How one word of a register is read.
    @FunctionalInterface
    public interface Reader<C> {
        long get(C cpu, int word);
    }

    /// How one word of a register is written.
    @FunctionalInterface
    public interface Writer<C> {
        void set(C cpu, int word, long value);
    }

    private record Row<C>(Reader<C> reader, Writer<C> writer) {}

    private final List<Info> infos = new ArrayList<>();
    private final List<Info> all = Collections.unmodifiableList(infos);
    private final List<Row<C>> rows = new ArrayList<>();
    private final Map<String, Function<C, String>> descriptions = new HashMap<>();
    private int programCounter;
    private int stackPointer;
    private int framePointer = -1;
    private int linkRegister = -1;

    /// Adds a register of one word.
    public RegisterTable<C> add(String name, int bits, Group group, ToLongFunction<C> get, ObjLongConsumer<C> set) {
        long mask = bits == Long.SIZE ? -1 : (1L << bits) - 1;
        return addWide(
                name,
                bits,
                group,
                (cpu, word) -> get.applyAsLong(cpu) & mask,
                (cpu, word, value) -> set.accept(cpu, value & mask));
    }

    /// Adds a register of several words.
    public RegisterTable<C> addWide(String name, int bits, Group group, Reader<C> reader, Writer<C> writer) {
        infos.add(new Info(name, bits, group));
        rows.add(new Row<>(reader, writer));
        return this;
    }

    /// Says what the bits of a register mean.
    public RegisterTable<C> describe(String name, Function<C, String> text) {
        descriptions.put(name, text);
        return this;
    }

    /// Says which registers are the program counter, the stack pointer and the frame pointer.
    public RegisterTable<C> pointers(String programCounter, String stackPointer, String framePointer) {
        this.programCounter = index(programCounter);
        this.stackPointer = index(stackPointer);
        this.framePointer = index(framePointer);
        return this;
    }

    /// Says which register calls leave the return address in.
    public RegisterTable<C> link(String name) {
        linkRegister = index(name);
        return this;
    }

    private int index(String name) {
        for (int i = 0; i < infos.size(); i++) {
            if (infos.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no register " + name);
    }

    /// The registers of a thread.
    public Registers of(C cpu) {
        return new View<>(this, cpu);
    }

    private record View<C extends Cpu>(RegisterTable<C> table, C cpu) implements Registers {

        @Override
        public List<Info> all() {
            return table.all;
        }

        @Override
        public long get(int index, int word) {
            return table.rows.get(index).reader().get(cpu, word);
        }

        @Override
        public void set(int index, int word, long value) {
            table.rows.get(index).writer().set(cpu, word, value);
        }

        @Override
        public String describe(int index) {
            Function<C, String> text =
                    table.descriptions.get(table.infos.get(index).name());
            return text == null ? "" : text.apply(cpu);
        }

        @Override
        public int programCounter() {
            return table.programCounter;
        }

        @Override
        public int stackPointer() {
            return table.stackPointer;
        }

        @Override
        public int framePointer() {
            return table.framePointer;
        }

        @Override
        public int linkRegister() {
            return table.linkRegister;
        }
    }
}
