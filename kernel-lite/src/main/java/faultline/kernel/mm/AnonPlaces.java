package faultline.kernel.mm;

import faultline.kernel.check.Violation.Rule;
import faultline.kernel.mm.page.Page;

/// Looks, while checks are on, whether an anonymous page that is mapped or unmapped can be found where it
/// is: its index is that of the address in the VMA, and its AnonVma is one that the VMA is in. Reverse
/// mapping looks nowhere else.
final class AnonPlaces {

    private final KernelMemory kernel;

    AnonPlaces(KernelMemory kernel) {
        this.kernel = kernel;
    }

    /// The page is mapped at `va`, in `vma` or what that is a copy of. The caller has the PTE's lock.
    void look(Vma vma, Page page, long va) {
        int id = page.anonVma();
        if (id < 0 || page.isKsm()) {
            // Shared for its contents: it is found by its node.
            return;
        }
        AnonVma anon = kernel.anonVmas().find(id);
        String wrong = null;
        if (page.index() != vma.indexOf(va)) {
            wrong = "has index 0x" + Long.toHexString(page.index()) + " and should have 0x"
                    + Long.toHexString(vma.indexOf(va));
        } else if (anon == null) {
            wrong = "names AnonVma " + id + ", which is gone";
        } else if (!isIn(vma, anon)) {
            wrong = "names AnonVma " + id + ", which the VMA is not in";
        }
        if (wrong != null) {
            String self = Thread.currentThread().getName();
            kernel.oracle()
                    .report(
                            Rule.ANON_INDEX,
                            "anon: " + self + " finds " + page + " at 0x" + Long.toHexString(va) + " in " + vma
                                    + ": it " + wrong);
        }
    }

    /// A copy of a VMA has no chain of its own: what is known is the family. It takes new pages for the AnonVma that
    /// they name, and those that come back from swap for any that the VMA is in.
    private static boolean isIn(Vma vma, AnonVma anon) {
        AnonVma own = vma.anonVma();
        boolean related = own == anon || own != null && vma.anonChain().isEmpty() && anon.root() == own.root();
        return related || vma.anonChain().contains(anon);
    }
}
