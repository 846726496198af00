package faultline.cli.debug;

import faultline.core.cpu.Cpu;
import faultline.core.debug.DebugThread;
import faultline.core.mem.PhysicalMemory;
import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.MappedFile;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.task.Task;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// A kernel task as the debugger core wants it. While it is held it also works for the debugger:
/// whatever takes kernel locks must run on a kernel thread.
final class TaskThread implements DebugThread {

    private final Task task;
    private final Queue<FutureTask<?>> work = new ConcurrentLinkedQueue<>();

    TaskThread(Task task) {
        this.task = task;
    }

    Task task() {
        return task;
    }

    Mm mm() {
        return task.mm();
    }

    @Override
    public int id() {
        return task.tid();
    }

    @Override
    public Cpu cpu() {
        return task.cpu();
    }

    @Override
    public Object space() {
        return task.mm();
    }

    @Override
    public void park() {
        FutureTask<?> next = work.poll();
        if (next == null) {
            task.block(Long.MAX_VALUE);
        } else {
            next.run();
        }
    }

    @Override
    public void wake() {
        task.wake();
    }

    @Override
    public void interruptWait() {
        task.interruptWait();
    }

    @Override
    public boolean isRunning() {
        return task.vcpuOrNull() != null;
    }

    /// Has this thread, which is held, do something with its vCPU.
    <T> T call(Callable<T> what) throws InterruptedException {
        FutureTask<T> job = new FutureTask<>(what);
        work.add(job);
        task.wake();
        try {
            return job.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("debug: a job of thread " + id() + " failed", e.getCause());
        }
    }

    /// What the guest would read, without making it so: pages that are not there yet are looked up
    /// in the file behind them, or read as zeros. No PTE changes. On a kernel thread.
    @Override
    public int read(long va, byte[] to, int length) {
        PageGeometry geometry = task.mm().geometry();
        int done = 0;
        while (done < length) {
            long at = va + done;
            int piece = Math.min(length - done, geometry.bytes() - geometry.offset(at));
            if (!readInPage(at, to, done, piece)) {
                break;
            }
            done += piece;
        }
        return done;
    }

    private boolean readInPage(long va, byte[] to, int at, int length) {
        Mm mm = task.mm();
        Vma vma = mm.vmaAt(va);
        if (vma == null) {
            return false;
        }
        PageTable table = mm.pageTable();
        PageTableFormat format = table.format();
        long pte = table.look(va);
        PhysicalMemory memory = mm.kernel().memory();
        PageGeometry geometry = mm.geometry();
        long inPage = geometry.offset(va);
        if (format.isPresent(pte)) {
            memory.read((format.pfn(pte) << geometry.shift()) + inPage, to, at, length);
            return true;
        }
        Arrays.fill(to, at, at + length, (byte) 0);
        MappedFile file = vma.file();
        if (file == null) {
            return true;
        }
        long offset = (vma.indexOf(va) << geometry.shift()) + inPage;
        return file.pages().read(offset, to, at, length) == length;
    }
}
