package faultline.x86.insn;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Byte strings over the encoding space, from a seed: each as long as the longest instruction.
final class Samples {

    static final int LENGTH = 15;

    private static final int[] MANDATORY = {0, 0x66, 0xf3, 0xf2};
    private static final int[] LEGACY = {0x66, 0xf3, 0xf2, 0xf0, 0x67, 0x64, 0x65, 0x26, 0x2e, 0x36, 0x3e};
    private static final int VEX_MAPS = 3;

    private final Random random;

    Samples(long seed) {
        random = new Random(seed);
    }

    /// Bytes without a plan.
    Stream<byte[]> uniform(long count) {
        return Stream.generate(this::bytes).limit(count);
    }

    private byte[] bytes() {
        byte[] bytes = new byte[LENGTH];
        random.nextBytes(bytes);
        return bytes;
    }

    /// Up to four prefixes, perhaps a REX or VEX, an opcode of any map.
    Stream<byte[]> structured(long count) {
        return Stream.generate(this::structured).limit(count);
    }

    private byte[] structured() {
        Writer to = new Writer(bytes());
        for (int prefixes = Math.max(0, random.nextInt(7) - 2); prefixes > 0; prefixes--) {
            to.add(LEGACY[random.nextInt(LEGACY.length)]);
        }
        if (random.nextInt(8) == 0) {
            vex(to, 1 + random.nextInt(VEX_MAPS), random.nextInt(256), random.nextInt(256));
        } else {
            if (random.nextBoolean()) {
                to.add(0x40 | random.nextInt(16));
            }
            escape(to, random.nextInt(4));
        }
        return to.bytes;
    }

    /// Every opcode of every map with every mandatory prefix and ModRM byte: prefix, REX and
    /// whatever follows are random.
    Stream<byte[]> systematic() {
        return IntStream.range(0, 4 * 4 * 256 * 256).mapToObj(this::legacy);
    }

    private byte[] legacy(int number) {
        Writer to = new Writer(bytes());
        int prefix = MANDATORY[number >> 16 & 3];
        if (prefix != 0) {
            to.add(prefix);
        }
        if (random.nextBoolean()) {
            to.add(0x40 | random.nextInt(16));
        }
        escape(to, number >> 18);
        to.add(number >> 8 & 0xff);
        to.add(number & 0xff);
        return to.bytes;
    }

    /// Every opcode of the maps behind VEX with every implied prefix, length and width.
    Stream<byte[]> systematicVex(int modrms) {
        return IntStream.range(0, VEX_MAPS * 256 * 16 * modrms).mapToObj(number -> {
            Writer to = new Writer(bytes());
            int form = number / modrms;
            int last = form << 7 & 0x80 | form >> 1 & 7 | (random.nextBoolean() ? 0x78 : random.nextInt(16) << 3);
            vex(to, 1 + form / (16 * 256), random.nextInt(256), last);
            to.add(form >> 4 & 0xff);
            return to.bytes;
        });
    }

    private static void escape(Writer to, int map) {
        if (map > 0) {
            to.add(0x0f);
        }
        if (map > 1) {
            to.add(map == 2 ? 0x38 : 0x3a);
        }
    }

    private static void vex(Writer to, int map, int extensions, int last) {
        to.add(0xc4);
        to.add(extensions & 0xe0 | map);
        to.add(last);
    }

    /// Overwrites the bytes of a string from the start.
    private static final class Writer {
        private final byte[] bytes;
        private int at;

        Writer(byte[] bytes) {
            this.bytes = bytes;
        }

        void add(int value) {
            bytes[at++] = (byte) value;
        }
    }
}
