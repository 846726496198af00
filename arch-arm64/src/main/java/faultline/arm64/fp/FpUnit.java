package faultline.arm64.fp;

/// The control and status of floating point (Arm ARM C5.2.8, "FPCR", and C5.2.10, "FPSR").
///
/// Trapped exceptions are not implemented: their enable bits read as 0.
public final class FpUnit {

    /// The cumulative saturation flag.
    private static final int QC = 1 << 27;

    private static final int AHP = 1 << 26;
    private static final int DN = 1 << 25;
    private static final int FZ = 1 << 24;
    private static final int ROUNDING = 3 << 22;
    private static final int FZ16 = 1 << 19;

    /// Stride and Len of AArch32, which are kept and mean nothing here.
    private static final int VECTORS = 0x37 << 16;

    private static final int CONTROL = AHP | DN | FZ | ROUNDING | FZ16 | VECTORS;
    private static final int STATUS = QC | 0x9f;

    private int fpcr;
    private int fpsr;

    public int fpcr() {
        return fpcr;
    }

    /// Sets the bits that are implemented.
    public void setFpcr(int value) {
        fpcr = value & CONTROL;
    }

    public int fpsr() {
        return fpsr;
    }

    /// Sets the bits that are implemented.
    public void setFpsr(int value) {
        fpsr = value & STATUS;
    }

    /// Notes that an integer result was saturated.
    public void saturated() {
        fpsr |= QC;
    }
}
