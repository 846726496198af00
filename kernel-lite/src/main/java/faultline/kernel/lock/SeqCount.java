package faultline.kernel.lock;

import faultline.core.step.Steps;
import faultline.kernel.check.SequenceCheck;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A sequence counter: odd while a writer is inside, different after one was. Writers are
/// serialised by a lock of their own; readers never wait.
public final class SeqCount {

    private static final VarHandle SEQUENCE;

    static {
        try {
            SEQUENCE = MethodHandles.lookup().findVarHandle(SeqCount.class, "sequence", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Steps steps;
    private final long id;

    /// Null without checks.
    private final @Nullable SequenceCheck check;

    @SuppressWarnings("unused") // through SEQUENCE
    private long sequence;

    public SeqCount(Steps steps, long id) {
        this(steps, id, null);
    }

    /// With somebody who sees it change; null for nobody.
    public SeqCount(Steps steps, long id, @Nullable SequenceCheck check) {
        this.check = check;
        this.steps = steps;
        this.id = id;
    }

    /// The counter now; odd says that a writer is inside.
    public long beginRead() {
        steps.at(LockStep.SEQ_BEGIN_READ, id);
        // pairs with setRelease in endWrite
        return (long) SEQUENCE.getAcquire(this);
    }

    /// Whether what was read since [#beginRead] returned `seen` cannot be trusted.
    public boolean retry(long seen) {
        steps.at(LockStep.SEQ_RETRY, id);
        // Loads of the section stay before this one; pairs with storeStoreFence in beginWrite.
        VarHandle.loadLoadFence();
        return (seen & 1) != 0 || (long) SEQUENCE.getOpaque(this) != seen;
    }

    /// Makes the counter odd. The caller holds the writers' lock.
    public void beginWrite() {
        steps.at(LockStep.SEQ_BEGIN_WRITE, id);
        long before = (long) SEQUENCE.getOpaque(this);
        if (check != null) {
            check.begins(before);
        }
        assert check != null || (before & 1) == 0
                : "lock: sequence counter 0x" + Long.toHexString(id) + " has two writers";
        SEQUENCE.setOpaque(this, before + 1);
        // Stores of the section stay behind the odd counter; pairs with loadLoadFence in retry.
        VarHandle.storeStoreFence();
    }

    /// Makes the counter even again.
    public void endWrite() {
        steps.at(LockStep.SEQ_END_WRITE, id);
        long before = (long) SEQUENCE.getOpaque(this);
        if (check != null) {
            check.ends(before);
        }
        assert check != null || (before & 1) != 0
                : "lock: sequence counter 0x" + Long.toHexString(id) + " has no writer";
        // pairs with getAcquire in beginRead
        SEQUENCE.setRelease(this, before + 1);
    }

    /// With checks, looks that nobody writes, at a moment when nobody should.
    public void checkQuiet(String moment) {
        if (check != null) {
            check.isQuiet((long) SEQUENCE.getOpaque(this), moment);
        }
    }
}
