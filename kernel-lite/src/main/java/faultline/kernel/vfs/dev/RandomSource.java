package faultline.kernel.vfs.dev;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;

/// Where `getrandom`, `/dev/urandom` and AT_RANDOM get their bytes: the host's generator, or a
/// seeded one whose runs repeat.
public interface RandomSource {

    /// Fills `length` bytes. Any thread.
    void fill(byte[] to, int at, int length);

    /// Eight bytes at once, for instructions that ask the processor.
    default long next() {
        byte[] bytes = new byte[Long.BYTES];
        fill(bytes, 0, bytes.length);
        return ByteBuffer.wrap(bytes).getLong();
    }

    /// The host's cryptographic generator.
    static RandomSource host() {
        return new Host();
    }

    /// The same bytes in the same order for the same seed. Not secret.
    static RandomSource seeded(long seed) {
        return new SplitMix(seed);
    }

    /// Reads `/dev/urandom`, a buffer at a time; where there is none Java's generator stands in.
    /// Not Java's from the start: a small guest wants 32 bytes, and the search for the provider of
    /// a `SecureRandom` takes a fifth of the time it runs.
    final class Host implements RandomSource {

        private static final int BUFFER_BYTES = 256;

        // Guarded by this monitor. The last `left` bytes have not been given to anybody.
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private int left;

        Host() {}

        @Override
        public synchronized void fill(byte[] to, int at, int length) {
            if (length > BUFFER_BYTES) {
                read(to, at, length);
                return;
            }
            if (length > left) {
                read(buffer, 0, BUFFER_BYTES);
                left = BUFFER_BYTES;
            }
            System.arraycopy(buffer, BUFFER_BYTES - left, to, at, length);
            Arrays.fill(buffer, BUFFER_BYTES - left, BUFFER_BYTES - left + length, (byte) 0);
            left -= length;
        }

        private static void read(byte[] to, int at, int length) {
            try (FileInputStream in = new FileInputStream("/dev/urandom")) {
                if (in.readNBytes(to, at, length) == length) {
                    return;
                }
            } catch (IOException _) {
                // Not this kind of host.
            }
            byte[] bytes = new byte[length];
            new SecureRandom().nextBytes(bytes);
            System.arraycopy(bytes, 0, to, at, length);
        }
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    final class SplitMix implements RandomSource {

        // Guarded by this monitor.
        private long state;

        SplitMix(long seed) {
            this.state = seed;
        }

        @Override
        public synchronized void fill(byte[] to, int at, int length) {
            long word = 0;
            for (int i = 0; i < length; i++) {
                if ((i & 7) == 0) {
                    word = next();
                }
                to[at + i] = (byte) (word >>> ((i & 7) * 8));
            }
        }

        @Override
        public synchronized long next() {
            state += 0x9e3779b97f4a7c15L;
            long mixed = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
            mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
            return mixed ^ (mixed >>> 31);
        }
    }
}
