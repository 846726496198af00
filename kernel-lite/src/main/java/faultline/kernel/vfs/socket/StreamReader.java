package faultline.kernel.vfs.socket;

import faultline.kernel.vfs.OpenFile;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One receive from a stream: gathers bytes across messages, as long as nothing between them tells
/// them apart. Descriptors end it, and where credentials are passed, a change of sender.
final class StreamReader {

    private final byte[] to;
    private final int at;
    private final int length;
    private final boolean peek;
    private final boolean distinguishesSenders;

    private int count;
    private @Nullable UnixAddress from;
    private @Nullable PeerCredentials credentials;
    private List<OpenFile> files = List.of();

    StreamReader(byte[] to, int at, int length, boolean peek, SocketOptions options) {
        this.to = to;
        this.at = at;
        this.length = length;
        this.peek = peek;
        this.distinguishesSenders = options.passesCredentials();
    }

    int count() {
        return count;
    }

    Received result() {
        return new Received(count, count, from, credentials, files);
    }

    /// Reads what the socket has; true when more must not be added. Those whose messages were used up
    /// are put into `relieved`.
    boolean readLocked(UnixSocket socket, List<UnixSocket> relieved) {
        if (peek) {
            count = 0;
        }
        Iterator<Message> messages = List.copyOf(socket.queueLocked()).iterator();
        while (messages.hasNext()) {
            Message message = messages.next();
            if (credentials != null && distinguishesSenders && !credentials.equals(message.credentials)) {
                return true;
            }
            credentials = message.credentials;
            from = message.from;
            take(message);
            if (!message.files.isEmpty()) {
                files = UnixSocket.takeFilesLocked(message, peek);
            }
            if (!peek && message.left() == 0) {
                relieved.add(socket.dequeueLocked().sender);
            }
            if (count == length || !files.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private void take(Message message) {
        int piece = Math.min(length - count, message.left());
        System.arraycopy(message.data, message.taken, to, at + count, piece);
        count += piece;
        if (!peek) {
            message.taken += piece;
        }
    }
}
