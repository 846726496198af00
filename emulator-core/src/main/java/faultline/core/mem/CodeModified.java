package faultline.core.mem;

/// Thrown, without a stack trace, by a store that would change decoded instructions: nothing was stored (I1).
/// The dispatcher runs the storing instruction again from fresh bytes, alone, and goes on behind it.
public final class CodeModified extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// The only instance; it carries nothing.
    public static final CodeModified INSTANCE = new CodeModified();

    private CodeModified() {
        super(null, null, false, false);
    }
}
