package faultline.arm64.conformance;

import static faultline.arm64.conformance.A64State.FPCR;
import static faultline.arm64.conformance.A64State.GENERAL;
import static faultline.arm64.conformance.A64State.LAYOUT;
import static faultline.arm64.conformance.A64State.VECTOR;

import faultline.core.conformance.BulkOperation;
import faultline.core.conformance.HardFloats;
import faultline.core.conformance.LaneOperands;
import faultline.core.conformance.MemoryRun;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestMemory;
import faultline.core.conformance.TestVector;
import faultline.core.conformance.Words;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// A vector that executes one operation many times, each with operands and an FPCR of its own, from
/// a record of [#RECORD] bytes in memory that takes the result and FPSR too.
///
/// The code is the same for every vector: X0 points to the records; the operation reads V0, V1 or
/// X1, and V3, which is its destination beside X1 and the flags.
///
/// @param lanes how many results one execution has
/// @param word the operation
/// @param first the format of V0; null for integers, as for `second` in V1 and `third` in V3
record BulkProgram(
        String name,
        int lanes,
        int word,
        @Nullable HardFloats first,
        @Nullable HardFloats second,
        @Nullable HardFloats third)
        implements BulkOperation {

    /// Bytes of a record, and where in it things are.
    private static final int RECORD = 96;

    private static final int FIRST = 0;
    private static final int SECOND = 16;
    private static final int THIRD = 32;
    private static final int CONTROL = 48;
    private static final int STATUS = 56;
    private static final int RESULT = 64;
    private static final int FLAGS = 80;
    private static final int OTHER_RESULT = 88;

    private static final int EXECUTIONS = 32;

    // Instructions, without registers and offsets.

    private static final int LDR_X = 0xf9400000;
    private static final int STR_X = 0xf9000000;
    private static final int LDR_Q = 0x3dc00000;
    private static final int STR_Q = 0x3d800000;
    private static final int MSR_FPCR = 0xd51b4400;
    private static final int MSR_FPSR = 0xd51b4420;
    private static final int MRS_FPSR = 0xd53b4420;
    private static final int MRS_NZCV = 0xd53b4200;
    private static final int ZERO = 31;

    @Override
    public int casesInVector() {
        return EXECUTIONS * lanes;
    }

    private byte[] code() {
        int[] words = new int[EXECUTIONS * 14];
        int at = 0;
        for (int i = 0; i < EXECUTIONS; i++) {
            int record = i * RECORD;
            words[at++] = LDR_X | offset(record + CONTROL, 8) | 2;
            words[at++] = MSR_FPCR | 2;
            words[at++] = MSR_FPSR | ZERO;
            words[at++] = LDR_Q | offset(record + FIRST, 16);
            words[at++] = LDR_Q | offset(record + SECOND, 16) | 1;
            words[at++] = LDR_Q | offset(record + THIRD, 16) | 3;
            words[at++] = LDR_X | offset(record + SECOND, 8) | 1;
            words[at++] = word;
            words[at++] = MRS_FPSR | 2;
            words[at++] = STR_X | offset(record + STATUS, 8) | 2;
            words[at++] = STR_Q | offset(record + RESULT, 16) | 3;
            words[at++] = MRS_NZCV | 2;
            words[at++] = STR_X | offset(record + FLAGS, 8) | 2;
            words[at++] = STR_X | offset(record + OTHER_RESULT, 8) | 1;
        }
        return Words.bytes(ByteOrder.LITTLE_ENDIAN, words);
    }

    private static int offset(int bytes, int unit) {
        return bytes / unit << 10;
    }

    @Override
    public void fill(RandomSource random, TestVector to) {
        ByteBuffer records = ByteBuffer.allocate(EXECUTIONS * RECORD).order(ByteOrder.LITTLE_ENDIAN);
        FloatState floats = new FloatState(random);
        LaneOperands lanes = new LaneOperands(random);
        long[] words = new long[6];
        for (int i = 0; i < EXECUTIONS; i++) {
            lanes.fill(first, words, 0, -1);
            lanes.fill(second, words, 2, first == second ? 0 : -1);
            lanes.fill(third, words, 4, first == third ? 0 : -1);
            for (int n = 0; n < words.length; n++) {
                records.putLong(i * RECORD + 8 * n, words[n]);
            }
            records.putLong(i * RECORD + CONTROL, EmulatorDifferences.comparableControl(word, words[0], floats.fpcr()));
        }
        to.code = code();
        to.before[GENERAL] = TestMemory.DATA;
        to.memoryBefore.add(new MemoryRun(TestMemory.DATA, records.array()));
    }

    @Override
    public int executionAt(long address) {
        return (int) (address - TestMemory.DATA) / RECORD;
    }

    @Override
    public TestVector alone(TestVector bulk, int index) {
        ByteBuffer record = ByteBuffer.wrap(bulk.memoryBefore.getFirst().bytes())
                .slice(index * RECORD, RECORD)
                .order(ByteOrder.LITTLE_ENDIAN);
        TestVector vector = new TestVector(LAYOUT);
        for (int half = 0; half < 2; half++) {
            vector.before[VECTOR + half] = record.getLong(FIRST + 8 * half);
            vector.before[VECTOR + 2 + half] = record.getLong(SECOND + 8 * half);
            vector.before[VECTOR + 6 + half] = record.getLong(THIRD + 8 * half);
        }
        vector.before[GENERAL + 1] = record.getLong(SECOND);
        vector.before[FPCR] = record.getLong(CONTROL);
        vector.code = Words.bytes(ByteOrder.LITTLE_ENDIAN, word);
        return vector;
    }
}
