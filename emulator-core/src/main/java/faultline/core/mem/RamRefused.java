package faultline.core.mem;

/// The host does not give as much address space as the machine's RAM needs: a choice of the user's,
/// not a shortage in the JVM.
public final class RamRefused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public RamRefused(long bytes) {
        super("the host refuses to reserve " + bytes + " bytes");
    }
}
