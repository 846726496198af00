package faultline.kernel.vfs.socket;

import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.OpenFile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one send passes on.
///
/// @param to where to, if the send says so itself
/// @param files whose references stay the caller's
public record Outgoing(
        byte[] data, int at, int length, @Nullable UnixAddress to, PeerCredentials credentials, List<OpenFile> files) {

    /// Bytes alone, from the caller as it is.
    public static Outgoing of(byte[] data, int at, int length) {
        return new Outgoing(data, at, length, null, sender(Caller.current()), List.of());
    }

    /// What SCM_CREDENTIALS says unless the sender says otherwise.
    public static PeerCredentials sender(Caller caller) {
        Credentials real = caller.realCredentials();
        return new PeerCredentials(caller.pid(), real.uid(), real.gid());
    }
}
