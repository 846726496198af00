package faultline.kernel.vfs.socket;

import faultline.kernel.vfs.OpenFile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one receive got besides the bytes.
///
/// @param count how many bytes were put into the buffer
/// @param length the whole message's length, which MSG_TRUNC asks for; of a stream the count
/// @param from whose it was; null when a stream has ended
/// @param files with a reference each that the caller takes over
public record Received(
        int count,
        int length,
        @Nullable UnixAddress from,
        @Nullable PeerCredentials credentials,
        List<OpenFile> files) {

    static final Received END = new Received(0, 0, null, null, List.of());

    /// Whether the message was longer than the buffer.
    public boolean isTruncated() {
        return count < length;
    }
}
