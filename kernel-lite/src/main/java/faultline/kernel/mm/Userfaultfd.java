package faultline.kernel.mm;

import faultline.core.step.Steps;
import faultline.kernel.check.ObjectLives;
import faultline.kernel.check.ObjectLives.Life;
import faultline.kernel.lock.KernelThread;
import faultline.kernel.lock.LockRank;
import faultline.kernel.lock.LockStep;
import faultline.kernel.lock.SpinLock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Who handles the faults of some VMAs in user space: `struct userfaultfd_ctx`. VMAs point to it, and an open file
/// reads what it has to say.
///
/// A fault that waits is in one of two queues: it is pending until it is read, then it is only waited for. An event is
/// waited for by the system call that caused it, until it is read. Both give up `mmap_lock` before they wait: whoever
/// resolves the fault needs it.
public final class Userfaultfd {

    public static final long UFFD_API = 0xaa;

    public static final int FEATURE_PAGEFAULT_FLAG_WP = 1;
    public static final int FEATURE_EVENT_FORK = 1 << 1;
    public static final int FEATURE_EVENT_REMAP = 1 << 2;
    public static final int FEATURE_EVENT_REMOVE = 1 << 3;
    public static final int FEATURE_MISSING_HUGETLBFS = 1 << 4;
    public static final int FEATURE_MISSING_SHMEM = 1 << 5;
    public static final int FEATURE_EVENT_UNMAP = 1 << 6;
    public static final int FEATURE_SIGBUS = 1 << 7;
    public static final int FEATURE_THREAD_ID = 1 << 8;
    public static final int FEATURE_MINOR_HUGETLBFS = 1 << 9;
    public static final int FEATURE_MINOR_SHMEM = 1 << 10;
    public static final int FEATURE_EXACT_ADDRESS = 1 << 11;
    public static final int FEATURE_WP_HUGETLBFS_SHMEM = 1 << 12;
    public static final int FEATURE_WP_UNPOPULATED = 1 << 13;
    public static final int FEATURE_POISON = 1 << 14;
    public static final int FEATURE_WP_ASYNC = 1 << 15;
    public static final int FEATURE_MOVE = 1 << 16;

    /// Beside the features, so that a handshake that asks for none counts too.
    private static final int INITIALIZED = 1 << 31;

    private final Mm mm;
    private final boolean userModeOnly;
    private final Steps steps;
    private final SpinLock lock;

    /// Until its file is closed and no VMA points to it; null without checks.
    private final @Nullable Life life;

    /// Called with no lock held when there is something to read, or nothing ever again.
    private volatile Runnable readers = () -> {};

    /// Set once, by the handshake.
    private final AtomicInteger features = new AtomicInteger();

    /// How many changes of the address space are under way that are yet to be read of: `mmap_changing`.
    private final AtomicInteger changing = new AtomicInteger();

    private volatile boolean released;

    // Guarded by lock.
    private final List<Userfault> pending = new ArrayList<>();
    private final List<Userfault> read = new ArrayList<>();
    private final List<UserfaultEvent> events = new ArrayList<>();
    private boolean freed;

    Userfaultfd(Mm mm, boolean userModeOnly) {
        this.mm = mm;
        this.userModeOnly = userModeOnly;
        this.steps = mm.kernel().steps();
        this.lock = new SpinLock(steps, LockRank.WAIT_QUEUE, mm.id());
        this.life = mm.kernel().heap().begin(ObjectLives.Kind.USERFAULTFD, mm.id());
    }

    /// One for the faults of an address space; with `userModeOnly` those of system calls are errors.
    public static Userfaultfd create(Mm mm, boolean userModeOnly) {
        return new Userfaultfd(mm, userModeOnly);
    }

    /// What a child's VMAs point to: it has the same features, and is read through a file of its own.
    Userfaultfd forkFor(Mm child) {
        Userfaultfd forked = new Userfaultfd(child, userModeOnly);
        forked.features.set(features.get());
        return forked;
    }

    /// The address space whose faults it handles, which may be gone.
    public Mm mm() {
        return mm;
    }

    /// Whom to tell of news.
    public void onNews(Runnable wake) {
        readers = wake;
    }

    public boolean isUserModeOnly() {
        return userModeOnly;
    }

    public boolean isReleased() {
        return released;
    }

    // The handshake.

    public boolean isInitialized() {
        return features.get() != 0;
    }

    /// Chooses the features; false where somebody has before.
    public boolean initialize(int chosen) {
        return features.compareAndSet(0, chosen | INITIALIZED);
    }

    public boolean has(int feature) {
        return (features.get() & feature) != 0;
    }

    public int features() {
        return features.get() & ~INITIALIZED;
    }

    // Faults.

    /// A fault has come to it by its VMA: `userfaultfd_ctx_get`. Who waits has a reference.
    public void touch() {
        if (life != null) {
            life.touched();
        }
    }

    /// A fault is about to wait. Its thread is woken from here on, also if it does not sleep yet.
    public void add(Userfault fault) {
        lock.lock();
        pending.add(fault);
        lock.unlock();
    }

    /// Waits until somebody wakes the fault, or lets the context go, or a signal comes: any if `interruptible`, else a
    /// fatal one. The caller has added the fault and holds no lock.
    public void await(Userfault fault, boolean interruptible) {
        KernelThread self = KernelThread.current();
        readers.run();
        while (!fault.isWoken() && !released && !signalPending(self, interruptible)) {
            steps.at(LockStep.WAIT, mm.id());
            self.block(Long.MAX_VALUE);
        }
        remove(fault);
    }

    private static boolean signalPending(KernelThread self, boolean interruptible) {
        return interruptible ? self.signalPending() : self.fatalSignalPending();
    }

    /// The fault waits no longer.
    public void remove(Userfault fault) {
        lock.lock();
        if (!pending.remove(fault)) {
            read.remove(fault);
        }
        lock.unlock();
    }

    /// Wakes the faults in `[start, start + length)`, all of them where that is empty: `wake_userfault`.
    public void wake(long start, long length) {
        lock.lock();
        wakeLocked(pending, start, length);
        wakeLocked(read, start, length);
        lock.unlock();
    }

    private static void wakeLocked(List<Userfault> waiting, long start, long length) {
        waiting.removeIf(fault -> {
            boolean meant = length == 0 || fault.address() - start >= 0 && fault.address() - start < length;
            if (meant) {
                fault.wake();
            }
            return meant;
        });
    }

    // Reading.

    /// The next message for who reads, or null: a fault first. That of a fork stays until [#finish].
    public @Nullable UserfaultMessage next() {
        lock.lock();
        UserfaultMessage message = null;
        if (!pending.isEmpty()) {
            Userfault fault = pending.removeFirst();
            read.add(fault);
            message = fault.message();
        } else if (!events.isEmpty()) {
            UserfaultEvent event = events.removeFirst();
            message = event.message();
            if (message.forked() == null) {
                event.complete();
            } else {
                event.beginRead();
            }
        }
        lock.unlock();
        return message;
    }

    /// A fork's message was read, or could not be: then it is there for the next reader. False where the fork has given
    /// up meanwhile: then the child's context is the reader's alone.
    public boolean finish(UserfaultMessage message, boolean done) {
        UserfaultEvent event = message.event();
        if (event == null) {
            return true;
        }
        lock.lock();
        boolean waiting = event.isBeingRead();
        if (waiting && done) {
            event.complete();
        } else if (waiting) {
            event.endRead();
            events.addFirst(event);
        }
        lock.unlock();
        return waiting;
    }

    /// Whether there is something to read.
    public boolean hasNews() {
        lock.lock();
        boolean news = !pending.isEmpty() || !events.isEmpty();
        lock.unlock();
        return news;
    }

    /// How many faults are to be read, and how many wait, for `/proc/PID/fdinfo`.
    public int[] counts() {
        lock.lock();
        int[] counts = {pending.size(), pending.size() + read.size()};
        lock.unlock();
        return counts;
    }

    // Events.

    /// A change of the address space begins, which is to be read of: until then nobody resolves faults.
    void beginChange() {
        changing.incrementAndGet();
    }

    /// It is known.
    void endChange() {
        changing.decrementAndGet();
    }

    /// Whether the address space changes in a way that is yet to be read of: EAGAIN.
    public boolean isChanging() {
        return changing.get() > 0;
    }

    /// Has a change be read of, which [#beginChange] began, and waits for that: `userfaultfd_event_wait_completion`.
    /// False where nobody will read it, because the file is closed or the caller dies. The caller holds no lock.
    boolean tell(UserfaultEvent event) {
        KernelThread self = KernelThread.current();
        lock.lock();
        events.add(event);
        lock.unlock();
        readers.run();
        while (!event.isComplete() && !released && !self.fatalSignalPending()) {
            steps.at(LockStep.WAIT, mm.id());
            self.block(Long.MAX_VALUE);
        }
        lock.lock();
        boolean complete = event.isComplete();
        if (!complete) {
            events.remove(event);
            event.endRead();
        }
        lock.unlock();
        endChange();
        return complete;
    }

    // The end.

    /// The file is closed: `userfaultfd_release`. Faults that wait are made again, and find VMAs that nobody handles.
    /// The caller holds a vCPU and no lock.
    public void release() {
        released = true;
        if (mm.tryGet()) {
            new UserfaultRanges(this).forget();
            mm.put();
        }
        wake(0, 0);
        lock.lock();
        events.forEach(UserfaultEvent::wake);
        boolean first = !freed;
        freed = true;
        lock.unlock();
        readers.run();
        if (first && life != null) {
            life.end();
        }
    }
}
