package faultline.kernel.vfs.tty;

import java.io.IOException;

/// The terminal the emulator itself runs in, in raw mode: bytes in, bytes out, and its size. The
/// front end implements it; all cooking happens in the guest's line discipline.
public interface HostTerminal {

    /// Rows and columns in characters, width and height in pixels (0: unknown).
    record Size(int rows, int columns, int width, int height) {}

    /// What the terminal tells the guest, on a thread of the host.
    interface Listener {
        /// Bytes were typed.
        void input(byte[] bytes, int at, int length);

        /// The window has another size.
        void resized(Size size);

        /// The terminal is gone.
        void hangUp();
    }

    /// Starts delivering input. Called once.
    void start(Listener listener);

    /// Shows bytes; may block.
    void write(byte[] from, int at, int length) throws IOException;

    Size size();
}
