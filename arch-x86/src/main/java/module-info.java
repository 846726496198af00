/// The x86-64 architecture: registers, instructions, page tables, fault entry and Linux ABI. Knows
/// the machine and the kernel, and no other architecture.
module faultline.x86 {
    requires transitive faultline.kernel;
}
