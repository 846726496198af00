package faultline.core.mmu;

/// What an access does to memory.
public enum Access {
    READ,
    WRITE,
    EXECUTE
}
