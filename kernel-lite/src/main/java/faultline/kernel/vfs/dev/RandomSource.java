package faultline.kernel.vfs.dev;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

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
        SecureRandom random = new SecureRandom();
        return (to, at, length) -> {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            System.arraycopy(bytes, 0, to, at, length);
        };
    }

    /// The same bytes in the same order for the same seed. Not secret.
    static RandomSource seeded(long seed) {
        return new SplitMix(seed);
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
