package faultline.kernel.elf;

/// The bytes of a file, wherever it lies: guest file, host file or array.
public interface ByteSource {

    /// The file's size in bytes.
    long size();

    /// Reads up to `length` bytes at `offset`; fewer only at the end of the file.
    int read(long offset, byte[] to, int at, int length);

    /// An array as a file.
    static ByteSource of(byte[] bytes) {
        return new ByteSource() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public int read(long offset, byte[] to, int at, int length) {
                if (offset < 0 || offset >= bytes.length) {
                    return 0;
                }
                int count = (int) Math.min(length, bytes.length - offset);
                System.arraycopy(bytes, (int) offset, to, at, count);
                return count;
            }
        };
    }
}
