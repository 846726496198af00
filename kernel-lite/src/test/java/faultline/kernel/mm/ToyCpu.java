package faultline.kernel.mm;

import faultline.core.cpu.Cpu;
import faultline.core.cpu.Registers;
import faultline.core.mmu.Walk;

/// A processor that has fault registers and nothing else.
final class ToyCpu extends Cpu {

    long faultAddress;
    long faultCode;

    @Override
    public void latchFault(Walk.Faulted fault) {
        faultAddress = fault.va;
        faultCode = fault.code;
    }

    @Override
    public void copyFrom(Cpu other) {
        throw new UnsupportedOperationException("the toy has no registers");
    }

    @Override
    public Registers registers() {
        throw new UnsupportedOperationException("the toy has no registers");
    }
}
