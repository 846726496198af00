package faultline.core.debug;

import faultline.core.cpu.Cpu;

/// A guest thread as a debugger sees it. The kernel's side implements it.
public interface DebugThread {

    /// The number people know it by.
    int id();

    /// Its registers. Exact and free to change while the thread is held.
    Cpu cpu();

    /// What its addresses mean: threads of one address space return the same object.
    Object space();

    /// Waits, with the vCPU given up, until [#wake] or sooner. Called on the thread itself.
    void park();

    /// Ends a [#park], now or to come. Any thread.
    void wake();

    /// Ends a wait inside the kernel as a signal would: the thread comes back to guest code, where
    /// it will make the same system call again. Any thread.
    void interruptWait();

    /// Whether it holds a vCPU, and so may be executing something. Any thread.
    boolean isRunning();

    /// Copies guest memory without faulting anything in; returns how many bytes could be read. The
    /// thread is held, or calls itself.
    int read(long va, byte[] to, int length);
}
