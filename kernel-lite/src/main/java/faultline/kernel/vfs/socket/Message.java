package faultline.kernel.vfs.socket;

import faultline.kernel.vfs.OpenFile;
import java.util.List;

/// Bytes on their way to a socket, with what travels along: `struct sk_buff` and its `unix_skb_parms`.
///
/// `taken`, and who holds the references to `files`, are guarded by the domain's lock.
final class Message {

    /// What a kernel charges for a buffer besides its bytes: `struct sk_buff` and the room around a
    /// small one, which holds the first bytes as well.
    private static final int OVERHEAD = 768;

    private static final int FREE_BYTES = 192;

    final byte[] data;
    final UnixSocket sender;
    final UnixAddress from;
    final PeerCredentials credentials;

    /// Each with a reference of the message's own, until a receiver takes them over.
    List<OpenFile> files;

    /// How much of a stream's message has been read.
    int taken;

    Message(byte[] data, UnixSocket sender, UnixAddress from, PeerCredentials credentials, List<OpenFile> files) {
        this.data = data;
        this.sender = sender;
        this.from = from;
        this.credentials = credentials;
        this.files = files;
    }

    int left() {
        return data.length - taken;
    }

    /// What it counts against its sender's SO_SNDBUF.
    int charge() {
        return OVERHEAD + Math.max(0, data.length - FREE_BYTES);
    }
}
