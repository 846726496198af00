package faultline.arm64.insn;

import faultline.arm64.cpu.A64Cpu;
import java.util.Random;

/// What was in registers and memory before a vector instruction, made from a seed: lanes of every
/// size with interesting values among them. The base register of loads and stores points into the
/// buffer.
record SimdCase(int word, long[] x, long[] v, int fpsr, byte[] memory) {

    /// Where the compared part of the buffer begins.
    static final long MEMORY = A64Machine.BUFFER + 0x700;

    private static final int MEMORY_BYTES = 512;
    private static final int QC = 1 << 27;

    static SimdCase of(int word, long seed) {
        Random random = new Random(seed);
        long[] x = new long[31];
        long[] v = new long[64];
        byte[] memory = new byte[MEMORY_BYTES];
        for (int n = 0; n < x.length; n++) {
            x[n] = lanes(random);
        }
        for (int n = 0; n < v.length; n++) {
            v[n] = lanes(random);
        }
        int fpsr = random.nextInt(3) == 0 ? QC : 0;
        random.nextBytes(memory);
        if ((word >>> 25 & 5) == 4) {
            if ((word >>> 16 & 31) != 31) {
                x[word >>> 16 & 31] = random.nextInt(8);
            }
            x[word >>> 5 & 31] = MEMORY + MEMORY_BYTES / 2 + random.nextInt(16);
        }
        return new SimdCase(word, x, v, fpsr, memory);
    }

    private static long lanes(Random random) {
        int width = 8 << random.nextInt(4);
        long value = 0;
        for (int at = 0; at < 64; at += width) {
            value |= (lane(random, width) & -1L >>> 64 - width) << at;
        }
        return value;
    }

    private static long lane(Random random, int width) {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> -1;
            case 3 -> 1L << width - 1;
            case 4 -> (1L << width - 1) - 1;
            case 5 -> random.nextInt(2 * width + 3) - width - 1;
            default -> random.nextLong();
        };
    }

    void into(A64Machine machine) {
        System.arraycopy(x, 0, machine.cpu.x, 0, x.length);
        System.arraycopy(v, 0, machine.cpu.v, 0, v.length);
        machine.cpu.fp.setFpcr(0);
        machine.cpu.fp.setFpsr(fpsr);
        for (int i = 0; i < memory.length; i++) {
            machine.memory.store8(MEMORY + i, memory[i]);
        }
    }

    /// FPSR, and what has changed: `0 x1=… v2=high:low m10=…`.
    String changes(A64Machine machine) {
        byte[] after = new byte[memory.length];
        for (int i = 0; i < after.length; i++) {
            after[i] = machine.memory.load8(MEMORY + i);
        }
        A64Cpu cpu = machine.cpu;
        return changes(cpu.x, cpu.v, cpu.fp.fpsr(), after);
    }

    String changes(long[] newX, long[] newV, int newFpsr, byte[] newMemory) {
        StringBuilder text = new StringBuilder(Integer.toHexString(newFpsr));
        for (int n = 0; n < x.length; n++) {
            if (newX[n] != x[n]) {
                text.append(" x%d=%x".formatted(n, newX[n]));
            }
        }
        for (int n = 0; n < v.length; n += 2) {
            if (newV[n] != v[n] || newV[n + 1] != v[n + 1]) {
                text.append(" v%d=%x:%x".formatted(n / 2, newV[n + 1], newV[n]));
            }
        }
        for (int i = 0; i < memory.length; i++) {
            if (newMemory[i] != memory[i]) {
                text.append(" m%x=%x".formatted(i, newMemory[i]));
            }
        }
        return text.toString();
    }
}
