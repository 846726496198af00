package faultline.arm64.insn;

import faultline.arm64.cpu.A64Cpu;
import faultline.core.arch.CpuModel;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.TrapHandler;
import faultline.core.cpu.VcpuSet;
import faultline.core.engine.CodeCache;
import faultline.core.engine.Interpreter;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.Mmu;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import faultline.core.testing.FlatMmu;
import java.nio.ByteOrder;
import java.util.Set;
import java.util.function.Supplier;

/// A machine without a kernel: RAM mapped to itself, one vCPU, an interpreter. A run stops at a
/// system call, a fault or an exception.
final class A64Machine implements TrapHandler {

    static final CpuModel MODEL = new CpuModel(
            "test",
            "everything described",
            Set.of(
                    "CRC32", "LSE", "LRCPC", "LOR", "SB", "DPB", "DPB2", "FP16", "JSCVT", "FCMA", "FHM", "RDM",
                    "DOTPROD", "AES", "PMULL", "SHA1", "SHA256"));
    static final long CODE = 0x10000;
    static final long BUFFER = 0x100000;
    static final int BUFFER_BYTES = 4096;

    static final long RAM = 4 << 20;

    final PhysicalMemory memory = PhysicalMemory.reserve(RAM);
    final A64Cpu cpu = new A64Cpu(MODEL);

    /// What stopped the last run.
    String stop = "";

    private final Interpreter interpreter;

    A64Machine() {
        this(() -> new FlatMmu(RAM));
    }

    /// With translations of its own.
    A64Machine(Supplier<? extends Mmu> mmus) {
        Steps steps = new Steps(new ParallelSchedule());
        VcpuSet vcpus = new VcpuSet(1, memory, mmus::get, steps);
        interpreter = new Interpreter(new CodeCache(memory), new A64Decoder(MODEL, ByteOrder.LITTLE_ENDIAN), steps);
        vcpus.get(0).enterKernel();
        cpu.attach(vcpus.get(0));
    }

    /// Puts words at [#CODE], with a system call behind them.
    void load(int... words) {
        memory.noteWrite(CODE >>> PhysicalMemory.FRAME_SHIFT);
        for (int i = 0; i < words.length; i++) {
            memory.store32(CODE + 4L * i, words[i]);
        }
        memory.store32(CODE + 4L * words.length, 0xd4000001);
        cpu.pc = CODE;
    }

    /// Runs whole blocks.
    void run() {
        interpreter.run(cpu, this);
    }

    /// Runs one instruction after another.
    void runBySteps() {
        Outcome outcome;
        do {
            outcome = step();
        } while (outcome == Outcome.RESUME);
    }

    Outcome step() {
        return interpreter.step(cpu, this);
    }

    @Override
    public Outcome pageFault(Cpu thread) {
        stop = "fault";
        return Outcome.STOP;
    }

    @Override
    public Outcome systemCall(Cpu thread) {
        stop = "syscall";
        return Outcome.STOP;
    }

    @Override
    public Outcome exception(Cpu thread, GuestTrap trap) {
        stop = trap.getMessage();
        return Outcome.STOP;
    }

    @Override
    public Outcome poll(Cpu thread) {
        return Outcome.RESUME;
    }
}
