package faultline.kernel.mm;

import faultline.kernel.mm.page.Page;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Which pages are shared, and which wait for another of the same contents: the stable and the unstable tree.
///
/// Linux orders both by the contents. Here they are found by checksum and then compared, which finds the same
/// pages: shared ones do not change, and of those that wait the ones that do are not found in either. Nodes
/// of the same checksum are a chain: more addresses have these contents than may share one page.
///
/// Guarded by the mutex of [Ksm], but for [#nodeOf].
final class KsmIndex {

    private final Ksm ksm;
    private final KsmContents contents;

    /// By id. Read with the page's lock, too.
    private final Map<Integer, KsmNode> nodes = new ConcurrentHashMap<>();

    private final Map<Long, List<KsmNode>> stable = new HashMap<>();
    private final Map<Long, KsmItem> unstable = new HashMap<>();

    /// Which scan this is: what waited in the one before is not found any more.
    private long round;

    private int lastId;

    // Counters of /sys/kernel/mm/ksm. Written with the mutex.
    final AtomicLong shared = new AtomicLong();
    final AtomicLong sharing = new AtomicLong();
    final AtomicLong unshared = new AtomicLong();
    final AtomicLong chains = new AtomicLong();
    final AtomicLong dups = new AtomicLong();

    KsmIndex(Ksm ksm, KsmContents contents) {
        this.ksm = ksm;
        this.contents = contents;
    }

    /// The node of a shared page, whose lock the caller has, or a reference; null of another, and of one that
    /// no scan knows any more.
    @Nullable
    KsmNode nodeOf(Page page) {
        return page.isKsm() ? nodes.get(page.anonVma()) : null;
    }

    boolean isEmpty() {
        return nodes.isEmpty();
    }

    // Stable.

    /// A node for a page that is about to be shared.
    KsmNode make(Page page, long checksum) {
        return new KsmNode(--lastId, checksum, page);
    }

    /// The page is shared now: `stable_tree_insert`.
    void insert(KsmNode node) {
        nodes.put(node.id, node);
        List<KsmNode> chain = stable.computeIfAbsent(node.checksum, _ -> new ArrayList<>());
        chain.add(node);
        countChain(chain.size() - 1, chain.size());
    }

    private void countChain(int before, int after) {
        chains.addAndGet((after > 1 ? 1 : 0) - (before > 1 ? 1 : 0));
        dups.addAndGet((after > 1 ? after : 0) - (before > 1 ? before : 0));
    }

    /// A shared page with the contents of `page`, with a reference, that has room for one more address; of
    /// several the fullest, so that few are needed: `stable_tree_search`.
    @Nullable
    Page search(Page page, long checksum) {
        Page best = null;
        int most = -1;
        for (KsmNode node : List.copyOf(stable.getOrDefault(checksum, List.of()))) {
            Page found = ksm.pageOf(node);
            if (found == null) {
                drop(node);
                continue;
            }
            int sharers = node.items.size();
            if (sharers > most && ksm.hasRoom(node) && contents.same(page, found)) {
                ksm.put(best);
                best = found;
                most = sharers;
            } else {
                ksm.put(found);
            }
        }
        return best;
    }

    /// An address has got the page of a node, with its lock: `stable_tree_append`.
    void append(KsmItem item, KsmNode node) {
        if (node.items.isEmpty()) {
            shared.incrementAndGet();
        } else {
            sharing.incrementAndGet();
        }
        node.items.add(item);
        item.node = node;
        item.space.merging.incrementAndGet();
    }

    /// The page of a node is gone: `remove_node_from_stable_tree`.
    private void drop(KsmNode node) {
        for (KsmItem item : List.copyOf(node.items)) {
            detach(item, node);
            ksm.letGo(item);
        }
        nodes.remove(node.id);
        List<KsmNode> chain = stable.get(node.checksum);
        if (chain != null && chain.remove(node)) {
            countChain(chain.size() + 1, chain.size());
            if (chain.isEmpty()) {
                stable.remove(node.checksum);
            }
        }
    }

    /// Drops the nodes whose pages are gone.
    void prune() {
        for (KsmNode node : List.copyOf(nodes.values())) {
            Page page = ksm.pageOf(node);
            if (page == null) {
                drop(node);
            } else {
                ksm.put(page);
            }
        }
    }

    /// With the page's lock, if there is a page. The AnonVma is let go without.
    private void detach(KsmItem item, KsmNode node) {
        node.items.remove(item);
        if (node.items.isEmpty()) {
            shared.decrementAndGet();
        } else {
            sharing.decrementAndGet();
        }
        item.space.merging.decrementAndGet();
        item.node = null;
    }

    // Unstable.

    /// What waits from now on is of another scan.
    void beginRound() {
        round++;
        unstable.clear();
    }

    /// Whoever waits with this checksum, or null.
    @Nullable
    KsmItem waiting(long checksum) {
        return unstable.get(checksum);
    }

    /// The address waits for another of its contents, in the place of who waited before.
    void await(KsmItem item) {
        KsmItem before = unstable.put(item.checksum, item);
        if (before != null) {
            stopWaiting(before);
        }
        item.unstable = true;
        item.round = round;
        unshared.incrementAndGet();
    }

    private void stopWaiting(KsmItem item) {
        item.unstable = false;
        unshared.decrementAndGet();
    }

    /// `remove_rmap_item_from_tree`: the address neither waits nor has a shared page.
    void remove(KsmItem item) {
        KsmNode node = item.node;
        if (node != null) {
            Page page = ksm.lockPageOf(node);
            if (page == null) {
                drop(node);
            } else {
                detach(item, node);
                ksm.unlockAndPut(page);
                ksm.letGo(item);
            }
        } else if (item.unstable) {
            if (item.round == round) {
                unstable.remove(item.checksum, item);
            }
            stopWaiting(item);
        }
    }
}
