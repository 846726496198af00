package faultline.kernel.mm;

import faultline.kernel.mm.page.Page;
import java.util.ArrayList;
import java.util.List;

/// A page that is shared because its contents are, and where it is mapped: `struct ksm_stable_node`.
///
/// It has no reference to its page: when the last PTE is gone the page is freed, and who comes by the node
/// sees it ([Ksm#pageOf]).
final class KsmNode {

    /// What the page names it by: a negative number, where other anonymous pages have that of their AnonVma.
    final int id;

    /// Of the contents, which do not change.
    final long checksum;

    /// Another frame by and by. Changed with the lock of the page that was.
    volatile Page page;

    /// Where it was put. Changed with the page's lock and the mutex of [Ksm]: read with either.
    final List<KsmItem> items = new ArrayList<>();

    KsmNode(int id, long checksum, Page page) {
        this.id = id;
        this.checksum = checksum;
        this.page = page;
    }
}
