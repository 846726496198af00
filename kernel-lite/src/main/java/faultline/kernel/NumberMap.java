package faultline.kernel;

import java.util.HashSet;
import java.util.Map;

/// Numbers that a program has otherwise than the kernel, whose values are asm-generic's. Those that are not named are
/// the same for both.
public record NumberMap(Map<Integer, Integer> toKernel) {

    /// Nothing differs.
    public static final NumberMap SAME = new NumberMap(Map.of());

    /// The map has the kernel's number by the program's, and what it gives to one it takes from another.
    public NumberMap {
        toKernel = Map.copyOf(toKernel);
        if (!toKernel.keySet().equals(new HashSet<>(toKernel.values()))) {
            throw new IllegalArgumentException("numbers: two of a program's are one of the kernel's in " + toKernel);
        }
    }

    /// A program's number as the kernel has it.
    public int toKernel(int number) {
        return toKernel.getOrDefault(number, number);
    }
}
