package faultline.kernel.vfs.tty;

import java.io.IOException;

/// Sends a terminal's output to the host's.
final class ConsoleDriver implements Tty.Driver {

    private final HostTerminal host;
    private volatile boolean gone;

    ConsoleDriver(HostTerminal host) {
        this.host = host;
    }

    /// One piece at a time, so that echo and output do not cut each other's escape sequences.
    @Override
    public synchronized void write(byte[] from, int at, int length) {
        try {
            host.write(from, at, length);
        } catch (IOException closed) {
            gone = true;
        }
    }

    @Override
    public boolean hasRoom() {
        return true;
    }

    @Override
    public boolean isGone() {
        return gone;
    }
}
