package faultline.kernel.mm;

import faultline.core.step.Steps;
import faultline.kernel.check.SequenceCheck;
import faultline.kernel.lock.LockStep;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// What Dufour's series adds to a VMA: `vm_sequence`, odd while it is being changed, and `vm_ref_count`,
/// by which a fault keeps it.
///
/// The sequence has no lock of its own. As posted, whoever zaps pages with `mmap_lock` for read moves it
/// too, and two of them at once lose counts (M6): the counter says that nobody is inside while
/// somebody is, or stays odd for good.
final class VmaSequence {

    private static final VarHandle SEQUENCE;
    private static final VarHandle REFERENCES;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            SEQUENCE = lookup.findVarHandle(VmaSequence.class, "sequence", long.class);
            REFERENCES = lookup.findVarHandle(VmaSequence.class, "references", int.class);
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

    /// One of the tree's, one of each fault's.
    @SuppressWarnings("unused") // through REFERENCES
    private int references = 1;

    VmaSequence(Steps steps, long id, @Nullable SequenceCheck check) {
        this.check = check;
        this.steps = steps;
        this.id = id;
    }

    /// `vm_write_begin`.
    void beginWrite() {
        steps.at(LockStep.SEQ_BEGIN_WRITE, id);
        long before = (long) SEQUENCE.getOpaque(this);
        if (check != null) {
            check.begins(before);
        }
        steps.at(LockStep.SEQ_STORE, id);
        SEQUENCE.setOpaque(this, before + 1);
        // What is changed stays behind the odd counter; pairs with loadLoadFence in isNot.
        VarHandle.storeStoreFence();
    }

    /// `vm_write_end`.
    void endWrite() {
        steps.at(LockStep.SEQ_END_WRITE, id);
        long before = (long) SEQUENCE.getOpaque(this);
        if (check != null) {
            check.ends(before);
        }
        steps.at(LockStep.SEQ_STORE, id);
        // pairs with getAcquire in read
        SEQUENCE.setRelease(this, before + 1);
    }

    /// The counter now; odd says that a writer is inside.
    long read() {
        steps.at(LockStep.SEQ_BEGIN_READ, id);
        // pairs with setRelease in endWrite
        return (long) SEQUENCE.getAcquire(this);
    }

    /// Whether the counter is another than it was.
    boolean isNot(long seen) {
        steps.at(LockStep.SEQ_RETRY, id);
        // What was read before stays before; pairs with storeStoreFence in beginWrite.
        VarHandle.loadLoadFence();
        return (long) SEQUENCE.getOpaque(this) != seen;
    }

    /// What sees it change; null without checks.
    @Nullable
    SequenceCheck check() {
        return check;
    }

    /// With checks, looks that nobody writes, at a moment when nobody should.
    void checkQuiet(String moment) {
        if (check != null) {
            check.isQuiet((long) SEQUENCE.getOpaque(this), moment);
        }
    }

    /// One more reference; the caller keeps the tree as it is.
    void pin() {
        steps.at(LockStep.PIN, id);
        int before = (int) REFERENCES.getAndAdd(this, 1);
        assert before > 0 : "mm: vma 0x" + Long.toHexString(id) + " is free and cannot be pinned";
    }

    /// `put_vma`; true when it was the last.
    boolean unpin() {
        steps.at(LockStep.UNPIN, id);
        int before = (int) REFERENCES.getAndAdd(this, -1);
        assert before > 0 : "mm: vma 0x" + Long.toHexString(id) + " is free and cannot be released";
        return before == 1;
    }
}
