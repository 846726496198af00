package faultline.kernel.vfs.socket;

import java.util.Arrays;

/// What `sun_path` holds: a path, an abstract name behind a zero byte, or nothing.
public record UnixAddress(byte[] name) {

    /// Of a socket that was never bound.
    public static final UnixAddress UNNAMED = new UnixAddress(new byte[0]);

    public UnixAddress {
        name = name.clone();
    }

    @Override
    public byte[] name() {
        return name.clone();
    }

    public boolean isUnnamed() {
        return name.length == 0;
    }

    /// Whether it names no file but an entry of the machine's own table.
    public boolean isAbstract() {
        return name.length > 0 && name[0] == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UnixAddress that && Arrays.equals(name, that.name);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(name);
    }

    @Override
    public String toString() {
        return "UnixAddress" + Arrays.toString(name);
    }
}
