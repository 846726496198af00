package faultline.cli.debug;

import org.jspecify.annotations.Nullable;

/// An integer type, or a pointer to one.
record Type(int bytes, boolean signed, @Nullable Type target) {

    static final Type LONG = new Type(8, true, null);
    static final Type INT = new Type(4, true, null);
    private static final Type POINTED = LONG;

    Type pointer() {
        return new Type(8, false, this);
    }

    /// What `*` gives.
    Type pointee() {
        return target == null ? POINTED : target;
    }

    /// A signed integer of so many bytes.
    static Type ofSize(long bytes) {
        return bytes == 1 || bytes == 2 || bytes == 4 ? new Type((int) bytes, true, null) : LONG;
    }

    /// `bits` as a value of the type, extended to 64.
    long extend(long bits) {
        int unused = Long.SIZE - 8 * bytes;
        return signed ? bits << unused >> unused : bits << unused >>> unused;
    }
}
