package faultline.kernel.mm.fault;

/// How a page fault ended.
public sealed interface FaultOutcome {

    /// The instruction runs again. `major` says that I/O was waited for.
    record Done(boolean major) implements FaultOutcome {
        public static final Done MINOR = new Done(false);
        public static final Done MAJOR = new Done(true);
    }

    /// The design could not do it; the caller takes the path behind it (I5).
    record Retry() implements FaultOutcome {
        public static final Retry INSTANCE = new Retry();
    }

    /// The access is an error: the signal user mode gets. `pkey` counts for SEGV_PKUERR only.
    record Signal(int signal, int code, long address, int pkey) implements FaultOutcome {}

    /// No frame could be had.
    record OutOfMemory() implements FaultOutcome {
        public static final OutOfMemory INSTANCE = new OutOfMemory();
    }
}
