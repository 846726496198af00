package faultline.kernel.vfs.socket;

/// `struct ucred`: who sent a message, or stands at the other end.
public record PeerCredentials(int pid, int uid, int gid) {

    /// Of a socket without a peer.
    public static final PeerCredentials NONE = new PeerCredentials(0, -1, -1);
}
