package faultline.kernel.task;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The signals waiting for a thread or for a process: `struct sigpending`.
///
/// A standard signal waits once, real-time signals queue in the order sent; the lowest number goes
/// first, but what an instruction caused goes before everything. Guarded by the tasks' lock.
final class PendingSignals {

    private final List<Siginfo> queue = new ArrayList<>();
    private long set;

    /// The signals that wait.
    long set() {
        return set;
    }

    /// How many entries wait: what RLIMIT_SIGPENDING counts.
    int size() {
        return queue.size();
    }

    /// Adds a signal; a standard one that already waits is dropped (`legacy_queue`). Says whether
    /// it was added.
    boolean add(Siginfo info) {
        int signal = info.signal();
        if (!Signals.isRealTime(signal) && Signals.contains(set, signal)) {
            return false;
        }
        set |= Signals.set(signal);
        queue.add(info);
        return true;
    }

    /// Marks a signal as waiting without room for its siginfo: it is delivered as from the kernel.
    void addBare(int signal) {
        set |= Signals.set(signal);
    }

    /// The signal that is next among `wanted`, or 0 (`next_signal`).
    int next(long wanted) {
        long ready = set & wanted;
        if (ready == 0) {
            return 0;
        }
        long first = (ready & Signals.SYNCHRONOUS) != 0 ? ready & Signals.SYNCHRONOUS : ready;
        return Long.numberOfTrailingZeros(first) + 1;
    }

    /// Takes the next signal among `wanted`, or returns null.
    @Nullable
    Siginfo take(long wanted) {
        int signal = next(wanted);
        if (signal == 0) {
            return null;
        }
        Siginfo found = null;
        boolean more = false;
        for (Iterator<Siginfo> entries = queue.iterator(); entries.hasNext(); ) {
            Siginfo entry = entries.next();
            if (entry.signal() != signal) {
                continue;
            }
            if (found != null) {
                more = true;
                break;
            }
            found = entry;
            entries.remove();
        }
        if (!more) {
            set &= ~Signals.set(signal);
        }
        return found != null ? found : Siginfo.sent(signal, Siginfo.SI_USER, 0, 0);
    }

    /// Whether an expiry of this POSIX timer still waits.
    boolean hasTimer(int signal, int timer) {
        for (Siginfo info : queue) {
            if (info.signal() == signal && info.code() == Siginfo.SI_TIMER && info.pid() == timer) {
                return true;
            }
        }
        return false;
    }

    /// Throws the signals of a set away; says whether there were any.
    boolean flush(long unwanted) {
        if ((set & unwanted) == 0) {
            return false;
        }
        set &= ~unwanted;
        queue.removeIf(info -> Signals.contains(unwanted, info.signal()));
        return true;
    }
}
