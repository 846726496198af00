package faultline.kernel.vfs.socket;

/// The settings of one socket that setsockopt changes. Each is a word of its own, so threads that
/// change one need no lock.
public final class SocketOptions {

    /// `net.core.wmem_default` and `rmem_default`, and the most that may be asked for.
    static final int DEFAULT_BUFFER = 212_992;

    /// SOCK_MIN_SNDBUF and SOCK_MIN_RCVBUF.
    private static final int LEAST_SEND_BUFFER = 4608;

    private static final int LEAST_RECEIVE_BUFFER = 2304;

    private volatile int sendBuffer = DEFAULT_BUFFER;
    private volatile int receiveBuffer = DEFAULT_BUFFER;
    private volatile long sendTimeout;
    private volatile long receiveTimeout;
    private volatile int linger = -1;
    private volatile boolean passesCredentials;

    /// The booleans without an effect on local sockets, a bit for each option's number.
    private volatile long kept;

    SocketOptions() {}

    /// SO_SNDBUF, in bytes of messages and what they cost.
    public int sendBuffer() {
        return sendBuffer;
    }

    /// Linux doubles what is asked for, to make room for what messages cost.
    public void setSendBuffer(int bytes) {
        sendBuffer = Math.max(LEAST_SEND_BUFFER, 2 * Math.clamp(bytes, 0, DEFAULT_BUFFER));
    }

    /// SO_RCVBUF; what a local socket receives counts against its sender.
    public int receiveBuffer() {
        return receiveBuffer;
    }

    public void setReceiveBuffer(int bytes) {
        receiveBuffer = Math.max(LEAST_RECEIVE_BUFFER, 2 * Math.clamp(bytes, 0, DEFAULT_BUFFER));
    }

    /// SO_SNDTIMEO in nanoseconds; 0 for none.
    public long sendTimeout() {
        return sendTimeout;
    }

    public void setSendTimeout(long nanos) {
        sendTimeout = nanos;
    }

    /// SO_RCVTIMEO in nanoseconds; 0 for none.
    public long receiveTimeout() {
        return receiveTimeout;
    }

    public void setReceiveTimeout(long nanos) {
        receiveTimeout = nanos;
    }

    /// SO_LINGER in seconds, -1 for off. A local socket has nothing to linger for.
    public int linger() {
        return linger;
    }

    public void setLinger(int seconds) {
        linger = seconds;
    }

    /// SO_PASSCRED: whether every message tells who sent it.
    public boolean passesCredentials() {
        return passesCredentials;
    }

    public void setPassesCredentials(boolean on) {
        passesCredentials = on;
    }

    /// An option that is kept and shown and does nothing: SO_REUSEADDR, SO_KEEPALIVE, ….
    public boolean kept(int option) {
        return (kept >> option & 1) != 0;
    }

    public synchronized void keep(int option, boolean on) {
        kept = on ? kept | 1L << option : kept & ~(1L << option);
    }
}
