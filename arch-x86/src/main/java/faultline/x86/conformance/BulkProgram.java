package faultline.x86.conformance;

import static faultline.x86.conformance.X86State.LAYOUT;

import faultline.core.conformance.BulkOperation;
import faultline.core.conformance.MemoryRun;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestMemory;
import faultline.core.conformance.TestVector;
import faultline.x86.cpu.X86Cpu;
import java.io.ByteArrayOutputStream;

/// A vector that executes one operation many times, each with operands and a control register of its
/// own, from a record of [#RECORD] bytes in memory that takes the result and the flags too.
///
/// The code is the same for every vector. RBX points to the first record.
final class BulkProgram implements BulkOperation {

    /// Bytes of a record, and where in it things are.
    static final int RECORD = 96;

    static final int FIRST = 0;
    static final int SECOND = 16;
    static final int CONTROL = 32;
    static final int STATUS = 40;
    static final int RESULT = 48;
    static final int OTHER_RESULT = 64;
    static final int STORED = 80;

    private static final int EXECUTIONS = 32;
    private static final int NO_SIB = 0x83;

    private final String name;
    private final int lanes;
    private final BulkKernel kernel;
    private final byte[] code;

    /// `lanes` is how many results one execution has.
    BulkProgram(String name, int lanes, BulkKernel kernel) {
        this.name = name;
        this.lanes = lanes;
        this.kernel = kernel;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < EXECUTIONS; i++) {
            kernel.emit(out, i, i * RECORD);
        }
        code = out.toByteArray();
        if (code.length > TestMemory.LONGEST_CODE) {
            throw new IllegalStateException("conformance: " + name + " has " + code.length + " bytes of code");
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int casesInVector() {
        return EXECUTIONS * lanes;
    }

    @Override
    public void fill(RandomSource random, TestVector to) {
        byte[] records = new byte[EXECUTIONS * RECORD];
        for (int i = 0; i < EXECUTIONS; i++) {
            kernel.operands(random, records, i * RECORD);
        }
        to.code = code;
        to.before[X86Cpu.RBX] = TestMemory.DATA;
        to.memoryBefore.add(new MemoryRun(TestMemory.DATA, records));
        // Where the last instruction was is forgotten by an oracle's signal handler.
        to.undefined[X86State.OPCODE] = -1;
        to.undefined[X86State.INSTRUCTION] = -1;
        to.undefined[X86State.DATA] = -1;
    }

    @Override
    public int executionAt(long address) {
        return (int) (address - TestMemory.DATA) / RECORD;
    }

    @Override
    public TestVector alone(TestVector bulk, int index) {
        TestVector vector = new TestVector(LAYOUT);
        vector.before[X86Cpu.RBX] = TestMemory.DATA;
        kernel.alone(bulk.memoryBefore.getFirst().bytes(), index, index * RECORD, vector);
        return vector;
    }

    /// An instruction with the memory operand `[rbx + displacement]`, `digit` in ModRM's register
    /// field.
    static void memory(ByteArrayOutputStream out, int digit, int displacement, int... opcode) {
        for (int b : opcode) {
            out.write(b);
        }
        out.write(NO_SIB | digit << 3);
        for (int i = 0; i < 4; i++) {
            out.write(displacement >>> 8 * i);
        }
    }

    static long word(byte[] records, int at) {
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = value << 8 | records[at + i] & 0xff;
        }
        return value;
    }
}
