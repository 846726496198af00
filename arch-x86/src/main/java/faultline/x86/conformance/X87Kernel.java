package faultline.x86.conformance;

import static faultline.x86.conformance.BulkProgram.memory;
import static faultline.x86.conformance.BulkProgram.word;

import faultline.core.conformance.HardFloats;
import faultline.core.conformance.MemoryRun;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestMemory;
import faultline.core.conformance.TestVector;
import faultline.x86.cpu.X86Cpu;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// An x87 operation on ST(0) and on ST(1) or memory, under a control word of its own.
///
/// `opcode` is both bytes, or with a memory operand the first and ModRM's register field.
record X87Kernel(int opcode, int second, Operand operand) implements BulkKernel {

    /// What the operation takes beside ST(0).
    enum Operand {
        /// ST(1).
        REGISTER,
        /// ST(1), and it sets RFLAGS.
        COMPARED,
        SINGLE,
        DOUBLE,
        INTEGER,
        EXTENDED,
        DECIMAL,
        /// It stores to memory.
        STORED
    }

    private static final int TWO_PUSHED_TOP = 6;
    private static final int TWO_PUSHED_TAGS = 0xc0;
    private static final int MASKS = 0x3f;

    private boolean inMemory() {
        return operand != Operand.REGISTER && operand != Operand.COMPARED;
    }

    private void instruction(ByteArrayOutputStream out, int displacement) {
        if (inMemory()) {
            int place = operand == Operand.STORED ? BulkProgram.STORED : BulkProgram.SECOND;
            memory(out, second, displacement + place, opcode);
        } else {
            out.write(opcode);
            out.write(second);
        }
    }

    @Override
    public void emit(ByteArrayOutputStream out, int index, int displacement) {
        // FNINIT; FLD ST(1), ST(0); FLDCW.
        out.write(0xdb);
        out.write(0xe3);
        memory(out, 5, displacement + (inMemory() ? BulkProgram.FIRST : BulkProgram.SECOND), 0xdb);
        memory(out, 5, displacement + BulkProgram.FIRST, 0xdb);
        memory(out, 5, displacement + BulkProgram.CONTROL, 0xd9);
        instruction(out, displacement);
        if (operand == Operand.COMPARED) {
            out.write(0x9f);
            memory(out, 0, displacement + BulkProgram.STORED, 0x48, 0x89);
        }
        // FNSTSW; FSTP both.
        memory(out, 7, displacement + BulkProgram.STATUS, 0xdd);
        memory(out, 7, displacement + BulkProgram.RESULT, 0xdb);
        memory(out, 7, displacement + BulkProgram.OTHER_RESULT, 0xdb);
    }

    @Override
    public void operands(RandomSource random, byte[] records, int at) {
        FloatState floats = new FloatState(random);
        ExtendedOperands extended = new ExtendedOperands();
        extended.one(random);
        int se = extended.se;
        long m = extended.m;
        put(records, at + BulkProgram.FIRST, extended);
        switch (operand) {
            case SINGLE -> FloatState.put(records, at + BulkProgram.SECOND, HardFloats.SINGLE.one(random), 8);
            case DOUBLE -> FloatState.put(records, at + BulkProgram.SECOND, HardFloats.DOUBLE.one(random), 8);
            case INTEGER -> FloatState.put(records, at + BulkProgram.SECOND, random.integer(), 8);
            case DECIMAL -> System.arraycopy(floats.decimal(), 0, records, at + BulkProgram.SECOND, 10);
            case REGISTER, COMPARED, EXTENDED, STORED -> {
                extended.beside(random, se, m);
                put(records, at + BulkProgram.SECOND, extended);
            }
        }
        FloatState.put(records, at + BulkProgram.CONTROL, floats.control() | MASKS, 2);
    }

    private static void put(byte[] records, int at, ExtendedOperands value) {
        FloatState.put(records, at, value.m, 8);
        FloatState.put(records, at + 8, value.se, 2);
    }

    @Override
    public void alone(byte[] records, int index, int displacement, TestVector vector) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        instruction(out, displacement);
        vector.code = out.toByteArray();
        int other = inMemory() ? BulkProgram.FIRST : BulkProgram.SECOND;
        vector.before[X86State.STACK] = word(records, displacement);
        vector.before[X86State.STACK + 1] = word(records, displacement + 8) & 0xffff;
        vector.before[X86State.STACK + 2] = word(records, displacement + other);
        vector.before[X86State.STACK + 3] = word(records, displacement + other + 8) & 0xffff;
        vector.before[X86State.CONTROL] = word(records, displacement + BulkProgram.CONTROL) & 0xffff;
        vector.before[X86State.STATUS] = TWO_PUSHED_TOP << 11;
        vector.before[X86State.TAGS] = TWO_PUSHED_TAGS;
        if (inMemory()) {
            byte[] record = Arrays.copyOfRange(records, displacement, displacement + BulkProgram.RECORD);
            vector.memoryBefore.add(new MemoryRun(TestMemory.DATA + displacement, record));
        }
        vector.before[X86Cpu.RBX] = TestMemory.DATA;
    }

    // The operations.

    static List<BulkProgram> programs() {
        List<BulkProgram> all = new ArrayList<>();
        String[] arithmetic = {"fadd", "fmul", "fcom", "", "fsub", "fsubr", "fdiv", "fdivr"};
        for (int digit = 0; digit < 8; digit++) {
            if (digit != 3) {
                String name = arithmetic[digit];
                add(all, name, Operand.REGISTER, 0xd8, 0xc1 + 8 * digit);
                add(all, name + " m32", Operand.SINGLE, 0xd8, digit);
                add(all, name + " m64", Operand.DOUBLE, 0xdc, digit);
                String integer = "fi" + name.substring(1);
                add(all, integer + " m32", Operand.INTEGER, 0xda, digit);
                add(all, integer + " m16", Operand.INTEGER, 0xde, digit);
            }
        }
        String[] unary = {
            "fchs", "fabs", "", "", "ftst", "fxam", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "fxtract",
            "fprem1", "", "", "fprem", "", "fsqrt", "", "frndint", "fscale"
        };
        for (int i = 0; i < unary.length; i++) {
            if (!unary[i].isEmpty()) {
                add(all, unary[i], Operand.REGISTER, 0xd9, 0xe0 + i);
            }
        }
        add(all, "fucom", Operand.REGISTER, 0xdd, 0xe1);
        add(all, "fucomi", Operand.COMPARED, 0xdb, 0xe9);
        add(all, "fcomi", Operand.COMPARED, 0xdb, 0xf1);
        add(all, "fld m32", Operand.SINGLE, 0xd9, 0);
        add(all, "fld m64", Operand.DOUBLE, 0xdd, 0);
        add(all, "fld m80", Operand.EXTENDED, 0xdb, 5);
        add(all, "fild m16", Operand.INTEGER, 0xdf, 0);
        add(all, "fild m32", Operand.INTEGER, 0xdb, 0);
        add(all, "fild m64", Operand.INTEGER, 0xdf, 5);
        add(all, "fbld", Operand.DECIMAL, 0xdf, 4);
        add(all, "fst m32", Operand.STORED, 0xd9, 2);
        add(all, "fst m64", Operand.STORED, 0xdd, 2);
        add(all, "fist m16", Operand.STORED, 0xdf, 2);
        add(all, "fist m32", Operand.STORED, 0xdb, 2);
        add(all, "fistp m64", Operand.STORED, 0xdf, 7);
        add(all, "fisttp m16", Operand.STORED, 0xdf, 1);
        add(all, "fisttp m32", Operand.STORED, 0xdb, 1);
        add(all, "fisttp m64", Operand.STORED, 0xdd, 1);
        add(all, "fbstp", Operand.STORED, 0xdf, 6);
        return all;
    }

    private static void add(List<BulkProgram> all, String name, Operand operand, int opcode, int second) {
        all.add(new BulkProgram(name, 1, new X87Kernel(opcode, second, operand)));
    }
}
