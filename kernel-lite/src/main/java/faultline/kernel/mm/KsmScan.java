package faultline.kernel.mm;

import faultline.core.step.Steps;
import faultline.kernel.mm.KsmSettings.Setting;
import faultline.kernel.mm.page.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Goes over address spaces, a batch of pages at a time, and merges what has the same contents as another:
/// `ksmd`.
///
/// A page is merged that has not changed since the scan before, which its checksum says. All of it with the
/// mutex of [Ksm]; `mmap_lock` is taken for one page at a time, and not while another's is held. References
/// of address spaces are given back without the mutex, for who gives the last one back takes it.
final class KsmScan {

    /// From this age on `smart_scan` passes pages by.
    private static final int OLD = 3;

    private static final int MOST_AGE = 255;

    private final Ksm ksm;
    private final KernelMemory kernel;
    private final KsmIndex index;
    private final KsmContents contents;
    private final KsmMerge merge;
    private final Steps steps;

    /// Of address spaces that were looked at in this batch.
    private final List<Mm> toPut = new ArrayList<>();

    // Where it goes on.
    private int lastMm;
    private long cursor;

    // Counters.
    final AtomicLong fullScans = new AtomicLong();
    final AtomicLong scanned = new AtomicLong();
    final AtomicLong skipped = new AtomicLong();

    KsmScan(Ksm ksm, KernelMemory kernel, KsmIndex index, KsmContents contents) {
        this.ksm = ksm;
        this.kernel = kernel;
        this.index = index;
        this.contents = contents;
        this.merge = new KsmMerge(kernel, contents);
        this.steps = kernel.steps();
    }

    /// An address and the page there, with a reference.
    private record Found(KsmItem item, Page page) {}

    /// Looks at up to `most` pages; stops behind the last address space.
    void run(long most) {
        List<Mm> left = new ArrayList<>();
        ksm.mutex().lock();
        long done = 0;
        while (goesOn(done, most)) {
            KsmSpace space = current();
            if (space == null) {
                break;
            }
            done += scan(space, most - done);
        }
        left.addAll(toPut);
        toPut.clear();
        ksm.mutex().unlock();
        left.forEach(Mm::put);
    }

    /// Whether a batch goes on of which so many pages are done. It ends early for who waits for the mutex: among
    /// them are processes that end, which in Linux wait for the page at most that is looked at.
    private boolean goesOn(long done, long most) {
        return done < most && ksm.hasWork() && (done == 0 || !ksm.mutex().isContended());
    }

    /// The address space at which it stands, else the next; null when it has come to the end, and begins again.
    private @Nullable KsmSpace current() {
        for (Map.Entry<Integer, KsmSpace> each : ksm.spaces().entrySet()) {
            int id = each.getKey();
            if (id > lastMm || id == lastMm && cursor >= 0) {
                if (id != lastMm) {
                    lastMm = id;
                    cursor = 0;
                }
                return each.getValue();
            }
        }
        lastMm = 0;
        cursor = 0;
        index.beginRound();
        index.prune();
        fullScans.incrementAndGet();
        return null;
    }

    /// Goes over at most `most` pages of one address space; returns how many.
    private long scan(KsmSpace space, long most) {
        if (!keep(space.mm)) {
            cursor = -1;
            return 0;
        }
        long done = 0;
        while (goesOn(done, most)) {
            Found found = next(space);
            if (found == null) {
                cursor = -1;
                break;
            }
            scanned.incrementAndGet();
            done++;
            if (!isSkipped(found)) {
                compareAndMerge(found.page, found.item);
            }
            ksm.put(found.page);
        }
        return done;
    }

    /// Keeps an address space until the end of the batch; false when it has no user any more.
    private boolean keep(Mm mm) {
        if (toPut.contains(mm)) {
            return true;
        }
        boolean kept = mm.tryGet();
        if (kept) {
            toPut.add(mm);
        }
        return kept;
    }

    /// The next page at or above the cursor: `scan_get_next_rmap_item`. Null behind the last, where an
    /// address space leaves in which nothing may be merged.
    private @Nullable Found next(KsmSpace space) {
        Mm mm = space.mm;
        boolean any = false;
        mm.mmapLock().readLock();
        try {
            long from = cursor;
            for (Vma vma = mm.findVma(cursor); vma != null; vma = mm.findVma(vma.end())) {
                if (!vma.has(Vma.VM_MERGEABLE)) {
                    continue;
                }
                any = true;
                Found found = vma.hasAnonVma() ? nextIn(space, vma, from) : null;
                if (found != null) {
                    return found;
                }
            }
            ksm.forget(space, from, Long.MAX_VALUE);
            if (!any && from == 0 && !mm.mergesAny()) {
                ksm.leave(space);
            }
            return null;
        } finally {
            mm.mmapLock().readUnlock();
        }
    }

    private @Nullable Found nextIn(KsmSpace space, Vma vma, long from) {
        int bytes = vma.mm().geometry().bytes();
        for (long va = Math.max(from, vma.start()); va < vma.end(); va += bytes) {
            Page page = merge.pageAt(vma, va);
            if (page != null) {
                ksm.forget(space, from, va);
                cursor = va + bytes;
                return new Found(space.itemAt(va), page);
            }
            if (KsmBreak.isEmpty(vma.mm().pageTable(), va)) {
                va = vma.mm().pageTable().endOfTable(va) - bytes;
            }
        }
        return null;
    }

    /// `should_skip_rmap_item`: a page that was looked at often, and could not be merged, is passed by.
    private boolean isSkipped(Found found) {
        KsmItem item = found.item;
        if (found.page.isKsm() || !ksm.isOn(Setting.SMART_SCAN)) {
            return false;
        }
        int age = item.age;
        item.age = Math.min(MOST_AGE, age + 1);
        if (age < OLD) {
            return false;
        }
        if (item.skips == 0) {
            item.skips = skips(age);
            return false;
        }
        item.skips--;
        skipped.incrementAndGet();
        index.remove(item);
        return true;
    }

    /// `skip_age`.
    private static int skips(int age) {
        if (age <= 3) {
            return 1;
        }
        if (age <= 5) {
            return 2;
        }
        return age <= 8 ? 4 : 8;
    }

    /// `cmp_and_merge_page`.
    private void compareAndMerge(Page page, KsmItem item) {
        KsmNode own = index.nodeOf(page);
        if (own != null) {
            if (item.node != own) {
                // A child has it by fork: whatever the limit, it shares the page already.
                index.remove(item);
                join(item, page, page);
            }
            return;
        }
        index.remove(item);
        long checksum = contents.checksum(page);
        if (!item.hasChecksum || item.checksum != checksum) {
            item.checksum = checksum;
            item.hasChecksum = true;
            return;
        }
        steps.at(KsmStep.KSM_COMPARE, item.va);
        if (checksum == contents.zeroes && ksm.isOn(Setting.USE_ZERO_PAGES) && becomesZeroPage(item, page)) {
            return;
        }
        Page shared = index.search(page, checksum);
        if (shared != null) {
            join(item, page, shared);
            ksm.put(shared);
            return;
        }
        shareWithWaiting(item, page);
    }

    /// Looks for another page of the same contents among those that wait, else waits as well.
    private void shareWithWaiting(KsmItem item, Page page) {
        KsmItem other = index.waiting(item.checksum);
        Page otherPage = other == null ? null : mergeablePage(other);
        if (other == null || otherPage == null) {
            index.await(item);
            return;
        }
        if (otherPage == page) {
            // Shared by fork: there is nothing to be won.
            ksm.put(otherPage);
            return;
        }
        if (!contents.same(page, otherPage)) {
            index.await(item);
        } else {
            mergeTwo(item, page, other, otherPage);
        }
        ksm.put(otherPage);
    }

    /// `try_to_merge_two_pages`.
    private void mergeTwo(KsmItem item, Page page, KsmItem other, Page otherPage) {
        KsmNode node = index.make(page, item.checksum);
        if (!at(item, vma -> merge.share(vma, item.va, page, node))) {
            return;
        }
        index.insert(node);
        boolean both = at(other, vma -> merge.merge(vma, other.va, otherPage, page));
        if (!both) {
            // One address alone shares nothing.
            ksm.letGo(item);
            boolean _ = at(item, vma -> KsmBreak.page(vma, item.va));
            ksm.letGo(item);
            return;
        }
        index.remove(other);
        append(other, node);
        append(item, node);
    }

    /// The address gets a page that is shared already, unless its own has changed.
    private void join(KsmItem item, Page page, Page shared) {
        KsmNode node = index.nodeOf(shared);
        if (node != null && at(item, vma -> merge.merge(vma, item.va, page, shared))) {
            append(item, node);
        }
    }

    private void append(KsmItem item, KsmNode node) {
        Page page = ksm.lockPageOf(node);
        if (page == null) {
            ksm.letGo(item);
            return;
        }
        index.append(item, node);
        ksm.unlockAndPut(page);
    }

    private boolean becomesZeroPage(KsmItem item, Page page) {
        Page zero = kernel.allocator().zeroPage();
        boolean done = at(item, vma -> merge.merge(vma, item.va, page, zero));
        ksm.letGo(item);
        return done;
    }

    @FunctionalInterface
    private interface Work {
        boolean in(Vma vma);
    }

    /// Does something at an address with its `mmap_lock`, if pages may be merged there still. Where it was
    /// done the AnonVma of the VMA is kept for the item.
    private boolean at(KsmItem item, Work work) {
        Mm mm = item.space.mm;
        if (!keep(mm)) {
            return false;
        }
        mm.mmapLock().readLock();
        Vma vma = mm.vmaAt(item.va);
        AnonVma anon = vma != null && vma.has(Vma.VM_MERGEABLE) ? vma.anonVma() : null;
        boolean done = vma != null && anon != null && work.in(vma);
        if (done && anon != null) {
            ksm.letGo(item);
            item.anon = kernel.anonVmas().keep(anon.id());
        }
        mm.mmapLock().readUnlock();
        return done;
    }

    /// The page at an address, with a reference: `get_mergeable_page`.
    private @Nullable Page mergeablePage(KsmItem item) {
        Page[] page = new Page[1];
        boolean _ = at(item, vma -> {
            page[0] = merge.pageAt(vma, item.va);
            return false;
        });
        return page[0];
    }
}
