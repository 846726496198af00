package faultline.kernel.vfs.socket;

import org.jspecify.annotations.Nullable;

/// SOCK_*: what a socket carries.
public enum SocketType {
    STREAM(1),
    DATAGRAM(2),
    SEQUENCED_PACKET(5);

    /// SOCK_RAW, which for local sockets is another word for datagrams.
    private static final int RAW = 3;

    private final int number;

    SocketType(int number) {
        this.number = number;
    }

    /// Linux's number.
    public int number() {
        return number;
    }

    /// The type of a number, or null for one that local sockets do not have.
    public static @Nullable SocketType of(int number) {
        return switch (number) {
            case 1 -> STREAM;
            case 2, RAW -> DATAGRAM;
            case 5 -> SEQUENCED_PACKET;
            default -> null;
        };
    }
}
