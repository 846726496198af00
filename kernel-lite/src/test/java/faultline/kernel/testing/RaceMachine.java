package faultline.kernel.testing;

import static faultline.kernel.mm.MmConstants.MAP_ANONYMOUS;
import static faultline.kernel.mm.MmConstants.MAP_FIXED;
import static faultline.kernel.mm.MmConstants.MAP_PRIVATE;
import static faultline.kernel.mm.MmConstants.MAP_SHARED;
import static faultline.kernel.mm.MmConstants.PROT_READ;
import static faultline.kernel.mm.MmConstants.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Cpu;
import faultline.core.mmu.Access;
import faultline.core.step.DirectedSchedule;
import faultline.core.step.Step;
import faultline.kernel.block.DiskTiming;
import faultline.kernel.check.Oracle;
import faultline.kernel.check.Violation;
import faultline.kernel.mm.AdviceCalls;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.fault.CheckedDesign;
import faultline.kernel.mm.fault.FaultDesign;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.FaultHandler;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.TableFreeing;
import faultline.kernel.mm.swap.SwapArea;
import faultline.kernel.mm.swap.SwapEntry;
import faultline.kernel.mm.swap.SwapSpace;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A machine of two vCPUs that share an address space, whose threads a test directs step by step: F,
/// which faults or walks, and W, which changes the address space.
///
/// The test is the director: what it calls here runs while both stand still.
public final class RaceMachine implements AutoCloseable {

    /// Points of a body that the director stops at.
    public enum Mark implements Step {
        MAPPED,
        UNMAPPED,
        REUSED,
        TOLD,
        DONE
    }

    private static final int CPUS = 3;

    private static final long RAM = 64L << 20;

    private static final long MMAP_BASE = 1L << 38;

    private static final int MADV_DONTNEED = 4;

    private static final int MADV_PAGEOUT = 21;

    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    private final DirectedSchedule schedule = new DirectedSchedule();
    private final RacePort port;
    private final FaultMachine machine;
    private final FaultDesign design;
    private final Mm mm;
    private final Map<String, FaultMachine.Task> tasks = new HashMap<>();

    /// What is chosen of a machine before it has address spaces.
    @FunctionalInterface
    public interface Choices {
        void set(KernelMemory kernel);
    }

    public RaceMachine(RacePort port, TableFreeing freeing, String faultDesign, Knobs knobs, Choices choices) {
        this(port, freeing, faultDesign, knobs, choices, DiskTiming.INSTANT);
    }

    /// With a disk that takes its time.
    RaceMachine(
            RacePort port, TableFreeing freeing, String faultDesign, Knobs knobs, Choices choices, DiskTiming disk) {
        this(port, freeing, faultDesign, knobs, choices, disk, 1);
    }

    /// A machine of two memory nodes: F and W are on the first, T on the second.
    static RaceMachine ofNodes(RacePort port, String faultDesign) {
        return new RaceMachine(port, TableFreeing.RCU_ALL, faultDesign, Knobs.NONE, _ -> {}, DiskTiming.INSTANT, 2);
    }

    private RaceMachine(
            RacePort port,
            TableFreeing freeing,
            String faultDesign,
            Knobs knobs,
            Choices choices,
            DiskTiming disk,
            int nodes) {
        this.port = port;
        this.machine = new FaultMachine(
                schedule,
                CPUS,
                port.byteOrder(),
                RAM * nodes,
                port::newMmu,
                memory -> port.translation(memory, CPUS, freeing),
                disk,
                nodes);
        choices.set(kernel());
        this.design = new CheckedDesign(
                FaultDesigns.create(faultDesign, knobs, new FaultHandler(kernel())), kernel(), _ -> 0);
        this.mm = kernel().newMm(MMAP_BASE, new FaultMachine.NoLimits());
        // A user each for F, W and the director.
        mm.get();
        mm.get();
    }

    public KernelMemory kernel() {
        return machine.kernel();
    }

    public Mm mm() {
        return mm;
    }

    /// How many bytes a page has.
    public int page() {
        return kernel().geometry().bytes();
    }

    /// How many pages a PTE table maps.
    public int pagesOfTable() {
        return port.format().entries(0);
    }

    public DirectedSchedule schedule() {
        return schedule;
    }

    /// The thread that faults or walks.
    public DirectedSchedule.Actor faulter(FaultMachine.Body body) {
        return launch("F", 0, body);
    }

    /// The thread that changes the address space.
    public DirectedSchedule.Actor writer(FaultMachine.Body body) {
        return launch("W", 1, body);
    }

    /// A second thread of the program.
    public DirectedSchedule.Actor other(FaultMachine.Body body) {
        mm.get();
        return launch("T", 2, body);
    }

    private DirectedSchedule.Actor launch(String name, int vcpu, FaultMachine.Body body) {
        Cpu cpu = port.newCpu();
        FaultMachine.Task task = machine.task(
                name,
                vcpu,
                cpu,
                port.newFault(cpu),
                port.entry(machine.translation().cache()),
                design,
                mm,
                body);
        tasks.put(name, task);
        task.launch();
        return schedule.actor(name);
    }

    // What bodies are made of.

    public void mark(Mark mark) {
        kernel().steps().at(mark, 0);
    }

    /// Maps `pages` pages of anonymous memory.
    public void map(long va, int pages) {
        long _ = mm.mmap(va, (long) pages * page(), RW, ANON, null, 0);
    }

    /// Maps `pages` pages that a child would share, and whose stores are not lost when they are unmapped.
    public void mapShared(long va, int pages) {
        long _ = mm.mmap(va, (long) pages * page(), RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, null, 0);
    }

    /// MADV_DONTNEED, under `mmap_lock` for read.
    public void discard(long va, int pages) {
        new AdviceCalls(mm).madvise(va, (long) pages * page(), MADV_DONTNEED);
    }

    /// Takes pages out of memory, which the disk has written when this returns.
    public void pageOut(long va, int pages) {
        for (int pass = 0; pass < 2; pass++) {
            new AdviceCalls(mm).madvise(va, (long) pages * page(), MADV_PAGEOUT);
            SwapSpace swap = kernel().swap();
            for (SwapArea area : swap.areas()) {
                for (int slot = 1; slot <= area.pages(); slot++) {
                    Page copy = swap.find(SwapEntry.of(area.type(), slot));
                    if (copy != null) {
                        boolean _ = kernel().pageOut().writeOut(copy);
                        kernel().allocator().put(copy);
                    }
                }
            }
        }
    }

    public void unmap(long va, int pages) {
        mm.munmap(va, (long) pages * page());
    }

    /// Stores to a page as the guest does; every fault on the way goes well.
    public static void store(FaultMachine.Task self, long va) {
        assertThat(self.touch(va, Access.WRITE)).isNull();
    }

    // What a director looks at.

    /// The PTE table of an address.
    public Page tableOf(long va) {
        return kernel().allocator()
                .page(mm.pageTable().find(va) >>> kernel().geometry().shift());
    }

    /// Whether a page is mapped.
    public boolean isMapped(long va) {
        long ptePa = mm.pageTable().find(va);
        return ptePa != 0 && mm.pageTable().format().isPresent(mm.pageTable().load(ptePa));
    }

    /// The page that is mapped at an address.
    public Page pageAt(long va) {
        PageTable table = mm.pageTable();
        return kernel().allocator().page(table.format().pfn(table.load(table.find(va))));
    }

    /// The byte at an address of the program's memory.
    public byte byteAt(long va) {
        PageTable table = mm.pageTable();
        long frame = table.format().pfn(table.load(table.find(va)))
                << kernel().geometry().shift();
        byte[] found = new byte[1];
        kernel().memory().read(frame + kernel().geometry().offset(va), found, 0, 1);
        return found[0];
    }

    /// What the design was known for, and did.
    public List<Oracle.Deviation> deviations() {
        return kernel().oracle().deviations();
    }

    public List<Violation> violations() {
        return kernel().oracle().violations();
    }

    /// What ended a thread before its end, or null.
    public @Nullable Throwable failure(String thread) {
        return tasks.get(thread).failure();
    }

    /// All run to their ends, nothing went wrong, and no frame is left over.
    public void finish() {
        schedule.runAll();
        tasks.values()
                .forEach(task -> assertThat(task.failure()).as(task.getName()).isNull());
        assertThat(violations()).isEmpty();
        DirectedSchedule.Actor last = launch("last", 0, _ -> {});
        last.runToEnd();
        assertThat(tasks.get("last").failure()).isNull();
        kernel().rcu().quiesce();
        kernel().checkLeftOver();
        assertThat(violations()).isEmpty();
        assertThat(kernel().allocator().freeFrames())
                .as("free frames")
                .isEqualTo(kernel().allocator().totalFrames() - 1);
    }

    @Override
    public void close() {
        schedule.close();
        for (FaultMachine.Task task : tasks.values()) {
            try {
                task.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("a test was interrupted", e);
            }
        }
    }
}
