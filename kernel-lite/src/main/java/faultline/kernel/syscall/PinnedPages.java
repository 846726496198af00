package faultline.kernel.syscall;

import faultline.kernel.mm.fault.PinnedPage;
import java.util.ArrayList;
import java.util.List;

/// The pages behind a part of user buffers, for a device to move data to or from: `bio_iov_iter_get_pages`.
final class PinnedPages implements AutoCloseable {

    private record Part(PinnedPage page, int length) {}

    private final List<Part> parts = new ArrayList<>();
    private int length;

    /// How many bytes they are.
    int length() {
        return length;
    }

    /// Adds the first `bytes` bytes of what is left of a page; it is given back with the others.
    void add(PinnedPage page, int bytes) {
        parts.add(new Part(page, bytes));
        length += bytes;
    }

    /// Copies the bytes out of the pages.
    void copyIn(byte[] to) {
        int done = 0;
        for (Part part : parts) {
            part.page.read(to, done, part.length);
            done += part.length;
        }
    }

    /// Copies the first `count` bytes into the pages.
    void copyOut(byte[] from, int count) {
        int done = 0;
        for (Part part : parts) {
            int piece = Math.min(part.length, count - done);
            if (piece > 0) {
                part.page.write(from, done, piece);
                done += piece;
            }
        }
    }

    @Override
    public void close() {
        parts.forEach(part -> part.page.close());
    }
}
