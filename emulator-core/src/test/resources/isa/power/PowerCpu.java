package power;

import faultline.core.cpu.Cpu;
import faultline.core.cpu.Registers;
import faultline.core.mmu.Walk;

public final class PowerCpu extends Cpu {

    /// GPRs, and what RA of 0 reads.
    public final long[] r = new long[33];

    /// Low and high half of each VSR; FPR n is the high half of VSR n.
    public final long[] vsr = new long[128];

    /// Four bits a field.
    public final int[] cr = new int[8];

    public long lr;
    public long ctr;
    public boolean ca;
    public boolean so;
    public long reservation = -1;
    public long reserved;

    @Override
    public void latchFault(Walk.Faulted fault) {}

    @Override
    public void copyFrom(Cpu other) {}

    @Override
    public Registers registers() {
        throw new UnsupportedOperationException();
    }
}
