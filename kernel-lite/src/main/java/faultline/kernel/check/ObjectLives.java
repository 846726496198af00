package faultline.kernel.check;

import faultline.core.step.Schedule;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Knows, while checks are on, of the kernel's objects which are in use and who freed the others, as if
/// their memory were another's from then on.
///
/// An object that is watched has a [Life] and nothing else to do with this; without checks it has none.
/// One serves a machine; any thread.
public final class ObjectLives {

    /// What is watched.
    public enum Kind {
        /// `mm_struct`, with its `mmap_lock`.
        MM,
        /// `vm_area_struct`, with its lock.
        VMA,
        /// The lock of a VMA whose memory is a VMA's for a grace period longer (SLAB_TYPESAFE_BY_RCU).
        VMA_LOCK,
        ANON_VMA,
        /// `struct mempolicy` of a VMA.
        MEMPOLICY,
        /// `struct userfaultfd_ctx`.
        USERFAULTFD,
        /// `struct file`, as far as something maps it.
        FILE
    }

    private final Oracle oracle;
    private final Schedule schedule;
    private final Map<Kind, Set<Life>> living = new EnumMap<>(Kind.class);

    public ObjectLives(Oracle oracle, Schedule schedule) {
        this.oracle = oracle;
        this.schedule = schedule;
        for (Kind kind : Kind.values()) {
            living.put(kind, ConcurrentHashMap.newKeySet());
        }
    }

    /// An object is made; `id` tells it from others of its kind, at least at one time.
    public Life begin(Kind kind, long id) {
        Life life = new Life(kind, id);
        of(kind).add(life);
        return life;
    }

    /// Those of a kind that nobody has freed.
    public Set<Life> living(Kind kind) {
        return Set.copyOf(of(kind));
    }

    private Set<Life> of(Kind kind) {
        Set<Life> lives = living.get(kind);
        if (lives == null) {
            throw new IllegalStateException("check: nobody watches objects of kind " + kind);
        }
        return lives;
    }

    private record End(String by, long at) {}

    /// One object's time in use.
    public final class Life {
        private final Kind kind;
        private final long id;

        /// Null while it is in use.
        private volatile @Nullable End end;

        private Life(Kind kind, long id) {
            this.kind = kind;
            this.id = id;
        }

        /// The object is freed. Freed twice is a violation, too.
        public void end() {
            touched();
            end = new End(Thread.currentThread().getName(), schedule.nanoTime());
            of(kind).remove(this);
        }

        /// The running thread is about to use the object.
        public void touched() {
            End found = end;
            if (found != null) {
                String self = Thread.currentThread().getName();
                oracle.report(new Violation(
                        Violation.Rule.FREED_OBJECT,
                        self,
                        "",
                        found.by(),
                        "object: " + self + " touches " + this + ", which " + found.by() + " freed at " + found.at()
                                + " ns"));
            }
        }

        /// Its kind and number, `vma 0x10000000`.
        @Override
        public String toString() {
            return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " 0x" + Long.toHexString(id);
        }
    }
}
