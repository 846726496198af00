package faultline.arm64.cpu;

/// The ID registers in which programs find more than zeros (Arm ARM D23.2).
///
/// They exist at EL1; Linux reads them for programs, with the fields that are none of their business
/// replaced by the values that promise least (`Documentation/arch/arm64/cpu-feature-registers.rst`,
/// `arm64_ftr_bits`). Such values are here; fields that programs may see come from [CpuFeature].
enum IdRegister {
    /// In none.
    NONE(-1, -1, 0),

    /// EL0 and EL1 run AArch64 only.
    PFR0(4, 0, 0x11),

    /// The debug architecture of Armv8.
    DFR0(5, 0, 0x6),

    ISAR0(6, 0, 0),
    ISAR1(6, 1, 0),

    /// No granule is promised.
    MMFR0(7, 0, 0xff00_0000L);

    final int crm;
    final int op2;
    final long hidden;

    IdRegister(int crm, int op2, long hidden) {
        this.crm = crm;
        this.op2 = op2;
        this.hidden = hidden;
    }
}
