package faultline.x86.conformance;

import static faultline.x86.conformance.BulkProgram.memory;
import static faultline.x86.conformance.BulkProgram.word;

import faultline.core.conformance.HardFloats;
import faultline.core.conformance.LaneOperands;
import faultline.core.conformance.RandomSource;
import faultline.core.conformance.TestVector;
import faultline.x86.cpu.X86Cpu;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An SSE operation on two of XMM0, XMM1, MM0, MM1 and RAX, under an MXCSR of its own.
///
/// `formats` are those of the operands, null for integers; the last byte of an `immediates` > 0
/// runs through so many values; `wide` says that every other execution has REX.W; `others` are
/// registers beside XMM that are operands.
record SseKernel(
        int prefix,
        int[] opcode,
        int immediates,
        boolean wide,
        Others others,
        @Nullable HardFloats first,
        @Nullable HardFloats second)
        implements BulkKernel {

    /// Registers that are operands beside XMM0 and XMM1, and where results appear.
    enum Others {
        NONE,
        GENERAL,
        FLAGS,
        MMX
    }

    private static final long ALL_MASKED = 0x1f80;

    /// Register 0 and register 1.
    private static final int REGISTERS = 0xc1;

    private static final int FROM_GENERAL = 0xc0;

    private byte[] instruction(int index) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (prefix != 0) {
            out.write(prefix);
        }
        if (wide && index % 2 == 1) {
            out.write(0x48);
        }
        out.write(0x0f);
        for (int b : opcode) {
            out.write(b);
        }
        out.write(others == Others.GENERAL && opcode[0] == 0x2a ? FROM_GENERAL : REGISTERS);
        if (immediates > 0) {
            out.write(index % immediates);
        }
        return out.toByteArray();
    }

    @Override
    public void emit(ByteArrayOutputStream out, int index, int displacement) {
        memory(out, 2, displacement + BulkProgram.CONTROL, 0x0f, 0xae);
        memory(out, 0, displacement + BulkProgram.FIRST, 0x0f, 0x10);
        memory(out, 1, displacement + BulkProgram.SECOND, 0x0f, 0x10);
        switch (others) {
            case GENERAL -> memory(out, 0, displacement + BulkProgram.SECOND, 0x48, 0x8b);
            case MMX -> memory(out, 1, displacement + BulkProgram.SECOND, 0x0f, 0x6f);
            case NONE, FLAGS -> {}
        }
        out.writeBytes(instruction(index));
        if (others == Others.FLAGS) {
            out.write(0x9f);
        }
        memory(out, 3, displacement + BulkProgram.STATUS, 0x0f, 0xae);
        memory(out, 0, displacement + BulkProgram.RESULT, 0x0f, 0x11);
        switch (others) {
            case GENERAL, FLAGS -> memory(out, 0, displacement + BulkProgram.OTHER_RESULT, 0x48, 0x89);
            case MMX -> memory(out, 0, displacement + BulkProgram.OTHER_RESULT, 0x0f, 0x7f);
            case NONE -> {}
        }
    }

    @Override
    public void operands(RandomSource random, byte[] records, int at) {
        FloatState floats = new FloatState(random);
        LaneOperands lanes = new LaneOperands(random);
        long[] words = new long[4];
        lanes.fill(first, words, 0, -1);
        lanes.fill(second, words, 2, first == second ? 0 : -1);
        for (int i = 0; i < 4; i++) {
            FloatState.put(records, at + 8 * i, isDotProduct() ? withoutNan(words[i]) : words[i], 8);
        }
        FloatState.put(records, at + BulkProgram.CONTROL, floats.mxcsr() | ALL_MASKED, 4);
    }

    private boolean isDotProduct() {
        return opcode.length == 2 && opcode[1] >> 1 == 0x20;
    }

    /// Which of several NaNs a dot product returns differs from processor to processor.
    private long withoutNan(long bits) {
        if (first == HardFloats.DOUBLE) {
            return Double.isNaN(Double.longBitsToDouble(bits)) ? bits & ~(1L << 62) : bits;
        }
        long low = Float.isNaN(Float.intBitsToFloat((int) bits)) ? 1L << 30 : 0;
        long high = Float.isNaN(Float.intBitsToFloat((int) (bits >>> 32))) ? 1L << 62 : 0;
        return bits & ~(low | high);
    }

    @Override
    public void alone(byte[] records, int index, int displacement, TestVector vector) {
        vector.code = instruction(index);
        for (int i = 0; i < 4; i++) {
            vector.before[X86State.XMM + i] = word(records, displacement + 8 * i);
        }
        vector.before[X86State.MXCSR] = word(records, displacement + BulkProgram.CONTROL) & 0xffffffffL;
        if (others == Others.GENERAL) {
            vector.before[X86Cpu.RAX] = word(records, displacement + BulkProgram.SECOND);
        } else if (others == Others.MMX) {
            vector.before[X86State.STACK + 2] = word(records, displacement + BulkProgram.SECOND);
        }
    }

    // The operations.

    static List<BulkProgram> programs() {
        List<BulkProgram> all = new ArrayList<>();
        String[] arithmetic = {
            "sqrt", "51", "add", "58", "mul", "59", "sub", "5c", "min", "5d", "div", "5e", "max", "5f"
        };
        for (int i = 0; i < arithmetic.length; i += 2) {
            fourForms(all, arithmetic[i], 0, Integer.parseInt(arithmetic[i + 1], 16));
        }
        fourForms(all, "cmp", 8, 0xc2);
        HardFloats single = HardFloats.SINGLE;
        HardFloats twice = HardFloats.DOUBLE;
        for (String name : List.of("ucomi", "comi")) {
            int opcode = name.equals("ucomi") ? 0x2e : 0x2f;
            all.add(program(name + "ss", 1, 0, Others.FLAGS, single, single, opcode));
            all.add(program(name + "sd", 1, 0x66, Others.FLAGS, twice, twice, opcode));
        }
        conversions(all, single, twice);
        all.add(program("addsubps", 4, 0xf2, Others.NONE, single, single, 0xd0));
        all.add(program("addsubpd", 2, 0x66, Others.NONE, twice, twice, 0xd0));
        all.add(program("haddps", 4, 0xf2, Others.NONE, single, single, 0x7c));
        all.add(program("haddpd", 2, 0x66, Others.NONE, twice, twice, 0x7c));
        all.add(program("hsubps", 4, 0xf2, Others.NONE, single, single, 0x7d));
        all.add(program("hsubpd", 2, 0x66, Others.NONE, twice, twice, 0x7d));
        String[] rounds = {"roundps", "roundpd", "roundss", "roundsd"};
        int[] lanes = {4, 2, 1, 1};
        for (int i = 0; i < 4; i++) {
            HardFloats format = i % 2 == 0 ? single : twice;
            all.add(new BulkProgram(
                    rounds[i],
                    lanes[i],
                    new SseKernel(0x66, new int[] {0x3a, 8 + i}, 16, false, Others.NONE, format, format)));
        }
        all.add(new BulkProgram(
                "dpps", 1, new SseKernel(0x66, new int[] {0x3a, 0x40}, 256, false, Others.NONE, single, single)));
        all.add(new BulkProgram(
                "dppd", 1, new SseKernel(0x66, new int[] {0x3a, 0x41}, 64, false, Others.NONE, twice, twice)));
        return all;
    }

    private static void fourForms(List<BulkProgram> all, String name, int immediates, int opcode) {
        HardFloats single = HardFloats.SINGLE;
        HardFloats twice = HardFloats.DOUBLE;
        int[] bytes = {opcode};
        all.add(new BulkProgram(
                name + "ps", 4, new SseKernel(0, bytes, immediates, false, Others.NONE, single, single)));
        all.add(new BulkProgram(
                name + "pd", 2, new SseKernel(0x66, bytes, immediates, false, Others.NONE, twice, twice)));
        all.add(new BulkProgram(
                name + "ss", 1, new SseKernel(0xf3, bytes, immediates, false, Others.NONE, single, single)));
        all.add(new BulkProgram(
                name + "sd", 1, new SseKernel(0xf2, bytes, immediates, false, Others.NONE, twice, twice)));
    }

    private static BulkProgram program(
            String name,
            int lanes,
            int prefix,
            Others others,
            @Nullable HardFloats first,
            @Nullable HardFloats second,
            int opcode) {
        boolean wide = others == Others.GENERAL;
        return new BulkProgram(name, lanes, new SseKernel(prefix, new int[] {opcode}, 0, wide, others, first, second));
    }

    private static void conversions(List<BulkProgram> all, HardFloats single, HardFloats twice) {
        all.add(program("cvtps2pd", 2, 0, Others.NONE, twice, single, 0x5a));
        all.add(program("cvtpd2ps", 2, 0x66, Others.NONE, single, twice, 0x5a));
        all.add(program("cvtss2sd", 1, 0xf3, Others.NONE, twice, single, 0x5a));
        all.add(program("cvtsd2ss", 1, 0xf2, Others.NONE, single, twice, 0x5a));
        all.add(program("cvtdq2ps", 4, 0, Others.NONE, single, null, 0x5b));
        all.add(program("cvtps2dq", 4, 0x66, Others.NONE, null, single, 0x5b));
        all.add(program("cvttps2dq", 4, 0xf3, Others.NONE, null, single, 0x5b));
        all.add(program("cvtdq2pd", 2, 0xf3, Others.NONE, twice, null, 0xe6));
        all.add(program("cvttpd2dq", 2, 0x66, Others.NONE, null, twice, 0xe6));
        all.add(program("cvtpd2dq", 2, 0xf2, Others.NONE, null, twice, 0xe6));
        all.add(program("cvtsi2ss", 1, 0xf3, Others.GENERAL, single, null, 0x2a));
        all.add(program("cvtsi2sd", 1, 0xf2, Others.GENERAL, twice, null, 0x2a));
        all.add(program("cvttss2si", 1, 0xf3, Others.GENERAL, null, single, 0x2c));
        all.add(program("cvttsd2si", 1, 0xf2, Others.GENERAL, null, twice, 0x2c));
        all.add(program("cvtss2si", 1, 0xf3, Others.GENERAL, null, single, 0x2d));
        all.add(program("cvtsd2si", 1, 0xf2, Others.GENERAL, null, twice, 0x2d));
        all.add(program("cvtpi2ps", 2, 0, Others.MMX, single, null, 0x2a));
        all.add(program("cvtpi2pd", 2, 0x66, Others.MMX, twice, null, 0x2a));
        all.add(program("cvttps2pi", 2, 0, Others.MMX, null, single, 0x2c));
        all.add(program("cvttpd2pi", 2, 0x66, Others.MMX, null, twice, 0x2c));
        all.add(program("cvtps2pi", 2, 0, Others.MMX, null, single, 0x2d));
        all.add(program("cvtpd2pi", 2, 0x66, Others.MMX, null, twice, 0x2d));
    }
}
