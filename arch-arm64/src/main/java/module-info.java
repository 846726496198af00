/// The arm64 architecture: registers, instructions, page tables, fault entry and Linux ABI. Knows
/// the machine and the kernel, and no other architecture.
module faultline.arm64 {
    requires transitive faultline.kernel;

    provides faultline.core.arch.Architecture with
            faultline.arm64.Arm64Architecture;
    provides faultline.core.conformance.ConformancePort with
            faultline.arm64.conformance.Arm64Conformance;
    provides faultline.kernel.arch.KernelPort with
            faultline.arm64.abi.Arm64KernelPort;
}
