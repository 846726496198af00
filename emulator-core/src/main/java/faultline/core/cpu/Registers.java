package faultline.core.cpu;

import java.util.List;

/// The registers of a [Cpu] by name: what a debugger shows and sets, and what a trace compares.
public interface Registers {

    /// One register: its manual name, its width in bits and the group it is shown in.
    record Info(String name, int bits, Group group) {}

    /// Where a debugger shows a register.
    enum Group {
        GENERAL,
        FLOAT,
        VECTOR,
        SYSTEM
    }

    /// All registers in the order of the architecture's manual; indices below refer to it.
    List<Info> all();

    /// The 64-bit word `word` of a register (0 is the least significant).
    long get(int index, int word);

    /// Sets a word of a register; bits above its width are ignored.
    void set(int index, int word, long value);

    /// Text for a register whose bits have names (flags), or an empty string.
    String describe(int index);

    /// The index of the program counter.
    int programCounter();

    /// The index of the stack pointer.
    int stackPointer();

    /// The index of the register that by convention points to the caller's frame pointer with the
    /// return address above it, or -1.
    default int framePointer() {
        return -1;
    }

    /// The index of the register in which a call leaves the return address, or -1 where calls push it.
    default int linkRegister() {
        return -1;
    }

    /// The index of a register by name, or -1.
    default int find(String name) {
        List<Info> all = all();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).name().equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }
}
