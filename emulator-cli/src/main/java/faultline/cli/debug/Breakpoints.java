package faultline.cli.debug;

import faultline.core.debug.Breakpoint;
import faultline.core.debug.Debugger;
import faultline.core.debug.Watchpoint;
import faultline.kernel.elf.ElfSymbols;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The user's breakpoints and watchpoints: their numbers and conditions outlive a run. What is
/// enabled is set in the current run's debugger, if there is a run.
final class Breakpoints {

    /// Longest location that is watched: a cache line.
    private static final int LONGEST_WATCH = 64;

    /// One of them. Fields change on the front end's thread only, but for `condition`, which guest
    /// threads read.
    private static final class Entry {
        final int number;
        final String place;
        final boolean temporary;
        /// Null for a breakpoint.
        final Watchpoint.@Nullable Kind kind;
        /// Of a watchpoint.
        int length;

        boolean enabled = true;
        volatile String condition = "";
        int ignored;
        int hits;
        long address;

        @Nullable
        Breakpoint set;

        @Nullable
        Watchpoint watching;

        Entry(int number, String place, boolean temporary, Watchpoint.@Nullable Kind kind) {
            this.number = number;
            this.place = place;
            this.temporary = temporary;
            this.kind = kind;
        }
    }

    private final DebugSession session;
    private final Output out;
    private final List<Entry> entries = new ArrayList<>();
    private int lastNumber;

    Breakpoints(DebugSession session) {
        this.session = session;
        this.out = session.out();
    }

    /// A place as people write it: gdb's star before an address says nothing here.
    static String place(String text) {
        String stripped = text.strip();
        return stripped.startsWith("*") ? stripped.substring(1) : stripped;
    }

    /// A run has begun: sets what is enabled.
    void place() {
        for (Entry entry : entries) {
            try {
                entry.address = entry.kind == null ? session.evaluate(place(entry.place)) : watched(entry);
                if (entry.enabled) {
                    set(entry);
                }
            } catch (CommandError e) {
                entry.enabled = false;
                out.line("Breakpoint " + entry.number + " is disabled: " + e.getMessage());
            }
        }
    }

    /// A run ends: remembers what its debugger knew.
    void keep() {
        entries.removeIf(this::isGone);
        for (Entry entry : entries) {
            learn(entry);
            entry.set = null;
            entry.watching = null;
        }
    }

    /// A temporary one that has stopped the program.
    private boolean isGone(Entry entry) {
        Breakpoint set = entry.set;
        return entry.temporary
                && set != null
                && session.isRunning()
                && !session.debugger().breakpoints().contains(set);
    }

    private static void learn(Entry entry) {
        Breakpoint set = entry.set;
        if (set != null) {
            entry.hits += set.hits();
            entry.ignored = set.ignored();
        }
    }

    // Setting.

    /// `break PLACE [if CONDITION]`.
    void breakAt(String text, boolean temporary) {
        int at = text.equals("if") || text.startsWith("if ") ? 0 : text.indexOf(" if ");
        String where = (at < 0 ? text : text.substring(0, at)).strip();
        String condition = at < 0 ? "" : text.substring(at).strip().substring(2).strip();
        if (where.isEmpty() && !session.isRunning()) {
            throw new CommandError("No default breakpoint address now; say where.");
        }
        String place =
                where.isEmpty() ? "0x" + Long.toHexString(session.current().cpu().pc) : where;
        Entry entry = new Entry(lastNumber + 1, place, temporary, null);
        entry.address = session.evaluate(place(place));
        entry.condition = condition;
        if (session.isRunning()) {
            set(entry);
        }
        add(entry);
        out.format(
                "%s %d at 0x%x%s",
                temporary ? "Temporary breakpoint" : "Breakpoint",
                entry.number,
                entry.address,
                !session.isRunning() && session.program().isMovable() ? " of the file" : "");
    }

    private void add(Entry entry) {
        lastNumber = entry.number;
        entries.add(entry);
    }

    /// `watch [-l] EXPRESSION [LENGTH]`.
    void watch(String text, Watchpoint.Kind kind) throws InterruptedException {
        String stripped = text.strip().replaceFirst("^-(l|location)\\s+", "");
        int length = 0;
        int blank = stripped.lastIndexOf(' ');
        if (blank > 0
                && stripped.substring(blank + 1).matches("\\d{1,4}")
                && isComplete(stripped.substring(0, blank))) {
            length = Integer.parseInt(stripped.substring(blank + 1));
            stripped = stripped.substring(0, blank).strip();
            if (length < 1 || length > LONGEST_WATCH) {
                throw new CommandError("A length from 1 to " + LONGEST_WATCH + " is needed.");
            }
        }
        if (stripped.isEmpty()) {
            throw new CommandError("Argument required (expression to compute).");
        }
        Entry entry = new Entry(lastNumber + 1, stripped, false, kind);
        entry.length = length;
        entry.address = watched(entry);
        if (session.isRunning()) {
            set(entry);
        }
        add(entry);
        out.format("%s %d: %s", kindName(kind), entry.number, describe(entry));
    }

    /// Whether the text is an expression by itself, so that what follows it is a length.
    private boolean isComplete(String text) {
        try {
            Value _ = session.variables().evaluate(text);
            return true;
        } catch (CommandError _) {
            return false;
        }
    }

    /// The address of what is watched, an expression that names memory or else is an address. Its
    /// type says how long it is, if the user did not.
    private long watched(Entry entry) {
        Value value = session.variables().evaluate(entry.place);
        Long place = value.place();
        Type type = place != null ? value.type() : value.type().pointee();
        if (entry.length == 0) {
            ElfSymbols.Symbol symbol = session.symbols().find(entry.place);
            long size = symbol == null ? 0 : symbol.size();
            entry.length = size > 0 && size <= LONGEST_WATCH ? (int) size : type.bytes();
        }
        return place != null ? place : value.bits();
    }

    static String kindName(Watchpoint.Kind kind) {
        return switch (kind) {
            case CHANGE -> "Watchpoint";
            case READ -> "Read watchpoint";
            case ACCESS -> "Access (read/write) watchpoint";
        };
    }

    private static String describe(Entry entry) {
        String address = "0x" + Long.toHexString(entry.address);
        return (entry.place.equals(address) ? address : entry.place + " at " + address) + ", " + entry.length
                + (entry.length == 1 ? " byte" : " bytes");
    }

    /// What the user called a watchpoint.
    String describe(Watchpoint watchpoint) {
        for (Entry entry : entries) {
            if (watchpoint.equals(entry.watching)) {
                return describe(entry);
            }
        }
        return "0x" + Long.toHexString(watchpoint.address());
    }

    private void set(Entry entry) {
        Debugger debugger = session.debugger();
        Watchpoint.Kind kind = entry.kind;
        if (kind == null) {
            Breakpoint set = debugger.breakAt(
                    entry.number, entry.address, entry.temporary, thread -> holds(entry, (TaskThread) thread));
            debugger.ignore(set, entry.ignored);
            entry.set = set;
            return;
        }
        TaskThread thread = session.current();
        try {
            entry.watching =
                    session.onGuest(() -> debugger.watch(entry.number, thread, entry.address, entry.length, kind));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whether a breakpoint's condition holds, on the thread that is there. One that cannot be told
    /// stops it, and says why.
    private boolean holds(Entry entry, TaskThread thread) {
        String condition = entry.condition;
        if (condition.isEmpty()) {
            return true;
        }
        try {
            return Expression.evaluate(condition, new ThreadNames(session, thread))
                            .bits()
                    != 0;
        } catch (CommandError e) {
            out.line("Error in testing condition for breakpoint " + entry.number + ":");
            out.line(String.valueOf(e.getMessage()));
            return true;
        }
    }

    private void unset(Entry entry) {
        learn(entry);
        Breakpoint set = entry.set;
        Watchpoint watching = entry.watching;
        if (session.isRunning() && set != null) {
            session.debugger().remove(set);
        }
        if (session.isRunning() && watching != null) {
            session.debugger().remove(watching);
        }
        entry.set = null;
        entry.watching = null;
    }

    // Changing.

    private interface Change {
        void to(Entry entry) throws InterruptedException;
    }

    /// Does something to the breakpoints of these numbers, or to all when there is none.
    private void each(String numbers, Change change) throws InterruptedException {
        entries.removeIf(this::isGone);
        if (numbers.isBlank()) {
            for (Entry entry : List.copyOf(entries)) {
                change.to(entry);
            }
            return;
        }
        for (String word :
                numbers.strip().replaceFirst("^breakpoints?\\b\\s*", "").split("\\s+")) {
            int dash = word.indexOf('-', 1);
            long first = session.evaluate(dash < 0 ? word : word.substring(0, dash));
            long last = dash < 0 ? first : session.evaluate(word.substring(dash + 1));
            boolean found = false;
            for (Entry entry : List.copyOf(entries)) {
                if (entry.number >= first && entry.number <= last) {
                    change.to(entry);
                    found = true;
                }
            }
            if (!found) {
                throw new CommandError("No breakpoint number " + word + ".");
            }
        }
    }

    /// `delete`.
    void delete(String numbers) throws InterruptedException {
        if (numbers.isBlank() && !entries.isEmpty() && !session.confirms("Delete all breakpoints? (y or n) ")) {
            return;
        }
        each(numbers, entry -> {
            unset(entry);
            entries.remove(entry);
        });
    }

    /// `enable` and `disable`.
    void enable(String numbers, boolean to) throws InterruptedException {
        each(numbers, entry -> {
            if (entry.enabled != to) {
                entry.enabled = to;
                if (!to) {
                    unset(entry);
                } else if (session.isRunning()) {
                    set(entry);
                }
            }
        });
    }

    /// `condition NUMBER [EXPRESSION]`.
    void condition(String text) throws InterruptedException {
        String[] words = text.strip().split("\\s+", 2);
        String condition = words.length > 1 ? words[1] : "";
        each(one(words[0]), entry -> {
            if (entry.kind != null) {
                throw new CommandError("Watchpoints have no conditions.");
            }
            entry.condition = condition;
            if (condition.isEmpty()) {
                out.line("Breakpoint " + entry.number + " now unconditional.");
            }
        });
    }

    /// `ignore NUMBER COUNT`.
    void ignore(String text) throws InterruptedException {
        String[] words = text.strip().split("\\s+", 2);
        int times = words.length < 2 ? 0 : Math.clamp(session.evaluate(words[1]), 0, Integer.MAX_VALUE);
        each(one(words[0]), entry -> {
            entry.ignored = times;
            Breakpoint set = entry.set;
            if (set != null) {
                session.debugger().ignore(set, times);
            }
            out.format("Will ignore next %d crossings of breakpoint %d.", times, entry.number);
        });
    }

    private static String one(String number) {
        if (number.isBlank()) {
            throw new CommandError("Argument required (a breakpoint number).");
        }
        return number;
    }

    /// `info breakpoints`.
    void list() {
        entries.removeIf(this::isGone);
        if (entries.isEmpty()) {
            out.line("No breakpoints, watchpoints, or catchpoints.");
            return;
        }
        out.line("Num     Type           Disp Enb Address            What");
        for (Entry entry : entries) {
            String type = entry.kind == null
                    ? "breakpoint"
                    : switch (entry.kind) {
                        case CHANGE -> "watchpoint";
                        case READ -> "read watchpoint";
                        case ACCESS -> "acc watchpoint";
                    };
            String what = entry.kind == null
                    ? new Events(session).place(entry.address).replaceFirst("^0x\\w+ ", "")
                    : entry.place + ", " + entry.length + (entry.length == 1 ? " byte" : " bytes");
            out.format(
                    "%-7d %-14s %s %s   0x%016x %s",
                    entry.number,
                    type,
                    entry.temporary ? "del " : "keep",
                    entry.enabled ? "y" : "n",
                    entry.address,
                    what);
            details(entry);
        }
    }

    private void details(Entry entry) {
        if (!entry.condition.isEmpty()) {
            out.line("\tstop only if " + entry.condition);
        }
        Breakpoint set = entry.set;
        int hits = entry.hits + (set == null ? 0 : set.hits());
        int ignored = set == null ? entry.ignored : set.ignored();
        if (hits > 0) {
            out.format("\tbreakpoint already hit %d time%s", hits, hits == 1 ? "" : "s");
        }
        if (ignored > 0) {
            out.format("\tignore next %d hits", ignored);
        }
    }

    /// Names as they are on the guest thread that asks.
    private record ThreadNames(DebugSession session, TaskThread thread) implements Expression.Names {

        @Override
        public Value dollar(String name) {
            int index = DebugSession.find(thread.cpu().registers(), name);
            return index < 0
                    ? session.variables().dollar(name)
                    : Value.of(thread.cpu().registers().get(index, 0));
        }

        @Override
        public Value symbol(String name) {
            return session.variables().symbol(name);
        }

        @Override
        public long memory(long address, int bytes) {
            byte[] read = new byte[bytes];
            int length = thread.read(address, read, bytes);
            if (length < bytes) {
                throw new CommandError("Cannot access memory at address 0x%x".formatted(address + length));
            }
            return session.value(read, 0, bytes);
        }
    }
}
