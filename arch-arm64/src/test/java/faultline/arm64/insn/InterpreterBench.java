package faultline.arm64.insn;

import faultline.arm64.insn.CompiledFunctions.Program;
import faultline.core.cpu.TrapHandler.Outcome;
import java.util.Arrays;

/// Measures the interpreter: million guest instructions a second of five gcc -O2 functions, through
/// dispatcher and soft TLB. A main program, not a test. Runs last a few milliseconds, so that on a
/// shared machine many of them are not interrupted: the fastest is shown.
final class InterpreterBench {

    private static final int RUNS = 200;

    private final CompiledFunctions functions = new CompiledFunctions();

    private InterpreterBench() {}

    private long instructions(Program program) {
        functions.prepare(program);
        long count = 0;
        while (functions.machine.step() != Outcome.STOP) {
            count++;
        }
        return count;
    }

    private double nanoseconds(Program program) {
        double[] runs = new double[RUNS];
        for (int i = 0; i < RUNS; i++) {
            functions.prepare(program);
            long start = System.nanoTime();
            functions.machine.run();
            runs[i] = System.nanoTime() - start;
        }
        Arrays.sort(runs);
        return runs[0];
    }

    public static void main(String[] args) {
        InterpreterBench bench = new InterpreterBench();
        for (int i = 0; i < 2; i++) {
            for (Program program : Program.values()) {
                bench.nanoseconds(program);
            }
        }
        double product = 1;
        for (Program program : Program.values()) {
            long count = bench.instructions(program);
            double speed = count * 1e3 / bench.nanoseconds(program);
            product *= speed;
            System.out.printf("%-10s %9d instructions %6.0f M/s%n", program, count, speed);
        }
        System.out.printf("geometric mean %6.0f M/s%n", Math.pow(product, 1.0 / Program.values().length));
    }
}
