package arm;

import faultline.core.cpu.Cpu;
import faultline.core.cpu.Registers;
import faultline.core.mmu.Walk;

public final class ArmCpu extends Cpu {

    /// X0 to X30, what register 31 reads as zero, SP, and what writes to register 31 are lost in.
    public final long[] x = new long[34];

    public final long[] v = new long[64];
    public boolean saturated;
    public int flagKind;
    public long flagA;
    public long flagB;
    public long flagResult;
    public long monitor = -1;
    public long monitored;
    public long threadPointer;

    @Override
    public void latchFault(Walk.Faulted fault) {}

    @Override
    public void copyFrom(Cpu other) {}

    @Override
    public Registers registers() {
        throw new UnsupportedOperationException();
    }
}
