package faultline.kernel.mm.pgtable;

import faultline.core.step.Schedule;
import faultline.kernel.check.Oracle;
import faultline.kernel.check.Violation;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageAllocator;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Knows, while checks are on, of each frame whether it is a page table, and if it was one, who took it
/// out of use and who freed it. The kernel's accesses are held against that; the hardware walker's are
/// not.
///
/// A frame that became another table meanwhile is told by the walk that led there: a thread remembers
/// the generation of the tables it last walked through. Any thread.
final class TableLives {

    private enum State {
        LIVE,
        UNHOOKED,
        FREED
    }

    /// @param owner whose table it is
    /// @param generation how often the frame has been a table
    /// @param before the life of the table that the frame was before; that one's own past is forgotten
    private record Life(
            PageTable owner,
            int level,
            long generation,
            State state,
            String unhookedBy,
            long unhookedAt,
            String freedBy,
            long freedAt,
            @Nullable Life before) {

        static Life of(PageTable owner, int level, @Nullable Life before) {
            long generation = before == null ? 1 : before.generation + 1;
            Life past = before == null ? null : before.alone();
            return new Life(owner, level, generation, State.LIVE, "", 0, "", 0, past);
        }

        Life unhooked(String by, long at) {
            return new Life(owner, level, generation, State.UNHOOKED, by, at, "", 0, before);
        }

        Life freed(String by, long at) {
            return new Life(owner, level, generation, State.FREED, unhookedBy, unhookedAt, by, at, before);
        }

        private Life alone() {
            return new Life(owner, level, generation, state, unhookedBy, unhookedAt, freedBy, freedAt, null);
        }

        String end() {
            String unhooked = unhookedBy.isEmpty() ? "" : unhookedBy + " unhooked at " + unhookedAt + " ns";
            String freed = freedBy.isEmpty() ? "" : freedBy + " freed at " + freedAt + " ns";
            return unhooked + (unhooked.isEmpty() || freed.isEmpty() ? "" : " and ") + freed + " (generation "
                    + generation + ")";
        }
    }

    /// The tables a thread walked through last. More than a walk has levels, for fork and mremap are in
    /// two at once.
    private static final class Trail {
        private static final int LENGTH = 16;
        private final long[] pfns = new long[LENGTH];
        private final long[] generations = new long[LENGTH];
        private int next;

        void follow(long pfn, long generation) {
            int slot = indexOf(pfn);
            if (slot < 0) {
                slot = next;
                next = (next + 1) % LENGTH;
            }
            pfns[slot] = pfn;
            generations[slot] = generation;
        }

        private int indexOf(long pfn) {
            for (int i = 0; i < LENGTH; i++) {
                if (pfns[i] == pfn && generations[i] != 0) {
                    return i;
                }
            }
            return -1;
        }

        /// Whether the thread took another table for this one, when it last came by.
        boolean contradicts(long pfn, long generation) {
            int slot = indexOf(pfn);
            return slot >= 0 && generations[slot] != generation;
        }
    }

    private final PageAllocator allocator;
    private final Schedule schedule;
    private final Oracle oracle;
    private final AtomicReferenceArray<@Nullable Life> lives;

    private final ThreadLocal<Trail> trails = ThreadLocal.withInitial(Trail::new);

    TableLives(PageAllocator allocator, Schedule schedule, Oracle oracle) {
        this.allocator = allocator;
        this.schedule = schedule;
        this.oracle = oracle;
        this.lives = new AtomicReferenceArray<>(allocator.totalFrames());
    }

    // A table's life.

    void begin(PageTable owner, int level, Page table) {
        set(table, Life.of(owner, level, life(table)));
    }

    int level(Page table) {
        return living(table).level;
    }

    void unhook(Page table) {
        Life life = living(table);
        if (life.level == 0 && !life.owner.isEmpty(table.pa())) {
            oracle.report(liveEntry(life, table, " unhooks "));
        }
        set(table, life.unhooked(self(), schedule.nanoTime()));
    }

    /// Returns the level of the table.
    int free(Page table) {
        Life life = living(table);
        if (life.level == 0 && life.state == State.UNHOOKED && !life.owner.isEmpty(table.pa())) {
            oracle.report(liveEntry(life, table, " frees "));
        }
        set(table, life.freed(self(), schedule.nanoTime()));
        return life.level;
    }

    private static Violation liveEntry(Life life, Page table, String does) {
        return new Violation(
                Rule.LIVE_ENTRY,
                self(),
                life.unhookedBy,
                "",
                "pgtable: " + self() + does + name(life.level) + " 0x" + Long.toHexString(table.pfn())
                        + ", which has an entry");
    }

    private Life living(Page table) {
        Life life = life(table);
        if (life == null || life.state == State.FREED) {
            throw new IllegalStateException("pgtable: " + table + " is no table and cannot cease to be one");
        }
        return life;
    }

    private @Nullable Life life(Page table) {
        return lives.get((int) table.pfn());
    }

    private void set(Page table, Life life) {
        lives.set((int) table.pfn(), life);
    }

    // Accesses.

    /// The thread has found an entry that points to a table of this frame.
    void follow(long pfn) {
        Life life = at(pfn);
        if (life != null) {
            trails.get().follow(pfn, life.generation);
        }
    }

    /// The thread is about to read from a table of `level`, which is in frame `pfn`.
    void reads(PageTable owner, int level, long pfn) {
        Life life = at(pfn);
        if (life == null || !isOurs(life, owner, level, pfn)) {
            oracle.report(gone(life, level, pfn, " reads "));
        }
    }

    /// The thread is about to change an entry of a table of `level`.
    void changes(PageTable owner, int level, long pfn) {
        Life life = at(pfn);
        if (life == null || !isOurs(life, owner, level, pfn)) {
            oracle.report(gone(life, level, pfn, " changes "));
        } else if (life.state == State.UNHOOKED) {
            oracle.report(new Violation(
                    Rule.UNHOOKED_TABLE,
                    self(),
                    life.unhookedBy,
                    "",
                    "pgtable: " + self() + " changes " + name(level) + " 0x" + Long.toHexString(pfn) + ", which "
                            + life.end()));
        }
    }

    /// The thread is about to use the lock of a table of PTEs.
    void locks(PageTable owner, long pfn) {
        Life life = at(pfn);
        if (life == null || !isOurs(life, owner, 0, pfn)) {
            oracle.report(gone(life, 0, pfn, " takes the lock of "));
        }
    }

    private @Nullable Life at(long pfn) {
        return pfn < 0 || pfn >= lives.length() ? null : lives.get((int) pfn);
    }

    private boolean isOurs(Life life, PageTable owner, int level, long pfn) {
        return life.state != State.FREED
                && life.owner == owner
                && life.level == level
                && !trails.get().contradicts(pfn, life.generation);
    }

    private Violation gone(@Nullable Life last, int level, long pfn, String does) {
        String where = "pgtable: " + self() + does + name(level) + " 0x" + Long.toHexString(pfn) + ", which ";
        // The frame may be another table by now: the one that was meant ended before.
        Life ended = last == null || last.state == State.FREED ? last : last.before;
        String now = last == null || last.state == State.FREED
                ? "" + allocator.page(pfn)
                : name(last.level) + " of generation " + last.generation;
        return ended == null
                ? new Violation(Rule.FREED_TABLE, self(), "", "", where + "never was one; it is " + now)
                : new Violation(
                        Rule.FREED_TABLE,
                        self(),
                        ended.unhookedBy,
                        ended.freedBy,
                        where + ended.end() + "; now it is " + now);
    }

    private static String name(int level) {
        return level == 0 ? "PTE table" : "table of level " + level;
    }

    private static String self() {
        return Thread.currentThread().getName();
    }
}
