package faultline.core.mmu;

/// The outcome of a page-table walk. A walker owns one instance of each and returns it again and again, so that a
/// TLB miss allocates nothing; an outcome is valid until that walker's next walk.
public sealed interface Walk {

    /// The page is mapped and the access permitted; A, D, AF, R or C are set as the hardware would.
    final class Mapped implements Walk {
        /// Physical address of the byte that was asked for.
        public long pa;

        /// What the TLB may grant without another walk. A write right is granted only when the entry is already
        /// dirty, so that the first store to a clean page walks and sets the dirty bit.
        public boolean readable;

        public boolean writable;
        public boolean executable;

        /// Sets all fields.
        public Mapped set(long pa, boolean readable, boolean writable, boolean executable) {
            this.pa = pa;
            this.readable = readable;
            this.writable = writable;
            this.executable = executable;
            return this;
        }
    }

    /// The access faults; `code` is the architecture's own word: `#PF` error code, ESR or DSISR.
    final class Faulted implements Walk {
        public long va;
        public long code;

        /// Sets all fields.
        public Faulted set(long va, long code) {
            this.va = va;
            this.code = code;
            return this;
        }
    }
}
