package faultline.ppc64.fault;

/// Whether an instruction is a store that moves the stack pointer to where it stores: `store_updates_sp`
/// of Linux before 5.10.
final class StoreUpdatesStack {

    private static final int STACK_POINTER = 1;

    private StoreUpdatesStack() {}

    /// Of an instruction word: a store with update whose RA is r1.
    static boolean test(int word) {
        if ((word >>> 16 & 0x1f) != STACK_POINTER) {
            return false;
        }
        return switch (word >>> 26) {
            // stwu, stbu, sthu, stfsu, stfdu
            case 37, 39, 45, 53, 55 -> true;
            // stdu, not std or stq
            case 62 -> (word & 3) == 1;
            case 31 -> isIndexed(word >>> 1 & 0x3ff);
            default -> false;
        };
    }

    /// stdux, stwux, stbux, sthux, stfsux, stfdux.
    private static boolean isIndexed(int extendedOpcode) {
        return switch (extendedOpcode) {
            case 181, 183, 247, 439, 695, 759 -> true;
            default -> false;
        };
    }
}
