package faultline.core.conformance;

import faultline.core.arch.Architecture;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.engine.Decoded;
import faultline.core.engine.Decoder;
import faultline.core.engine.Node;
import faultline.core.mem.Mem;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.GuestFault;
import faultline.core.mmu.MmuChoice;
import faultline.core.mmu.PageGeometry;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A machine whose address space is [TestMemory], over real page tables: it executes a vector's code
/// through decoder and nodes, as a block, and says how the outcome differs.
///
/// Belongs to one thread. Code that equals the vector's before is not decoded again.
public final class VectorMachine {

    /// What [ConformancePort] makes tables for.
    private static final MmuChoice TABLES = new MmuChoice(MmuChoice.RADIX, PageGeometry.KIB_4);

    private static final long FIRST_TABLE = 1;
    private static final long CODE_FRAME = 64;
    private static final long DATA_FRAME = 68;
    private static final long RAM = 1 << 19;

    /// Taken branches and repetitions after which a case counts as endless.
    private static final int BUDGET = 1 << 16;

    private final ConformancePort port;
    private final StateLayout layout;
    private final PhysicalMemory memory = PhysicalMemory.reserve(RAM);
    private final Vcpu vcpu;
    private final Cpu cpu;
    private final Decoder decoder;
    private final byte[] pattern = TestMemory.pattern();
    private final byte[] filler;

    // What was decoded last.

    private final List<Decoded> scratch = new ArrayList<>();
    private byte[] code = {};
    private boolean stepped;
    private int instructions;
    private @Nullable Node first;

    // What was found last.

    private final long[] found;
    private final byte[] foundMemory = new byte[TestMemory.WRITABLE_BYTES];
    private final byte[] expectedMemory = new byte[TestMemory.WRITABLE_BYTES];
    private Ending ending = new Ending.Completed();

    public VectorMachine(ConformancePort port) {
        this.port = port;
        layout = port.layout();
        found = layout.standardState();
        decoder = port.architecture().decoder(port.model());
        Steps steps = new Steps(new ParallelSchedule());
        Architecture architecture = port.architecture();
        VcpuSet vcpus = new VcpuSet(
                1, architecture.byteOrder(), memory, () -> architecture.newMmu(port.model(), memory, TABLES), steps);
        vcpu = vcpus.get(0);
        vcpu.enterKernel();
        vcpu.mem().mmu().setRoot(port.map(memory, FIRST_TABLE, TestMemory.pages(CODE_FRAME, DATA_FRAME)));
        cpu = port.architecture().newCpu(port.model());
        cpu.attach(vcpu);
        memory.write(DATA_FRAME << PhysicalMemory.FRAME_SHIFT, pattern, 0, pattern.length);
        filler = filler(TestMemory.CODE_PAGES * TestMemory.PAGE);
        memory.write(CODE_FRAME << PhysicalMemory.FRAME_SHIFT, filler, 0, filler.length);
    }

    private byte[] filler(int bytes) {
        byte[] trap = port.trapBytes();
        byte[] filler = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            filler[i] = trap[i % trap.length];
        }
        return filler;
    }

    /// Executes a vector and returns the differences, none if all is as it says.
    public List<String> differences(TestVector vector) {
        return agrees(vector) ? List.of() : describe(vector);
    }

    /// Completes what an oracle has told of a vector by what the manual leaves open.
    void open(TestVector vector) {
        decode(vector);
        port.open(scratch.getFirst(), vector);
    }

    /// The assembly text of the row that the vector's first instruction is decoded as.
    String assembly(TestVector vector) {
        decode(vector);
        return port.assembly(scratch.getFirst());
    }

    /// Whether the last vector executed was too long to follow.
    boolean wasEndless() {
        return ending instanceof Ending.Endless;
    }

    /// Executes a vector and returns whether all is as it says.
    boolean agrees(TestVector vector) {
        decode(vector);
        execute(vector);
        for (int i = 0; i < found.length; i++) {
            if (((found[i] ^ vector.after[i]) & ~vector.undefined[i]) != 0) {
                return false;
            }
        }
        for (TestVector.Tolerance tolerance : vector.tolerances) {
            if (!port.isWithin(tolerance, vector.after, found)) {
                return false;
            }
        }
        return firstMemoryDifference(vector) < 0;
    }

    // Decoding.

    private void decode(TestVector vector) {
        boolean single = port.isStepped(vector.before);
        if (first != null && single == stepped && Arrays.equals(code, vector.code)) {
            return;
        }
        long at = (CODE_FRAME << PhysicalMemory.FRAME_SHIFT) + TestMemory.CODE - TestMemory.CODE_PAGE;
        memory.write(at, filler, 0, code.length);
        memory.write(at, vector.code, 0, vector.code.length);
        code = vector.code;
        stepped = single;
        first = chain(forwards());
    }

    private int forwards() {
        byte[] bytes = Arrays.copyOf(filler, code.length + 2 * decoder.longest());
        System.arraycopy(code, 0, bytes, 0, code.length);
        instructions = 0;
        int at = 0;
        do {
            if (instructions == scratch.size()) {
                scratch.add(decoder.scratch());
            }
            Decoded insn = scratch.get(instructions++);
            if (!decoder.decode(bytes, at, bytes.length, TestMemory.CODE + at, insn)) {
                throw new IllegalStateException("conformance: more bytes wanted than an instruction can have");
            }
            at += insn.length;
            if (insn.form == 0) {
                break;
            }
        } while (at < code.length && !stepped);
        return at;
    }

    private Node chain(int end) {
        Node next = new End(TestMemory.CODE + end);
        for (int i = instructions - 1; i >= 0; i--) {
            next = decoder.node(scratch.get(i), i == instructions - 1 ? null : scratch.get(i + 1), next);
        }
        return next;
    }

    /// What lies behind the code; never executed.
    private static final class End extends Node {
        End(long pc) {
            super(pc, null);
        }

        @Override
        public Node exec(Cpu cpu, Mem mem) {
            throw new IllegalStateException("conformance: the node behind the code was executed");
        }
    }

    // Execution.

    private void execute(TestVector vector) {
        long data = DATA_FRAME << PhysicalMemory.FRAME_SHIFT;
        memory.write(data, pattern, 0, TestMemory.WRITABLE_BYTES);
        for (MemoryRun run : vector.memoryBefore) {
            memory.write(data + run.at() - TestMemory.DATA, run.bytes(), 0, run.bytes().length);
        }
        port.load(vector.before, cpu);
        cpu.budget = BUDGET;
        cpu.systemCall = false;
        vcpu.mem().exclusives().clear();
        vcpu.enterGuest();
        ending = execute();
        vcpu.enterKernel();
        port.store(cpu, ending, found);
        memory.read(data, foundMemory, 0, TestMemory.WRITABLE_BYTES);
    }

    private Ending execute() {
        Node node = first;
        if (node == null) {
            throw new IllegalStateException("conformance: nothing is decoded");
        }
        Node now = node;
        try {
            while (true) {
                now = node;
                node = now.exec(cpu, vcpu.mem());
                if (node instanceof End) {
                    cpu.pc = node.pc;
                    return new Ending.Completed();
                }
                if (node == null) {
                    return left();
                }
            }
        } catch (GuestFault _) {
            cpu.pc = now.faultPc(cpu);
            cpu.latchFault(vcpu.mem().lastFault());
            return new Ending.PageFault();
        } catch (GuestTrap trap) {
            long at = now.faultPc(cpu);
            cpu.pc = trap.afterInstruction() ? behind(at) : at;
            return new Ending.Trap(trap);
        }
    }

    private Ending left() {
        if (cpu.systemCall) {
            return new Ending.SystemCall();
        }
        return cpu.budget < 0 ? new Ending.Endless() : new Ending.Completed();
    }

    private long behind(long at) {
        for (int i = 0; i < instructions; i++) {
            if (scratch.get(i).pc == at) {
                return scratch.get(i).end();
            }
        }
        throw new IllegalStateException("conformance: a trap at 0x%x, where no instruction is".formatted(at));
    }

    // Comparison.

    /// The index of the first byte that memory should not hold, or -1.
    private int firstMemoryDifference(TestVector vector) {
        System.arraycopy(pattern, 0, expectedMemory, 0, expectedMemory.length);
        vector.memoryBefore.forEach(run -> put(run, expectedMemory));
        vector.memoryAfter.forEach(run -> put(run, expectedMemory));
        for (MemoryRun run : vector.memoryUndefined) {
            int at = (int) (run.at() - TestMemory.DATA);
            for (int i = 0; i < run.bytes().length; i++) {
                expectedMemory[at + i] &= (byte) ~run.bytes()[i];
                foundMemory[at + i] &= (byte) ~run.bytes()[i];
            }
        }
        return Arrays.mismatch(expectedMemory, foundMemory);
    }

    /// The address of the first byte of memory in which the last vector differed, or 0.
    long differentAddress() {
        int at = Arrays.mismatch(expectedMemory, foundMemory);
        return at < 0 ? 0 : TestMemory.DATA + at;
    }

    private static void put(MemoryRun run, byte[] memory) {
        System.arraycopy(run.bytes(), 0, memory, (int) (run.at() - TestMemory.DATA), run.bytes().length);
    }

    /// The differences of the last vector executed.
    private List<String> describe(TestVector vector) {
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < found.length; i++) {
            if (((found[i] ^ vector.after[i]) & ~vector.undefined[i]) != 0) {
                differences.add("%s is %x instead of %x".formatted(layout.name(i), found[i], vector.after[i]));
            }
        }
        for (TestVector.Tolerance tolerance : vector.tolerances) {
            if (!port.isWithin(tolerance, vector.after, found)) {
                differences.add("%s is not within %s".formatted(tolerance.word(), tolerance.rule()));
            }
        }
        int at = firstMemoryDifference(vector);
        if (at >= 0) {
            differences.add("memory at %x is %02x instead of %02x"
                    .formatted(TestMemory.DATA + at, foundMemory[at], expectedMemory[at]));
        }
        return differences;
    }
}
