package faultline.ppc64.fp;

/// The bits of FPSCR, whose low 32 are those that instructions set (Power ISA Book I 4.2.2).
public final class Fpscr {

    /// Some exception became 1 since this was cleared.
    public static final int FX = 1 << 31;

    /// Some enabled exception is 1.
    public static final int FEX = 1 << 30;

    /// Some invalid operation is 1.
    public static final int VX = 1 << 29;

    public static final int OX = 1 << 28;
    public static final int UX = 1 << 27;
    public static final int ZX = 1 << 26;
    public static final int XX = 1 << 25;

    // Invalid operations by their causes.

    /// A signalling NaN.
    public static final int VXSNAN = 1 << 24;

    /// Infinities of both signs are added.
    public static final int VXISI = 1 << 23;

    public static final int VXIDI = 1 << 22;
    public static final int VXZDZ = 1 << 21;
    public static final int VXIMZ = 1 << 20;

    /// An ordered comparison of a NaN.
    public static final int VXVC = 1 << 19;

    /// A program's own.
    public static final int VXSOFT = 1 << 10;

    public static final int VXSQRT = 1 << 9;

    /// A conversion to an integer that does not hold the number.
    public static final int VXCVI = 1 << 8;

    // The last result.

    /// Rounding made the magnitude larger.
    public static final int FR = 1 << 18;

    /// Rounding changed the value.
    public static final int FI = 1 << 17;

    /// Where FPRF is: C, and FPCC below it.
    static final int FPRF_SHIFT = 12;

    static final int FPCC = 15 << FPRF_SHIFT;
    static final int FPRF = 31 << FPRF_SHIFT;

    // Control.

    public static final int VE = 1 << 7;
    public static final int OE = 1 << 6;
    public static final int UE = 1 << 5;
    public static final int ZE = 1 << 4;
    public static final int XE = 1 << 3;

    /// Results need not obey IEEE 754; no processor since POWER6 looks at it.
    public static final int NI = 1 << 2;

    public static final int RN = 3;

    /// The rounding mode of decimal arithmetic, above the low 32 bits.
    static final long DRN = 7L << 32;

    static final int INVALID = VXSNAN | VXISI | VXIDI | VXZDZ | VXIMZ | VXVC | VXSOFT | VXSQRT | VXCVI;

    static final int EXCEPTIONS = OX | UX | ZX | XX | INVALID;

    static final int ENABLES = VE | OE | UE | ZE | XE;

    /// What is control, and what `mffsl` shows beside it.
    static final long CONTROL = DRN | ENABLES | NI | RN;

    static final long NON_STICKY = FR | FI | FPRF;

    /// What is computed or reserved.
    static final int NOT_KEPT = FEX | VX | 1 << 11;

    private Fpscr() {}

    /// The exceptions that are 1 and enabled, as their enable bits.
    static int enabled(int bits) {
        int exceptions = (bits & INVALID) != 0 ? VE : 0;
        // OX to XX stand in the order of OE, UE, ZE and XE.
        exceptions |= bits >>> 22 & (OE | UE | ZE | XE);
        return exceptions & bits;
    }

    /// FX, FEX, VX and OX as a field of CR.
    static int summary(int bits) {
        return image(bits) >>> 28;
    }

    /// The low 32 bits with FEX and VX.
    static int image(int bits) {
        int image = bits & ~(FEX | VX);
        image |= (bits & INVALID) != 0 ? VX : 0;
        return image | (enabled(bits) != 0 ? FEX : 0);
    }
}
