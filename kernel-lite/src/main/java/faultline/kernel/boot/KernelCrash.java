package faultline.kernel.boot;

/// A Java exception came out of a guest thread: our bug, never the guest's. The cause says where.
public final class KernelCrash extends RuntimeException {

    private static final long serialVersionUID = 1L;

    KernelCrash(Throwable cause) {
        super("kernel: a guest thread ended with " + cause, cause);
    }
}
