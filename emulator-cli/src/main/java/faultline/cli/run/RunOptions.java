package faultline.cli.run;

import faultline.kernel.block.DiskTiming;
import faultline.kernel.mm.HugePageSettings;
import faultline.kernel.mm.Ksm;
import faultline.kernel.mm.NumaNodes;
import faultline.kernel.mm.fault.FaultDesigns;
import faultline.kernel.mm.fault.Knobs;
import faultline.kernel.mm.fault.StackGrowth;
import faultline.kernel.mm.pgtable.TableFreeing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the command line of `run`, `debug` or `compare` asks for.
///
/// Options stand before the program; everything behind it is the program's own, also what looks
/// like an option. `--` ends the options.
public final class RunOptions {

    /// One `--bind`.
    public record Bind(String host, String guest, boolean writable) {

        /// Reads `DIR[:GUEST][:rw]`.
        static Bind parse(String text) {
            boolean writable = text.endsWith(":rw");
            String rest = writable ? text.substring(0, text.length() - 3) : text;
            if (!writable && rest.endsWith(":ro")) {
                rest = rest.substring(0, rest.length() - 3);
            }
            int colon = rest.indexOf(':');
            String host = colon < 0 ? rest : rest.substring(0, colon);
            String guest = colon < 0 ? host : rest.substring(colon + 1);
            if (host.isEmpty() || guest.isEmpty() || colon >= 0 && !guest.startsWith("/")) {
                throw Refusal.usage("--bind " + text + ": expected DIR[:GUEST][:rw], GUEST an absolute path");
            }
            return new Bind(host, guest, writable);
        }
    }

    private static final int MOST_CPUS = 256;
    private static final int MOST_RUNS = 10_000;

    /// Of one queue: BLK_MQ_MAX_DEPTH.
    private static final int MOST_REQUESTS = 10_240;

    public @Nullable String root;
    public final List<Bind> binds = new ArrayList<>();
    public @Nullable String cwd;
    public final Map<String, String> setVariables = new LinkedHashMap<>();
    public final List<String> unsetVariables = new ArrayList<>();
    public boolean clearEnvironment;
    public @Nullable String argv0;
    public @Nullable String arch;
    public @Nullable String cpu;
    public int cpus = 2;
    public long memory = 4L << 30;

    /// How many memory nodes there are.
    public int nodes = 1;

    /// The size of the swap device; 0 for none.
    public long swap;

    /// Where huge pages are made.
    public HugePageSettings.Enabled hugePages = HugePageSettings.Enabled.MADVISE;

    /// Where pages of the same contents share one.
    public Ksm.Where merging = Ksm.Where.OFF;

    /// Bytes, or 0 for the architecture's usual one.
    public long pageSize;
    /// Null for the architecture's usual one.
    public @Nullable String mmu;
    /// Null for the architecture's usual one.
    public @Nullable StackGrowth stackGrowth;
    /// -1 for what the architecture has.
    public int asidBits = -1;
    /// Null for the architecture's usual one.
    public @Nullable TableFreeing tableFreeing;
    /// Of the seeded schedule; null for the parallel one.
    public @Nullable Long seed;
    public String faultDesign = FaultDesigns.DEFAULT;
    public Knobs knobs = Knobs.NONE;
    public boolean listsKnobs;
    /// Nanoseconds a request takes.
    public long diskLatency;

    public int diskQueue = DiskTiming.USUAL_DEPTH;
    public boolean checks;
    public int threads = 4096;
    public int files = 1024;
    public long stack = 8L << 20;
    /// Nanoseconds, or 0 for no limit.
    public long timeout;
    public boolean strace;
    public @Nullable String straceFile;
    public TraceChoice trace = TraceChoice.NONE;
    public boolean listsTracepoints;
    public boolean stats;
    public boolean statsAsJson;
    public boolean verbose;
    public boolean help;
    public @Nullable String program;
    public List<String> arguments = List.of();

    /// What the debugger does before it reads commands.
    public final List<String> commands = new ArrayList<>();
    public final List<String> commandFiles = new ArrayList<>();
    public boolean batch;

    /// What `compare` compares; empty for all designs.
    public final List<String> designs = new ArrayList<>();
    public int runs = 5;
    public boolean json;

    private final RunOption.Command command;

    private RunOptions(RunOption.Command command) {
        this.command = command;
    }

    /// Reads the words behind the command.
    public static RunOptions parse(List<String> words, RunOption.Command command) {
        RunOptions options = new RunOptions(command);
        int at = 0;
        while (at < words.size()) {
            String word = words.get(at);
            if (word.equals("--")) {
                at++;
                break;
            }
            if (word.length() < 2 || word.charAt(0) != '-') {
                break;
            }
            at += options.take(word, at + 1 < words.size() ? words.get(at + 1) : null);
        }
        if (at < words.size()) {
            options.program = words.get(at);
            options.arguments = List.copyOf(words.subList(at + 1, words.size()));
        }
        return options;
    }

    /// Takes the option at `word`; returns how many words it was.
    private int take(String word, @Nullable String next) {
        int equals = word.startsWith("--") ? word.indexOf('=') : -1;
        String name = equals < 0 ? word : word.substring(0, equals);
        String attached = equals < 0 ? null : word.substring(equals + 1);
        RunOption option = RunOption.find(name, command);
        if (option == null && !word.startsWith("--")) {
            // -LDIR
            option = RunOption.find(word.substring(0, 2), command);
            attached = word.substring(2);
            if (option != null && option.value() == null) {
                option = null;
            }
        }
        if (option == null) {
            throw Refusal.usage("unknown option " + name + nearest(name));
        }
        if (option.value() == null) {
            if (attached != null && !option.mayHaveValue()) {
                throw Refusal.usage("option " + name + " takes no value");
            }
            set(option, name, attached == null ? "" : attached);
            return 1;
        }
        if (attached == null && next == null) {
            throw Refusal.usage("option " + name + " needs a value: " + option.value());
        }
        set(option, name, attached != null ? attached : String.valueOf(next));
        return attached != null ? 1 : 2;
    }

    private void set(RunOption option, String name, String value) {
        switch (option) {
            case ROOT -> root = value;
            case BIND -> binds.add(Bind.parse(value));
            case CWD -> cwd = value;
            case ENV -> setVariable(name, value);
            case UNSET -> {
                setVariables.remove(value);
                unsetVariables.add(value);
            }
            case CLEAR_ENV -> clearEnvironment = true;
            case ARGV0 -> argv0 = value;
            case ARCH -> arch = value;
            case CPU -> cpu = value;
            case CPUS -> cpus = (int) number(name, value, 1, MOST_CPUS);
            case MEMORY -> memory = Quantities.bytes(name, value);
            case NUMA -> nodes = (int) number(name, value, 1, NumaNodes.MOST);
            case SWAP -> swap = Quantities.bytes(name, value);
            case THP -> hugePages = hugePages(name, value);
            case KSM -> merging = merging(name, value);
            case PAGE_SIZE -> pageSize = Quantities.bytes(name, value);
            case MMU -> mmu = value;
            case STACK_GROWTH ->
                stackGrowth = StackGrowth.named(value)
                        .orElseThrow(() -> Refusal.usage(name + " " + value + ": expected guard-gap or stack-pointer"));
            case ASID_BITS -> asidBits = (int) number(name, value, 0, 20);
            case PT_FREE ->
                tableFreeing = TableFreeing.named(value)
                        .orElseThrow(() ->
                                Refusal.usage(name + " " + value + ": expected ipi, rcu, rcu-fallback or rcu-all"));
            case SCHEDULE -> setSchedule(value);
            case SEED -> seed = number(name, value, Long.MIN_VALUE, Long.MAX_VALUE);
            case FAULT_DESIGN -> faultDesign = value;
            case KNOB -> setKnob(name, value);
            case DISK_LATENCY -> diskLatency = Quantities.nanosOrZero(name, value);
            case DISK_QUEUE -> diskQueue = (int) number(name, value, 1, MOST_REQUESTS);
            case CHECKS -> checks = true;
            case THREADS -> threads = (int) number(name, value, 1, 32_768);
            case FILES -> files = (int) number(name, value, 3, 1 << 20);
            case STACK -> stack = Quantities.bytes(name, value);
            case TIMEOUT -> timeout = Quantities.nanos(name, value);
            case STRACE -> {
                strace = true;
                straceFile = value.isEmpty() ? straceFile : value;
            }
            case TRACE -> setTrace(name, value);
            case STATS -> setStats(value);
            case VERBOSE -> verbose = true;
            case HELP -> help = true;
            case COMMAND -> commands.add(value);
            case COMMANDS -> commandFiles.add(value);
            case BATCH -> batch = true;
            case DESIGNS -> setDesigns(name, value);
            case RUNS -> runs = (int) number(name, value, 1, MOST_RUNS);
            case JSON -> json = true;
        }
    }

    private void setVariable(String name, String value) {
        int equals = value.indexOf('=');
        if (equals <= 0) {
            throw Refusal.usage(name + " " + value + ": expected NAME=VALUE");
        }
        setVariables.put(value.substring(0, equals), value.substring(equals + 1));
    }

    private static HugePageSettings.Enabled hugePages(String name, String value) {
        return Arrays.stream(HugePageSettings.Enabled.values())
                .filter(each -> each.toString().equals(value))
                .findFirst()
                .orElseThrow(() -> Refusal.usage(name + " " + value + ": expected always, madvise or never"));
    }

    private static Ksm.Where merging(String name, String value) {
        return Arrays.stream(Ksm.Where.values())
                .filter(each -> each.toString().equals(value))
                .findFirst()
                .orElseThrow(() -> Refusal.usage(name + " " + value + ": expected always, madvise or off"));
    }

    private void setKnob(String name, String value) {
        if (value.equals("help")) {
            listsKnobs = true;
            return;
        }
        try {
            knobs = knobs.with(value);
        } catch (IllegalArgumentException e) {
            throw Refusal.usage(name + " " + value + ": " + e.getMessage());
        }
    }

    private void setSchedule(String value) {
        if (value.equals("parallel")) {
            seed = null;
        } else if (value.equals("seeded")) {
            seed = 0L;
        } else if (value.startsWith("seeded:")) {
            seed = number("--schedule", value.substring("seeded:".length()), Long.MIN_VALUE, Long.MAX_VALUE);
        } else {
            throw Refusal.usage("--schedule " + value + ": expected parallel or seeded[:SEED]");
        }
    }

    private void setTrace(String name, String value) {
        if (value.equals("help")) {
            listsTracepoints = true;
            return;
        }
        trace = trace.with(name, value);
    }

    private void setStats(String value) {
        if (!value.isEmpty() && !value.equals("json") && !value.equals("text")) {
            throw Refusal.usage("--stats=" + value + ": expected text or json");
        }
        stats = true;
        statsAsJson = value.equals("json");
    }

    private void setDesigns(String name, String value) {
        designs.clear();
        for (String design : value.split(",", -1)) {
            Machine.requireDesign(name, design);
            if (designs.contains(design)) {
                throw Refusal.usage(name + " " + value + ": " + design + " twice");
            }
            designs.add(design);
        }
    }

    private static long number(String name, String value, long least, long most) {
        try {
            long number = Long.decode(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        String range = least == Long.MIN_VALUE ? "a number" : "a number from " + least + " to " + most;
        throw Refusal.usage(name + " " + value + ": expected " + range);
    }

    /// The environment the guest starts with, as `NAME=VALUE`.
    public List<String> environment(Map<String, String> host) {
        Map<String, String> variables = new LinkedHashMap<>();
        if (!clearEnvironment) {
            variables.putAll(host);
            variables.keySet().removeIf(name -> name.startsWith("FAULTLINE_"));
        }
        unsetVariables.forEach(variables::remove);
        variables.putAll(setVariables);
        List<String> environment = new ArrayList<>();
        variables.forEach((name, value) -> environment.add(name + "=" + value));
        return environment;
    }

    /// `; did you mean …?` for a slip of the finger.
    private String nearest(String name) {
        return Arrays.stream(RunOption.values())
                .filter(option -> option.isFor(command))
                .flatMap(option -> option.names().stream())
                .filter(known -> known.startsWith("--") && Quantities.distance(known, name) <= 2)
                .findFirst()
                .map(known -> "; did you mean " + known + "?")
                .orElse("; see --help");
    }
}
