package faultline.kernel.mm.fault;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Which accesses below a stack's VMA make it grow.
public enum StackGrowth {

    /// Any, as far as RLIMIT_STACK and the guard gap permit.
    GUARD_GAP,

    /// Only those near the stack pointer, or that move it there, as some kernels before 5.10 had it.
    STACK_POINTER;

    /// Its name on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<StackGrowth> named(String name) {
        return Arrays.stream(values())
                .filter(one -> one.toString().equals(name))
                .findFirst();
    }
}
