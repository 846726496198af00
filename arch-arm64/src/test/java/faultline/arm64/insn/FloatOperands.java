package faultline.arm64.insn;

import faultline.arm64.cpu.A64Cpu;
import faultline.arm64.cpu.Nzcv;

/// Registers full of hard operands: zeros, denormals, the ends of the normal range, infinities, NaNs,
/// ties, and neighbours that differ in their last bits.
///
/// @param v the vector registers as [A64Cpu#v] has them
record FloatOperands(long[] v, long[] x, int nzcv) {

    private static final int GENERAL = 28;

    /// Types are as `ftype` numbers them; 2 is integers.
    static FloatOperands of(int type, long seed) {
        Numbers numbers = new Numbers(seed);
        long[] v = new long[64];
        for (int i = 0; i < v.length; i++) {
            v[i] = numbers.half(type);
            if (i > 0 && (numbers.mixed() & 7) == 0) {
                v[i] = v[i - 1] ^ numbers.mixed() & 3;
            }
        }
        long[] x = new long[32];
        for (int i = 0; i < x.length; i++) {
            x[i] = numbers.value();
        }
        return new FloatOperands(v, x, (int) numbers.mixed() & 15);
    }

    void into(A64Cpu cpu, int fpcr, int fpsr) {
        System.arraycopy(v, 0, cpu.v, 0, v.length);
        System.arraycopy(x, 0, cpu.x, 0, GENERAL);
        Nzcv.setNzcv(cpu, nzcv);
        cpu.fp.setFpcr(fpcr);
        cpu.fp.setFpsr(fpsr);
    }

    /// NZCV, FPSR, and the registers that are not as they were.
    String changes(A64Cpu cpu) {
        StringBuilder text = new StringBuilder("%x %x".formatted(Nzcv.nzcv(cpu), cpu.fp.fpsr()));
        for (int n = 0; n < GENERAL; n++) {
            if (cpu.x[n] != x[n]) {
                text.append(" x%d=%x".formatted(n, cpu.x[n]));
            }
        }
        for (int n = 0; n < v.length; n += 2) {
            if (cpu.v[n] != v[n] || cpu.v[n + 1] != v[n + 1]) {
                text.append(" v%d=%x:%x".formatted(n / 2, cpu.v[n + 1], cpu.v[n]));
            }
        }
        return text.toString();
    }

    /// SplitMix64 and what is made of it.
    private static final class Numbers {
        private long state;

        Numbers(long seed) {
            state = seed;
        }

        long mixed() {
            state += 0x9e3779b97f4a7c15L;
            long z = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
            z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
            return z ^ z >>> 31;
        }

        long value() {
            long choice = mixed();
            long value = mixed();
            return switch ((int) choice & 7) {
                case 0 -> value & 15;
                case 1 -> -(value & 15);
                case 2 -> (int) value;
                case 3 -> value & 0xffffffffL;
                case 4 -> 1L << value;
                case 5 -> ~(1L << value);
                default -> value;
            };
        }

        long half(int type) {
            return switch (type) {
                case 0 -> number(24, 8) | number(24, 8) << 32;
                case 1 -> number(53, 11);
                case 3 -> number(11, 5) | number(11, 5) << 16 | number(11, 5) << 32 | number(11, 5) << 48;
                default -> value();
            };
        }

        private long number(int precision, int exponentBits) {
            long choice = mixed();
            long random = mixed();
            long ones = (1L << precision - 1) - 1;
            long most = (1L << exponentBits) - 1;
            long bias = most >> 1;
            long exponent = switch ((int) (choice >>> 1) & 7) {
                case 0 -> 0;
                case 1 -> 1;
                case 2 -> most;
                case 3 -> most - 1;
                case 4 -> bias;
                case 5 -> bias + (choice >>> 8 & 63) - 32 & most;
                case 6 -> choice >>> 8 & most;
                default -> bias + 1;
            };
            long fraction = switch ((int) (choice >>> 4) & 7) {
                case 0 -> 0;
                case 1 -> 1;
                case 2 -> ones;
                case 3 -> ones + 1 >> 1;
                case 4 -> ones >> 1;
                case 5 -> random & ones & ~(ones >> 4);
                default -> random & ones;
            };
            return (choice & 1) << precision - 1 + exponentBits | exponent << precision - 1 | fraction;
        }
    }
}
