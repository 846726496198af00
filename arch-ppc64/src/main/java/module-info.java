/// The ppc64 architecture, little- and big-endian: registers, instructions, page tables, fault
/// entry and Linux ABI. Knows the machine and the kernel, and no other architecture.
module faultline.ppc64 {
    requires transitive faultline.kernel;

    provides faultline.core.arch.Architecture with
            faultline.ppc64.Ppc64Architecture.LittleEndian,
            faultline.ppc64.Ppc64Architecture.BigEndian;
    provides faultline.core.conformance.ConformancePort with
            faultline.ppc64.conformance.Ppc64Conformance.LittleEndian,
            faultline.ppc64.conformance.Ppc64Conformance.BigEndian;
    provides faultline.kernel.arch.KernelPort with
            faultline.ppc64.abi.Ppc64KernelPort.LittleEndian,
            faultline.ppc64.abi.Ppc64KernelPort.BigEndian;
}
