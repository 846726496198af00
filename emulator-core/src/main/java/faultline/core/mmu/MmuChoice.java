package faultline.core.mmu;

/// What was chosen about a machine's translation: what its walkers and its page tables are made for.
///
/// @param kind one of [faultline.core.arch.Architecture#mmuKinds]
/// @param pages one of [faultline.core.arch.Architecture#pageSizes]
public record MmuChoice(String kind, PageGeometry pages) {

    /// Walks a tree of tables.
    public static final String RADIX = "radix";

    /// The same with pages of another size.
    public MmuChoice withPages(PageGeometry size) {
        return new MmuChoice(kind, size);
    }
}
