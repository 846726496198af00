package faultline.core.debug;

import faultline.core.cpu.Cpu;
import faultline.core.cpu.TrapHandler;
import faultline.core.engine.Interpreter;

/// How the guest code of one thread is run: straight to its end, or under a debugger's hand.
@FunctionalInterface
public interface GuestLoop {

    /// Runs until the thread is over.
    GuestLoop PLAIN = (cpu, interpreter, handler) -> {
        TrapHandler.Outcome outcome;
        do {
            outcome = interpreter.run(cpu, handler);
        } while (outcome != TrapHandler.Outcome.EXIT);
    };

    /// Runs guest code on the calling thread, which holds a vCPU, until the thread is over.
    void run(Cpu cpu, Interpreter interpreter, TrapHandler handler);
}
