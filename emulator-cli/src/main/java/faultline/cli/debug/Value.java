package faultline.cli.debug;

import org.jspecify.annotations.Nullable;

/// A value and, if it was read from memory, where it lies.
record Value(long bits, Type type, @Nullable Long place) {

    static Value of(long bits) {
        return new Value(bits, Type.LONG, null);
    }
}
