package faultline.x86.conformance;

import java.io.ByteArrayOutputStream;

/// The parts of an instruction's bytes while they are chosen.
final class EncodedInsn {

    /// The last immediate of a RIP-relative instruction changes its address, so lengths are known
    /// before bytes.
    private static final int DISPLACEMENT_BYTES = 4;

    private final RowEncoding encoding;
    private final ByteArrayOutputStream prefixes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream immediate = new ByteArrayOutputStream();

    /// W, R, X and B in bits 3 to 0.
    int rex;

    /// Whether a REX prefix stands there even with nothing in it.
    boolean emptyRex;

    int vexRegister;
    int opcodeLow;

    /// The register field of ModRM.
    int reg;

    /// ModRM without its register field, SIB and displacement; empty without ModRM.
    byte[] address = {};

    EncodedInsn(RowEncoding encoding) {
        this.encoding = encoding;
    }

    void prefix(int value) {
        prefixes.write(value);
    }

    void immediate(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            immediate.write((int) (value >>> 8 * i));
        }
    }

    /// The register form.
    void register(int rm) {
        address = new byte[] {(byte) (0xc0 | rm & 7)};
        rex |= rm >>> 3;
    }

    /// `[base + disp8]`; not for RSP and R12.
    void based(int base, int displacement) {
        rex |= base >>> 3;
        address = new byte[] {(byte) (0x40 | base & 7), (byte) displacement};
    }

    /// `[base]`; not for RSP, RBP, R12 and R13.
    void plain(int base) {
        rex |= base >>> 3;
        address = new byte[] {(byte) (base & 7)};
    }

    /// `[base + index * 2^scale + disp32]`; an index of 4 is none.
    void indexed(int base, int index, int scale, int displacement) {
        rex |= base >>> 3 | index >>> 3 << 1;
        address = withDisplacement(0x84, scale << 6 | (index & 7) << 3 | base & 7, displacement);
    }

    /// `[disp32]`.
    void absolute(int at) {
        address = withDisplacement(0x04, 0x25, at);
    }

    private static byte[] withDisplacement(int modrm, int sib, int displacement) {
        byte[] bytes = new byte[2 + DISPLACEMENT_BYTES];
        bytes[0] = (byte) modrm;
        bytes[1] = (byte) sib;
        putDisplacement(bytes, 2, displacement);
        return bytes;
    }

    private static void putDisplacement(byte[] bytes, int from, int displacement) {
        for (int i = 0; i < DISPLACEMENT_BYTES; i++) {
            bytes[from + i] = (byte) (displacement >>> 8 * i);
        }
    }

    /// `[rip + disp32]`, for code at `code`: everything else must be chosen by now.
    void relative(long at, long code) {
        address = new byte[1 + DISPLACEMENT_BYTES];
        address[0] = 5;
        putDisplacement(address, 1, (int) (at - code - bytes().length));
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(prefixes.toByteArray());
        if (encoding.vex) {
            vex(out);
        } else {
            if (encoding.prefix != 0) {
                out.write(encoding.prefix);
            }
            if (rex != 0 || emptyRex) {
                out.write(0x40 | rex);
            }
            if (encoding.map > 0) {
                out.write(0x0f);
            }
            if (encoding.map > 1) {
                out.write(encoding.map == 2 ? 0x38 : 0x3a);
            }
        }
        out.write(encoding.opcode | opcodeLow);
        if (encoding.exact >= 0) {
            out.write(encoding.exact);
        } else if (encoding.modrm) {
            out.write(address[0] | (reg & 7) << 3);
            out.write(address, 1, address.length - 1);
        }
        out.writeBytes(immediate.toByteArray());
        return out.toByteArray();
    }

    private void vex(ByteArrayOutputStream out) {
        int pp = encoding.prefix == 0x66 ? 1 : encoding.prefix == 0xf3 ? 2 : encoding.prefix == 0xf2 ? 3 : 0;
        out.write(0xc4);
        out.write((~rex & 7) << 5 | encoding.map);
        out.write((rex & 8) << 4 | (~vexRegister & 15) << 3 | Math.max(encoding.l, 0) << 2 | pp);
    }
}
