package faultline.x86.insn;

import faultline.core.arch.CpuModel;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.TrapHandler;
import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.engine.CodeCache;
import faultline.core.engine.Decoded;
import faultline.core.engine.Decoder;
import faultline.core.engine.Interpreter;
import faultline.core.engine.Node;
import faultline.core.mem.Mem;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.GuestFault;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import faultline.x86.cpu.X86Cpu;
import faultline.x86.mmu.X86Mmu;
import java.util.Arrays;
import java.util.HexFormat;

/// A machine with a code page, two data pages and one that can only be read, over real page tables:
/// it executes one instruction through decoder and node.
final class OneInsnMachine {

    static final long CODE = 0x10000800L;
    static final long DATA = 0x20000000L;
    static final int DATA_BYTES = 3 * 4096;
    static final long STACK = DATA + 0x800;

    private static final long PRESENT_USER = 0x5;
    private static final long WRITABLE = 0x2;
    private static final long FIRST_DATA_FRAME = 16;
    private static final long CODE_FRAME = 20;

    private final PhysicalMemory memory = PhysicalMemory.reserve(1 << 20);
    private final Steps steps = new Steps(new ParallelSchedule());
    private final Vcpu vcpu;
    private final Decoder decoder;
    private final Decoded decoded;
    private final long root;
    private long nextTable = 1;

    OneInsnMachine(CpuModel model) {
        root = newTable();
        VcpuSet vcpus = new VcpuSet(1, memory, () -> new X86Mmu(memory), steps);
        vcpu = vcpus.get(0);
        vcpu.mem().mmu().setRoot(root << 12);
        for (int page = 0; page < 3; page++) {
            map(page, page < 2);
        }
        map(CODE, CODE_FRAME, true);
        map(CODE + 4096, CODE_FRAME + 1, true);
        vcpu.enterGuest();
        decoder = new X86Decoder(model);
        decoded = decoder.scratch();
    }

    Mem mem() {
        return vcpu.mem();
    }

    private long newTable() {
        memory.zero(nextTable);
        return nextTable++;
    }

    /// Maps a data page, or changes whether it is writable.
    void map(int page, boolean writable) {
        map(DATA + page * 4096L, FIRST_DATA_FRAME + page, writable);
    }

    private void map(long va, long pfn, boolean writable) {
        long table = root;
        for (int level = 3; level > 0; level--) {
            long entry = (table << 12) + (va >>> 12 + 9 * level & 0x1ff) * 8;
            if (memory.load64(entry) == 0) {
                memory.store64(entry, newTable() << 12 | PRESENT_USER | WRITABLE);
            }
            table = memory.load64(entry) >>> 12;
        }
        memory.store64((table << 12) + (va >>> 12 & 0x1ff) * 8, pfn << 12 | PRESENT_USER | (writable ? WRITABLE : 0));
        vcpu.mem().tlb().flush();
    }

    /// A thread on the machine's vCPU, about to execute at [#CODE].
    X86Cpu newThread() {
        X86Cpu cpu = new X86Cpu();
        for (int n = 0; n < 16; n++) {
            cpu.r[n] = standard(n);
        }
        cpu.setFlags(0x202);
        cpu.pc = CODE;
        cpu.budget = 1 << 20;
        cpu.attach(vcpu);
        return cpu;
    }

    private static long standard(int n) {
        return n == X86Cpu.RSP ? STACK : 0x0101010101010101L * (n + 1);
    }

    /// Puts a program at [#CODE] and runs it in the interpreter until `handler` says stop.
    void run(X86Cpu cpu, byte[] program, TrapHandler handler) {
        memory.write((CODE_FRAME << 12) + (CODE & 0xfff), program, 0, program.length);
        vcpu.enterKernel();
        CodeCache cache = new CodeCache(memory);
        memory.trackCode(cache);
        new Interpreter(cache, decoder, steps).run(cpu, handler);
    }

    byte[] memoryBytes() {
        byte[] bytes = new byte[DATA_BYTES];
        memory.read(FIRST_DATA_FRAME << 12, bytes, 0, DATA_BYTES);
        return bytes;
    }

    /// How an execution ended: -1 and no code, or the exception's vector and error code.
    record Outcome(int trap, long error) {}

    /// Executes one instruction, all of it if it repeats.
    Outcome execute(X86Cpu cpu, byte[] code) {
        byte[] padded = Arrays.copyOf(code, 32);
        Arrays.fill(padded, code.length, padded.length, (byte) 0xcc);
        if (!decoder.decode(padded, 0, padded.length, CODE, decoded)) {
            throw new AssertionError("not decoded: " + HexFormat.of().formatHex(code));
        }
        Node end = new End(decoded.end());
        Node node = decoder.node(decoded, null, end);
        try {
            Node next = node;
            while (next == node) {
                next = node.exec(cpu, vcpu.mem());
            }
            if (next == end) {
                cpu.pc = decoded.end();
            }
            return new Outcome(-1, 0);
        } catch (GuestFault fault) {
            cpu.latchFault(vcpu.mem().lastFault());
            return new Outcome(14, cpu.errorCode);
        } catch (GuestTrap trap) {
            if (!trap.afterInstruction()) {
                cpu.pc = CODE;
            }
            return new Outcome(trap.vector(), trap.code());
        }
    }

    /// What lies behind the instruction; never executed.
    private static final class End extends Node {
        End(long pc) {
            super(pc, null);
        }

        @Override
        public Node exec(Cpu cpu, Mem mem) {
            throw new AssertionError("the node behind the instruction was executed");
        }
    }
}
