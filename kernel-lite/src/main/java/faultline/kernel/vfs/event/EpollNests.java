package faultline.kernel.vfs.event;

import faultline.kernel.Errno;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// How epoll sets watch each other: `ep_loop_check` and `reverse_path_check`.
///
/// Asking a set asks the sets in it, along every path, so both the length of a path and the number
/// of paths have a limit, whatever the order in which the sets are put into each other.
final class EpollNests {

    /// EP_MAX_NESTS and the set at the top.
    private static final int LONGEST_PATH = 5;

    /// The first of `path_limits`.
    private static final long MOST_PATHS = 1000;

    /// A set may be in another under several descriptors.
    private final List<EpollNests> inner = new ArrayList<>(0);

    private final List<EpollNests> outer = new ArrayList<>(0);

    /// Paths that begin at a set, as far as they matter.
    private record Paths(int longest, long count) {}

    /// Fails where putting `set` into this one would close a loop or make a path too long, ELOOP,
    /// or make too many of them, EINVAL.
    void requireRoomFor(EpollNests set) {
        Paths up = paths(this, nests -> nests.outer, new HashMap<>());
        Map<EpollNests, Paths> below = new HashMap<>();
        Paths down = paths(set, nests -> nests.inner, below);
        if (below.containsKey(this) || up.longest + down.longest > LONGEST_PATH) {
            throw Errno.ELOOP.exception();
        }
        if (up.count * down.count > MOST_PATHS) {
            throw Errno.EINVAL.exception();
        }
    }

    /// Neither a loop nor a path of more than [#LONGEST_PATH] is ever made, so this ends soon.
    private static Paths paths(
            EpollNests from, Function<EpollNests, List<EpollNests>> next, Map<EpollNests, Paths> known) {
        Paths seen = known.get(from);
        if (seen != null) {
            return seen;
        }
        int longest = 0;
        long count = 0;
        for (EpollNests nests : next.apply(from)) {
            Paths beyond = paths(nests, next, known);
            longest = Math.max(longest, beyond.longest);
            count = Math.min(count + beyond.count, MOST_PATHS + 1);
        }
        Paths found = new Paths(longest + 1, Math.max(1, count));
        known.put(from, found);
        return found;
    }

    void add(EpollNests set) {
        inner.add(set);
        set.outer.add(this);
    }

    void remove(EpollNests set) {
        inner.remove(set);
        set.outer.remove(this);
    }
}
