package faultline.arm64.insn;

import faultline.arm64.cpu.A64Cpu;
import java.util.HexFormat;

/// Five integer functions as gcc 12 -O2 compiles them, at the start of the code page.
final class CompiledFunctions {

    private static final String CODE = """
            e40300aaa10300b40300018b22008052021400381f0003ebc1ffff543f0800f1c9020054430080d2000080d204000014
            630400913f0003ebe00100548268633882ffff34627c039b000400913f0002eb09ffff541f2003d59f6822384200038b
            3f0002eba8ffff54630400913f0003eb61feff54c0035fd6000080d2c0035fd6a10100b40400018b030080121f2003d5
            011440382100034a211c4092417861b82320434a9f0000eb41ffff54e003232ac0035fd600008052c0035fd61f2003d5
            c10200b4e20300aaa06484d24084b0f2653680d2809cd3f24400018b407ef9f20520c0f21f2003d541144038210000ca
            207c059b007440ca031440927f1c00f101e4c093210c00910010819a9f0002ebc1feff54c0035fd6a06484d24084b0f2
            809cd3f2407ef9f2c0035fd61f2003d5fd7bbda9fd030091f35301a9f40300aa1f0400f1a9010054f30300aaf51300f9
            150080d2600600d1730a00d1f5ffff97b502008b7f0600f168ffff54940240928002158bf51340f9f35341a9fd7bc3a8
            c0035fd61f2003d51f2003d51f2003d53f0002eb4a080054fd7bbda9fd030091f35301a9f40300aaf51300f9f50302aa
            a00201cbe20315aaf30301aa2004808b867a60b81f2003d57f0202eb6c04005468f67ed3857a73b80411009143f47ed3
            877a62b88402048b8802088b8902038bbf00066bea030054e80304aa854440b873060091bf00066b8bffff54df00076b
            4a010054631000d18302038b1f2003d5e40303aa67c45fb8420400d1ff00066b8cffff54e90304aa5f0013eb6bfcff54
            73060091420400d1070100b9250100b97f0202ebedfbff54e00314aacdffff977f0215eb4a010054e10313aad1ffff17
            df00076b0bfdff54070100b973060091420400d1250100b9f2ffff17f35341a9f51340f9fd7bc3a8c0035fd6c0035fd6
            """;

    private static final long STOP = A64Machine.CODE + 0x1000;
    private static final long STACK = 0x60000;
    private static final long TABLE = 0x80000;
    private static final long DATA = A64Machine.BUFFER;
    private static final int SVC = 0xd4000001;

    enum Program {
        SIEVE(0x0, 1 << 15),
        CRC(0x80, 1 << 15),
        HASH(0xc0, 1 << 15),
        FIB(0x130, 19),
        QUICKSORT(0x190, 1 << 12);

        final long entry;
        final int size;

        Program(long entry, int size) {
            this.entry = entry;
            this.size = size;
        }
    }

    final A64Machine machine = new A64Machine();

    CompiledFunctions() {
        byte[] code = HexFormat.of().parseHex(CODE.replaceAll("\\s", ""));
        machine.memory.write(A64Machine.CODE, code, 0, code.length);
        machine.memory.store32(STOP, SVC);
    }

    /// Fills the data a program works on, and sets its arguments.
    void prepare(Program program) {
        long[] state = {1};
        for (int i = 0; i < 1 << 13; i++) {
            machine.memory.store64(DATA + 8L * i, mixed(state));
        }
        for (int i = 0; i < 128; i++) {
            machine.memory.store64(TABLE + 8L * i, mixed(state));
        }
        start(program);
    }

    /// Sets a program's arguments over the data that is there.
    void start(Program program) {
        A64Cpu cpu = machine.cpu;
        cpu.x[0] = program == Program.FIB ? program.size : DATA;
        cpu.x[1] = program == Program.QUICKSORT ? 0 : program.size;
        cpu.x[2] = program == Program.QUICKSORT ? program.size - 1 : TABLE;
        cpu.x[30] = STOP;
        cpu.x[A64Cpu.SP] = STACK;
        cpu.pc = A64Machine.CODE + program.entry;
    }

    private static long mixed(long[] state) {
        state[0] += 0x9e3779b97f4a7c15L;
        long z = (state[0] ^ state[0] >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
