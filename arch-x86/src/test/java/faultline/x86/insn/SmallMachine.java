package faultline.x86.insn;

import faultline.core.arch.CpuModel;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.TrapHandler;
import faultline.core.cpu.VcpuSet;
import faultline.core.engine.CodeCache;
import faultline.core.engine.Interpreter;
import faultline.core.mem.PhysicalMemory;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import faultline.x86.cpu.CpuModels;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.mmu.X86Mmu;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// A machine without a kernel: 4 MiB of RAM mapped to itself, one or more vCPUs, an interpreter. A
/// run stops at a system call, a fault or an exception, which it remembers.
final class SmallMachine implements TrapHandler {

    static final long RAM = 4 << 20;
    static final long CODE = 0x10000;
    static final long DATA = 0x100000;
    static final long STACK = 0x80000;

    private static final long TABLES = 0x300000;

    /// Present, writable, user, accessed, dirty.
    private static final long ENTRY = 0x67;

    final PhysicalMemory memory = PhysicalMemory.reserve(RAM);
    final CodeCache cache;
    final VcpuSet vcpus;
    final X86Cpu cpu;

    /// What stopped runs and what polls saw, in order.
    final List<String> events = new ArrayList<>();

    private final Steps steps = new Steps(new ParallelSchedule());
    private final CpuModel model = CpuModels.max();
    private final Interpreter interpreter;

    SmallMachine(int cpus) {
        mapRam();
        vcpus = new VcpuSet(cpus, memory, () -> new X86Mmu(memory), steps);
        cache = new CodeCache(memory);
        interpreter = newInterpreter();
        cpu = newThread(0);
    }

    Interpreter newInterpreter() {
        return new Interpreter(cache, new X86Decoder(model), steps);
    }

    /// A thread on a vCPU, with nothing in its registers but a stack.
    X86Cpu newThread(int vcpu) {
        vcpus.get(vcpu).mem().mmu().setRoot(TABLES);
        vcpus.get(vcpu).enterKernel();
        X86Cpu thread = new X86Cpu(model);
        thread.attach(vcpus.get(vcpu));
        thread.r[X86Cpu.RSP] = STACK;
        thread.pc = CODE;
        return thread;
    }

    /// One table at each of the upper levels, and two of the last.
    private void mapRam() {
        for (int level = 0; level < 2; level++) {
            memory.store64(TABLES + level * 4096L, TABLES + (level + 1) * 4096L | ENTRY);
        }
        for (long page = 0; page < RAM >>> 12; page++) {
            long table = TABLES + (3 + page / 512) * 4096;
            memory.store64(TABLES + 2 * 4096 + page / 512 * 8, table | ENTRY);
            map(page << 12, page << 12);
        }
    }

    /// Maps the page at `va` to the frame at `pa`; the caller flushes.
    void map(long va, long pa) {
        long table = TABLES + (3 + (va >>> 21)) * 4096;
        memory.store64(table + (va >>> 12 & 511) * 8, pa | ENTRY);
    }

    /// Takes the page at `va` away.
    void unmap(long va) {
        memory.store64(TABLES + (3 + (va >>> 21)) * 4096 + (va >>> 12 & 511) * 8, 0);
        vcpus.get(0).mem().tlb().flush();
    }

    /// Puts code at an address, as a kernel does that fills a page.
    void load(long at, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replaceAll("[^0-9a-f]", ""));
        memory.noteWrite(at >>> 12);
        memory.write(at, bytes, 0, bytes.length);
    }

    Outcome run() {
        return interpreter.run(cpu, this);
    }

    Outcome step() {
        return interpreter.step(cpu, this);
    }

    @Override
    public Outcome pageFault(Cpu thread) {
        events.add("fault " + Long.toHexString(((X86Cpu) thread).cr2));
        return Outcome.STOP;
    }

    @Override
    public Outcome systemCall(Cpu thread) {
        events.add("syscall");
        return Outcome.STOP;
    }

    @Override
    public Outcome exception(Cpu thread, GuestTrap trap) {
        events.add(trap.getMessage());
        return Outcome.STOP;
    }

    @Override
    public Outcome poll(Cpu thread) {
        return Outcome.RESUME;
    }
}
