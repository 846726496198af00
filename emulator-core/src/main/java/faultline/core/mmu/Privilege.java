package faultline.core.mmu;

/// Who makes an access: guest code, or the kernel on behalf of a system call.
public enum Privilege {
    USER,
    KERNEL
}
