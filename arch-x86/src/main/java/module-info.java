/// The x86-64 architecture: registers, instructions, page tables, fault entry and Linux ABI. Knows
/// the machine and the kernel, and no other architecture.
module faultline.x86 {
    requires transitive faultline.kernel;

    provides faultline.core.arch.Architecture with
            faultline.x86.X86Architecture;
    provides faultline.core.conformance.ConformancePort with
            faultline.x86.conformance.X86Conformance;
    provides faultline.kernel.arch.KernelPort with
            faultline.x86.abi.X86KernelPort;
}
