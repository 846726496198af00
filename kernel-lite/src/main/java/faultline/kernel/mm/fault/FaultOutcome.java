package faultline.kernel.mm.fault;

/// How a page fault ended.
public sealed interface FaultOutcome {

    /// The instruction runs again. `major` says that I/O was waited for; `unlocked`, from the handler only, that the
    /// fault's lock was given back: VM_FAULT_COMPLETED.
    record Done(boolean major, boolean unlocked) implements FaultOutcome {
        public static final Done MINOR = new Done(false, false);
        public static final Done MAJOR = new Done(true, false);

        private static final Done MINOR_UNLOCKED = new Done(false, true);
        private static final Done MAJOR_UNLOCKED = new Done(true, true);

        /// The same, the lock given back.
        Done andUnlocked() {
            return major ? MAJOR_UNLOCKED : MINOR_UNLOCKED;
        }
    }

    /// VM_FAULT_RETRY: the fault starts over, or a signal ends it. From a design: a signal did, or the caller takes
    /// the path behind it (I5). From the handler: `PageLockWait` says who has the lock then.
    record Retry() implements FaultOutcome {
        public static final Retry INSTANCE = new Retry();
    }

    /// The access is an error: the signal user mode gets. `pkey` counts for SEGV_PKUERR only.
    record Signal(int signal, int code, long address, int pkey) implements FaultOutcome {
        public static final int SIGBUS = 7;
        public static final int SIGSEGV = 11;

        /// Nothing is mapped there.
        public static final int SEGV_MAPERR = 1;
        /// What is mapped there does not permit the access.
        public static final int SEGV_ACCERR = 2;
        /// The address is one that no page can have.
        public static final int SEGV_BNDERR = 3;
        /// The protection key does not permit it.
        public static final int SEGV_PKUERR = 4;

        /// The file ends before the address, or could not be read.
        public static final int BUS_ADRERR = 2;

        /// The hardware could not make the access, whatever is mapped.
        public static final int BUS_OBJERR = 3;

        /// No page for this address in the file: VM_FAULT_SIGBUS.
        public static Signal busError(long address) {
            return new Signal(SIGBUS, BUS_ADRERR, address, 0);
        }
    }

    /// No frame could be had.
    record OutOfMemory() implements FaultOutcome {
        public static final OutOfMemory INSTANCE = new OutOfMemory();
    }
}
