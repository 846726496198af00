package faultline.kernel.mm;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The AnonVmas that the pages of one VMA may name, oldest first: `anon_vma_chain`. Changed with `mmap_lock` held
/// for write, or once, from empty to one, as [Mm#makeAnonVma] says.
final class AnonChain {

    private final Vma vma;

    /// Checks look at it without `mmap_lock`, when truncation unmaps a page.
    private final List<AnonVma> links = new CopyOnWriteArrayList<>();

    AnonChain(Vma vma) {
        this.vma = vma;
    }

    int length() {
        return links.size();
    }

    /// Whether the VMA is in none, as a copy.
    boolean isEmpty() {
        return links.isEmpty();
    }

    boolean contains(AnonVma anon) {
        return links.contains(anon);
    }

    /// The VMA gets its first AnonVma, which is locked.
    void beginLocked(AnonVma anon) {
        link(anon);
        anon.activateLocked(1);
    }

    private void link(AnonVma anon) {
        links.add(anon);
        anon.addLocked(vma);
    }

    /// `anon_vma_clone`: the VMA gets pages, or parts, of another of its own address space.
    void cloneFrom(Vma source) {
        AnonVma own = source.anonVma();
        if (own == null) {
            return;
        }
        own.lock();
        source.anonChain().links.forEach(this::link);
        own.activateLocked(1);
        own.unlock();
        vma.setAnonVma(own);
    }

    /// `anon_vma_fork`: the VMA is a copy in a child. Pages made before belong to what they did; new ones to an
    /// AnonVma of the child's.
    void forkFrom(Vma source, AnonVmas all) {
        AnonVma parent = source.anonVma();
        if (parent == null) {
            return;
        }
        parent.lock();
        AnonVma own = null;
        for (AnonVma anon : source.anonChain().links) {
            link(anon);
            if (own == null && anon != parent && anon.isReusableLocked()) {
                own = anon;
            }
        }
        if (own == null) {
            own = all.make(parent);
            parent.addChildLocked();
            link(own);
        }
        own.activateLocked(1);
        parent.unlock();
        vma.setAnonVma(own);
    }

    /// `unlink_anon_vmas`: the VMA has no pages any more.
    void unlink() {
        AnonVma own = vma.anonVma();
        if (own == null) {
            return;
        }
        own.lock();
        own.activateLocked(-1);
        for (AnonVma anon : links) {
            anon.removeLocked(vma);
        }
        links.clear();
        own.unlock();
    }
}
