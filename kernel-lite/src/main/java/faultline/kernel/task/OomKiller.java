package faultline.kernel.task;

import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.Mm;
import faultline.kernel.mm.RssKind;
import faultline.kernel.mm.page.VmEvent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Ends a process when no frame can be had any more: `mm/oom_kill.c`.
///
/// The one that has most memory, swapped out or not, shifted by what it said about itself (`oom_score_adj`). While one
/// that was chosen has not gone nobody else is. What is done and why is told line by line, as Linux's log has it.
public final class OomKiller {

    /// OOM_SCORE_ADJ_MIN: never.
    private static final int NEVER = -1000;

    /// A tick: how long who finds no frame waits for another's end.
    private static final long PAUSE_NANOS = 4_000_000;

    private final Tasks tasks;
    private final KernelMemory memory;
    private final Consumer<String> log;

    /// Who was chosen last. Guarded by the monitor, which is held across no step.
    private @Nullable Process chosen;

    public OomKiller(Tasks tasks, KernelMemory memory) {
        this.tasks = tasks;
        this.memory = memory;
        this.log = memory.log();
    }

    /// Called by a task whose fault has found no frame and which holds nothing: chooses, kills, and waits a moment if
    /// it was another. The task makes its access again, or dies: `pagefault_out_of_memory`.
    public void outOfMemory(Task asker) {
        if (asker.fatalSignalPending()) {
            return;
        }
        Process victim = choose(asker);
        if (victim != null) {
            report(asker, victim);
            memory.count(VmEvent.OOM_KILL, 1);
            tasks.exits().kill(victim);
        }
        if (!asker.fatalSignalPending()) {
            asker.block(asker.schedule().nanoTime() + PAUSE_NANOS);
        }
    }

    /// Null when one that was chosen is still about to go.
    private @Nullable Process choose(Task asker) {
        Process best = null;
        long most = 0;
        for (Process process : tasks.processes()) {
            long points = points(memory, process);
            if (points > most) {
                most = points;
                best = process;
            }
        }
        // Linux panics where nobody may be killed; here the machine ends with its first process.
        Process victim = best == null ? asker.process() : best;
        synchronized (this) {
            if (chosen != null && mmOf(chosen) != null) {
                return null;
            }
            chosen = victim;
            return victim;
        }
    }

    /// `oom_badness`: pages in memory, in swap and of tables, and a part of all there is for each point of the
    /// adjustment. Negative for who is never chosen.
    static long points(KernelMemory memory, Process process) {
        Mm mm = mmOf(process);
        int adjustment = process.oomAdjustment;
        if (mm == null || adjustment == NEVER) {
            return -1;
        }
        long pages = mm.rss() + mm.rss(RssKind.MM_SWAPENTS) + tablePages(mm);
        return Math.max(1, pages + adjustment * (total(memory) / -NEVER));
    }

    /// `/proc/PID/oom_score`: 0 to 2000.
    static long score(KernelMemory memory, Process process) {
        Mm mm = mmOf(process);
        int adjustment = process.oomAdjustment;
        if (mm == null || adjustment == NEVER) {
            return 0;
        }
        long total = total(memory);
        long pages = mm.rss() + mm.rss(RssKind.MM_SWAPENTS) + tablePages(mm) + adjustment * (total / -NEVER);
        return Math.max(0, (1000 + pages * 1000 / total) * 2 / 3);
    }

    private static long total(KernelMemory memory) {
        return memory.allocator().totalFrames() + memory.swap().total();
    }

    private static long tablePages(Mm mm) {
        return mm.pageTable().bytes() >>> mm.geometry().shift();
    }

    private static @Nullable Mm mmOf(Process process) {
        for (Task task : process.threads()) {
            Mm mm = task.mmOrNull();
            if (mm != null) {
                return mm;
            }
        }
        return null;
    }

    /// `oom_kill_process`, `dump_tasks`.
    private void report(Task asker, Process victim) {
        log.accept(asker.comm() + " invoked oom-killer: order=0, oom_score_adj=" + asker.process().oomAdjustment);
        log.accept(kib(memory.allocator().totalFrames()) + "kB RAM, "
                + kib(memory.allocator().freeFrames()) + "kB free, "
                + kib(memory.swap().total()) + "kB swap, " + kib(memory.swap().used()) + "kB used");
        log.accept("Tasks state (memory values in pages):");
        log.accept("[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name");
        for (Process process : tasks.processes()) {
            Mm mm = mmOf(process);
            if (mm != null) {
                log.accept(String.format(
                        "[%7d] %5d %5d %8d %8d %8d %8d         %5d %s",
                        process.pid(),
                        userOf(process),
                        process.pid(),
                        mm.totalVm(),
                        mm.rss(),
                        mm.pageTable().bytes(),
                        mm.rss(RssKind.MM_SWAPENTS),
                        process.oomAdjustment,
                        commOf(process)));
            }
        }
        Mm mm = mmOf(victim);
        if (mm != null) {
            log.accept("Out of memory: Killed process " + victim.pid() + " (" + commOf(victim) + ") total-vm:"
                    + kib(mm.totalVm()) + "kB, anon-rss:" + kib(mm.rss(RssKind.MM_ANONPAGES)) + "kB, file-rss:"
                    + kib(mm.rss(RssKind.MM_FILEPAGES)) + "kB, shmem-rss:" + kib(mm.rss(RssKind.MM_SHMEMPAGES))
                    + "kB, UID:" + userOf(victim) + " pgtables:"
                    + (mm.pageTable().bytes() >>> 10)
                    + "kB oom_score_adj:" + victim.oomAdjustment);
        }
    }

    private long kib(long pages) {
        return pages << memory.geometry().shift() >>> 10;
    }

    private static String commOf(Process process) {
        return process.threads().isEmpty() ? "" : process.threads().getFirst().comm();
    }

    private static int userOf(Process process) {
        return process.threads().isEmpty()
                ? 0
                : process.threads().getFirst().identity().uid();
    }
}
