package faultline.core.cpu;

/// A request that one vCPU makes of others: the inter-processor interrupt of the machine.
///
/// [#handle] runs on the thread that carries the receiving vCPU, with that vCPU out of guest mode.
public interface Interrupt {

    /// Does what was asked. Must not block.
    void handle(Vcpu on);

    /// One that asks for nothing but to be taken. Not one for all: a sender waits for its own.
    static Interrupt synchronizing() {
        return new Interrupt() {
            @Override
            public void handle(Vcpu on) {}
        };
    }
}
