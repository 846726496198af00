/// The ppc64 architecture, little- and big-endian: registers, instructions, page tables, fault
/// entry and Linux ABI. Knows the machine and the kernel, and no other architecture.
module faultline.ppc64 {
    requires transitive faultline.kernel;
}
