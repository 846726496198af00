package faultline.x86.insn;

import faultline.core.arch.CpuModel;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.TrapHandler;
import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.engine.CodeCache;
import faultline.core.engine.Interpreter;
import faultline.core.mem.PhysicalMemory;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import faultline.x86.cpu.CpuModels;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.mmu.X86Mmu;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/// Measures the interpreter: million guest instructions a second of five gcc -O2 functions, through
/// dispatcher and soft TLB, after a broad program has run in the same JVM. A main program, not a
/// test; docs/interpreter.md has its figures. Runs last one to five milliseconds, so that on a
/// shared machine many of them are not interrupted: the fastest is shown.
final class InterpreterBench {

    /// `sieve`, `crc`, `hash`, `fib` and `qs` (quicksort), compiled by gcc 12 -O2 for address 0 of
    /// the page.
    private static final String CODE = """
            4885f674784889f8488d143e0f1f4000c600014883c0014839c275f44883fe02765bb904000000ba020000004531c0eb
            140f1f80000000004883c2014883c1024839d67434803c170074ed4983c0014839f173e44889c8660f1f840000000000
            c60407004801d04839f072f44883c2014883c1024839d675cc4c89c0c34531c04c89c0c366662e0f1f84000000000090
            4885f6742b4801feb8ffffffff0f1f000fb60f4883c70131c1c1e8080fb6c933048a4839fe75e9f7d0c3660f1f440000
            31c0c366662e0f1f840000000000669048b883039d73b00f65144885f6743849b9b30100000001000031d20f1f440000
            0fb60c174831c8490fafc14989c0488d0c104183e03f4983f807480f44c14883c2014839d675d9c30f1f840000000000
            55534889fb4883ec084883ff01761a488d7fffe8e8ffffff488d7bfe4889c5e8dcffffff488d5c05004883c4084889d8
            5b5dc366662e0f1f84000000000066904839d60f8ddb00000041544989f24989fc554889d5488d14164889d0534c89d3
            48c1e83f4801d04889ea48d1f88b34874839d37f74488d049d000000004c8d1c95000000004d8d04044f8d0c1c418b08
            418b39498d44040439f17d740f1f40004989c08b084883c0044883c30139f17cef39fe7d1c4b8d441cfc660f1f440000
            4989c18b384883e8044883ea0139f77fef4839da7c9a4189384883c3014883ea014189094839d37e8c4c89d64c89e7e8
            4cffffff4889ea4889de4c89e7e83effffff5b5d415cc3660f1f84000000000039fe7ca14189384883c3014883ea0141
            8909ebc0c3
            """;

    private static final long CODE_AT = 0x10000;
    private static final long STOP_AT = 0x20000;
    private static final long DATA_AT = 0x100000;
    private static final long TABLE_AT = 0x80000;
    private static final long STACK_AT = 0x60000;
    private static final long RANDOM_AT = 0x300000;
    private static final long TABLES_AT = 0x700000;

    /// Present, writable, user, accessed, dirty.
    private static final long ENTRY = 0x67;

    private static final int RUNS = 200;

    private enum Program {
        SIEVE(0x0, 1 << 15),
        CRC(0x90, 1 << 15),
        HASH(0xd0, 1 << 15),
        FIB(0x120, 19),
        QUICKSORT(0x160, 1 << 12);

        final long entry;
        final int size;

        Program(long entry, int size) {
            this.entry = entry;
            this.size = size;
        }
    }

    /// Stops at whatever happens.
    private static final class Stop implements TrapHandler {
        boolean stopAtPoll;

        @Override
        public Outcome pageFault(Cpu cpu) {
            return Outcome.STOP;
        }

        @Override
        public Outcome systemCall(Cpu cpu) {
            return Outcome.STOP;
        }

        @Override
        public Outcome exception(Cpu cpu, GuestTrap trap) {
            return Outcome.STOP;
        }

        @Override
        public Outcome poll(Cpu cpu) {
            return stopAtPoll ? Outcome.STOP : Outcome.RESUME;
        }
    }

    private static final long RAM = 8 << 20;

    private final PhysicalMemory memory = PhysicalMemory.reserve(RAM);
    private final Interpreter interpreter;
    private final Stop handler = new Stop();
    private final X86Cpu cpu;

    /// How many instructions one run of each program executes.
    private final long[] instructions = new long[Program.values().length];

    private InterpreterBench() {
        CpuModel model = CpuModels.all().getFirst();
        Steps steps = new Steps(new ParallelSchedule());
        VcpuSet vcpus = new VcpuSet(1, memory, () -> new X86Mmu(memory), steps);
        CodeCache cache = new CodeCache(memory);
        interpreter = new Interpreter(cache, new X86Decoder(model), steps);
        cpu = new X86Cpu(model);
        Vcpu vcpu = vcpus.get(0);
        load();
        vcpu.mem().mmu().setRoot(TABLES_AT);
        vcpu.enterKernel();
        cpu.attach(vcpu);
    }

    /// Writes page tables and code; random code may have changed them.
    private void load() {
        byte[] code = HexFormat.of().parseHex(CODE.replaceAll("\\s", ""));
        memory.noteWrite(CODE_AT >>> 12);
        memory.write(CODE_AT, code, 0, code.length);
        memory.noteWrite(STOP_AT >>> 12);
        memory.write(STOP_AT, new byte[] {0x0f, 0x05}, 0, 2);
        mapRam();
    }

    /// Maps RAM to itself: one table at each of the upper levels, and enough of the last.
    private void mapRam() {
        for (int level = 0; level < 2; level++) {
            memory.store64(TABLES_AT + level * 4096L, TABLES_AT + (level + 1) * 4096L | ENTRY);
        }
        for (long page = 0; page < RAM >>> 12; page++) {
            long table = TABLES_AT + (3 + page / 512) * 4096;
            memory.store64(TABLES_AT + 2 * 4096 + page / 512 * 8, table | ENTRY);
            memory.store64(table + page % 512 * 8, page << 12 | ENTRY);
        }
    }

    private void prepare(Program program) {
        Random random = new Random(1);
        for (long at = DATA_AT; at < DATA_AT + (1 << 16); at += 8) {
            memory.store64(at, random.nextLong());
        }
        for (long at = TABLE_AT; at < TABLE_AT + 1024; at += 8) {
            memory.store64(at, random.nextLong());
        }
        cpu.r[X86Cpu.RSP] = STACK_AT;
        memory.store64(STACK_AT, STOP_AT);
        cpu.r[X86Cpu.RDI] = program == Program.FIB ? program.size : DATA_AT;
        cpu.r[X86Cpu.RSI] = program == Program.QUICKSORT ? 0 : program.size;
        cpu.r[X86Cpu.RDX] = program == Program.QUICKSORT ? program.size - 1 : TABLE_AT;
        cpu.pc = CODE_AT + program.entry;
    }

    private void count(Program program) {
        prepare(program);
        while (interpreter.step(cpu, handler) != TrapHandler.Outcome.STOP) {
            instructions[program.ordinal()]++;
        }
    }

    /// Million instructions a second of one run.
    private double once(Program program) {
        prepare(program);
        long start = System.nanoTime();
        interpreter.run(cpu, handler);
        if (cpu.pc != STOP_AT + 2) {
            throw new IllegalStateException("bench: " + program + " left at 0x" + Long.toHexString(cpu.pc));
        }
        return instructions[program.ordinal()] * 1e3 / (System.nanoTime() - start);
    }

    /// A broad program: random bytes, run wherever they go, until they fault, trap or loop.
    private void broad(int rounds) {
        Random random = new Random(2);
        byte[] bytes = new byte[256];
        handler.stopAtPoll = true;
        for (int i = 0; i < rounds; i++) {
            random.nextBytes(bytes);
            memory.noteWrite(RANDOM_AT >>> 12);
            memory.write(RANDOM_AT, bytes, 0, bytes.length);
            for (int r = 0; r < 16; r++) {
                cpu.r[r] = DATA_AT + random.nextInt(1 << 16);
            }
            cpu.pc = RANDOM_AT;
            interpreter.run(cpu, handler);
        }
        handler.stopAtPoll = false;
        cpu.copyFrom(new X86Cpu(cpu.model()));
        load();
        cpu.mem().tlb().flush();
    }

    private double speed(Program program) {
        double[] runs = new double[RUNS];
        for (int i = 0; i < RUNS; i++) {
            runs[i] = once(program);
        }
        Arrays.sort(runs);
        return runs[RUNS - 1];
    }

    /// Prints the figures; the argument is how many rounds of random code come first.
    public static void main(String[] args) {
        InterpreterBench bench = new InterpreterBench();
        for (Program program : Program.values()) {
            bench.count(program);
        }
        bench.broad(args.length == 0 ? 100_000 : Integer.parseInt(args[0]));
        for (int i = 0; i < 30; i++) {
            for (Program program : Program.values()) {
                bench.once(program);
            }
        }
        double product = 1;
        for (Program program : Program.values()) {
            double speed = bench.speed(program);
            product *= speed;
            long instructions = bench.instructions[program.ordinal()];
            System.out.printf("%-10s %9d instructions %6.0f M/s%n", program, instructions, speed);
        }
        System.out.printf("geometric mean %6.0f M/s%n", Math.pow(product, 1.0 / Program.values().length));
    }
}
