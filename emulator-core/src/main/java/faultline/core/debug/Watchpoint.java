package faultline.core.debug;

/// A location whose accesses stop the guest.
///
/// @param space the address space it belongs to
public record Watchpoint(int number, Object space, long address, int length, Kind kind) {

    /// Which accesses count.
    public enum Kind {
        /// Stores that change the value.
        CHANGE,
        /// Loads.
        READ,
        /// Both, and stores of the same value.
        ACCESS
    }

    /// Whether an access of `size` bytes at `va` touches it.
    boolean overlaps(long va, int size) {
        return va - address < length && address - va < size;
    }
}
