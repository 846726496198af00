package faultline.kernel.mm;

import faultline.kernel.check.ObjectLives;
import faultline.kernel.check.ObjectLives.Kind;
import faultline.kernel.check.Violation.Rule;
import faultline.kernel.mm.page.Page;
import faultline.kernel.mm.page.PageCache;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Looks, while checks are on, for what an address space or a machine leaves behind.
///
/// Of an address space, called by its last user, and of a machine whose threads are gone, called by whoever
/// waited for them.
final class LeftOvers {

    /// What no machine has without a task. Files may be open in a queue, or be segments of shared memory.
    private static final Set<Kind> NONE_LEFT =
            EnumSet.of(Kind.MM, Kind.VMA, Kind.VMA_LOCK, Kind.ANON_VMA, Kind.MEMPOLICY);

    private final KernelMemory kernel;

    /// How many references of a page nobody will give back, by a known defect of the design.
    private final Map<Page, Integer> lost = new ConcurrentHashMap<>();

    LeftOvers(KernelMemory kernel) {
        this.kernel = kernel;
    }

    /// The running thread passes over giving a reference back, by the defect that is named.
    void lost(Page page, String defect) {
        lost.merge(page, 1, Integer::sum);
        kernel.oracle().deviates(defect, Rule.LEFT_OVER, "left over: " + page + " loses a reference");
    }

    /// The address space has been taken down: no page counts as resident, no table is there.
    void ofMm(Mm mm) {
        for (RssKind kind : RssKind.values()) {
            if (mm.rss(kind) != 0) {
                report("mm " + mm.id() + " counts " + mm.rss(kind) + " pages of " + kind + " at its end");
            }
        }
        if (!mm.pageTable().hasOnlyRoot()) {
            report("mm " + mm.id() + " has " + mm.pageTable().bytes() + " bytes of page tables at its end");
        }
    }

    /// No task is left: every frame is free, or the cache's of a file that nobody maps.
    void ofMachine(ObjectLives lives) {
        // What was freed by RCU is free after the grace period under way, and what its callbacks free after another.
        for (int i = 0; i < 3; i++) {
            kernel.rcu().quiesce();
        }
        for (Kind kind : NONE_LEFT) {
            Set<ObjectLives.Life> left = lives.living(kind);
            if (!left.isEmpty()) {
                report(left.size() + " objects in use, among them "
                        + left.iterator().next());
            }
        }
        if (kernel.anonVmas().count() != 0) {
            report(kernel.anonVmas().count() + " AnonVmas can be found");
        }
        kernel.allocator().forEachUsed(this::look);
    }

    private void look(Page page) {
        PageCache cache = page.mapping();
        if (page.isSwapCache() && page.mapcount() == 0 && page.refcount() == 1) {
            // Somebody had its lock when its last name went: reclaim would find it.
            return;
        }
        int references = page.refcount() - lost.getOrDefault(page, 0);
        String wrong;
        if (cache != null) {
            wrong = wrongInCache(cache, page, references);
        } else {
            wrong = references == 0 && page.mapcount() == 0 ? null : "which no file has";
        }
        if (wrong != null) {
            report(page + ", " + wrong);
        }
    }

    private static @Nullable String wrongInCache(PageCache cache, Page page, int references) {
        if (page.mapcount() != 0 || references != 1) {
            return "of which a file's cache has one reference";
        }
        return cache.isMapped() ? "of a file that a VMA maps" : null;
    }

    private void report(String what) {
        kernel.oracle().report(Rule.LEFT_OVER, "left over: " + what);
    }
}
