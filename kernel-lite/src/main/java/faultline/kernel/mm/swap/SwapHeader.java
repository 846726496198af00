package faultline.kernel.mm.swap;

import faultline.kernel.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The first page of a swap area, which mkswap has written: `union swap_header`.
public final class SwapHeader {

    private static final byte[] MAGIC = "SWAPSPACE2".getBytes(StandardCharsets.ISO_8859_1);

    // Behind 1024 bytes for a boot loader.
    private static final int VERSION = 1024;
    private static final int LAST_PAGE = 1028;
    private static final int BAD_PAGES = 1032;

    private static final int KNOWN_VERSION = 1;

    private SwapHeader() {}

    /// How many pages of a file the area has, the header among them: `read_swap_header`. Throws `ErrnoException`
    /// EINVAL for what is no header, or not of this machine's page size, and for an area that is longer than the
    /// file.
    public static int slots(byte[] page, ByteOrder order, long filePages) {
        int magic = page.length - MAGIC.length;
        for (int i = 0; i < MAGIC.length; i++) {
            require(page[magic + i] == MAGIC[i]);
        }
        ByteBuffer header = ByteBuffer.wrap(page).order(order);
        if (header.getInt(VERSION) == Integer.reverseBytes(KNOWN_VERSION)) {
            // Made on a machine of the other byte order.
            header.order(order == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        }
        require(header.getInt(VERSION) == KNOWN_VERSION);
        long last = Integer.toUnsignedLong(header.getInt(LAST_PAGE));
        require(last != 0 && last < Integer.MAX_VALUE && last < filePages);
        // Bad pages are a device's; in a file they are a mistake.
        require(header.getInt(BAD_PAGES) == 0);
        return (int) last + 1;
    }

    private static void require(boolean right) {
        if (!right) {
            throw Errno.EINVAL.exception();
        }
    }
}
