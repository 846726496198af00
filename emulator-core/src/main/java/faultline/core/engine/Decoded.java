package faultline.core.engine;

/// One decoded instruction as every notation knows it; a notation adds its operands.
public abstract class Decoded {

    /// The address it was decoded at.
    public long pc;

    /// Its length in bytes.
    public int length;

    /// Which exec form it is; 0 is the illegal instruction.
    public int form;

    /// Whether the instruction behind it is never reached by falling through.
    public boolean endsBlock;

    protected Decoded() {}

    /// The address behind it.
    public final long end() {
        return pc + length;
    }
}
