package faultline.arm64.insn;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.arm64.cpu.A64Cpu;
import faultline.core.cpu.Cpu;
import faultline.core.cpu.GuestTrap;
import faultline.core.cpu.TrapHandler;
import faultline.core.cpu.VcpuSet;
import faultline.core.engine.CodeCache;
import faultline.core.engine.Interpreter;
import faultline.core.mem.PhysicalMemory;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import faultline.core.testing.FlatMmu;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A machine of several vCPUs without a kernel, RAM mapped to itself. They run on threads of their
/// own, or are stepped by the test in the order it wants.
final class ManyVcpus implements AutoCloseable {

    static final long DATA = 0x100000;

    private static final long CODE = 0x10000;
    private static final long CODE_STRIDE = 0x1000;
    private static final long RAM = 4 << 20;
    private static final int SVC = 0xd4000001;

    final PhysicalMemory memory = PhysicalMemory.reserve(RAM);
    final List<A64Cpu> cpus = new ArrayList<>();
    private final List<Interpreter> interpreters = new ArrayList<>();
    private final VcpuSet vcpus;
    private final Stop stop = new Stop();

    ManyVcpus(int count) {
        Steps steps = new Steps(new ParallelSchedule());
        vcpus = new VcpuSet(count, memory, () -> new FlatMmu(RAM), steps);
        CodeCache cache = new CodeCache(memory);
        for (int id = 0; id < count; id++) {
            A64Cpu cpu = new A64Cpu(A64Machine.MODEL);
            vcpus.get(id).enterKernel();
            cpu.attach(vcpus.get(id));
            cpus.add(cpu);
            interpreters.add(new Interpreter(cache, new A64Decoder(A64Machine.MODEL, ByteOrder.LITTLE_ENDIAN), steps));
        }
    }

    /// Ends a run at a system call; everything else is a mistake of the test.
    private static final class Stop implements TrapHandler {
        @Override
        public Outcome pageFault(Cpu cpu) {
            throw new AssertionError("fault at 0x%x".formatted(cpu.pc));
        }

        @Override
        public Outcome systemCall(Cpu cpu) {
            return Outcome.STOP;
        }

        @Override
        public Outcome exception(Cpu cpu, GuestTrap trap) {
            throw new AssertionError("%s at 0x%x".formatted(trap.getMessage(), cpu.pc));
        }

        @Override
        public Outcome poll(Cpu cpu) {
            return Outcome.RESUME;
        }
    }

    /// Lets a vCPU execute one instruction, or whole blocks up to a system call.
    A64Cpu step(int id, int word) {
        A64Cpu cpu = load(id, word);
        assertThat(interpreters.get(id).step(cpu, stop)).isEqualTo(TrapHandler.Outcome.RESUME);
        assertThat(cpu.pc).isEqualTo(CODE + id * CODE_STRIDE + 4);
        return cpu;
    }

    A64Cpu load(int id, int... words) {
        long at = CODE + id * CODE_STRIDE;
        memory.noteWrite(at >>> PhysicalMemory.FRAME_SHIFT);
        for (int i = 0; i < words.length; i++) {
            memory.store32(at + 4L * i, words[i]);
        }
        memory.store32(at + 4L * words.length, SVC);
        A64Cpu cpu = cpus.get(id);
        cpu.pc = at;
        return cpu;
    }

    void run(int id) {
        assertThat(interpreters.get(id).run(cpus.get(id), stop)).isEqualTo(TrapHandler.Outcome.STOP);
    }

    /// Runs what was loaded, on all vCPUs at once.
    void runAll() throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newFixedThreadPool(cpus.size())) {
            List<Future<?>> runs = new ArrayList<>();
            for (int id = 0; id < cpus.size(); id++) {
                int number = id;
                runs.add(threads.submit(() -> {
                    run(number);
                    vcpus.get(number).enterIdle();
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
