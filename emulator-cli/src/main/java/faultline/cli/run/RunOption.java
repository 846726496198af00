package faultline.cli.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The options of `run`, `debug` and `compare`: one table for the parser, the help and the shell completion.
///
/// `run` starts a JVM for every guest, so it reads its own command line: a command-line library
/// would cost more time than everything else before the guest's first instruction.
public enum RunOption {
    ROOT(
            Group.FILES,
            "DIR",
            "the guest's root directory, read-only to it; symbolic links are resolved inside",
            "-L",
            "--root"),
    BIND(
            Group.FILES,
            "DIR[:GUEST][:rw]",
            "shows a host directory or file at GUEST; with :rw what is written there is kept",
            "--bind"),
    CWD(Group.FILES, "DIR", "the guest's current directory", "--cwd"),

    ENV(Group.ENVIRONMENT, "NAME=VALUE", "sets an environment variable", "-E", "--env"),
    UNSET(Group.ENVIRONMENT, "NAME", "removes an environment variable", "-U", "-u", "--unset"),
    CLEAR_ENV(Group.ENVIRONMENT, null, "starts with an empty environment", "-i", "--clear-env"),
    ARGV0(Group.ENVIRONMENT, "NAME", "what the program finds as its own name", "-0", "--argv0"),

    ARCH(Group.MACHINE, "ARCH", "which build of a shipped guest to run; an ELF file says itself what it is", "--arch"),
    CPU(Group.MACHINE, "MODEL", "the processor; 'help' lists the models", "--cpu"),
    CPUS(Group.MACHINE, "N", "how many processors the guest has (default 2)", "--cpus"),
    MEMORY(
            Group.MACHINE,
            "SIZE",
            "the guest's memory, as 512M or 4G (default 4G); taken from the host as it is touched",
            "--memory"),
    NUMA(Group.MACHINE, "N", "how many memory nodes share the memory and the processors, 1 to 8 (default 1)", "--numa"),
    SWAP(Group.MACHINE, "SIZE", "a swap device of that size, in use from the start (default: none)", "--swap"),
    THP(Group.MACHINE, "WHERE", "where anonymous memory gets huge pages: always, madvise (default) or never", "--thp"),
    KSM(
            Group.MACHINE,
            "WHERE",
            "where pages of the same contents share one: always, madvise (where asked) or off (default)",
            "--ksm"),
    PAGE_SIZE(
            Group.MACHINE,
            "SIZE",
            "the guest's pages: 4k, or what else the architecture has (16k, 64k)",
            "--page-size"),
    MMU(Group.MACHINE, "KIND", "how the processor translates addresses, where it can be told: radix or hash", "--mmu"),
    ASID_BITS(
            Group.MACHINE,
            "N",
            "how wide the TLB's ids of address spaces are; 0: every switch empties it (default: what the kernel has)",
            "--asid-bits"),
    PT_FREE(
            Group.MACHINE,
            "MODE",
            "when page tables are free: ipi, rcu, rcu-fallback or rcu-all (default: the architecture's)",
            "--pt-free"),
    STACK_GROWTH(
            Group.MACHINE,
            "RULE",
            "which accesses below a stack make it grow: guard-gap, or what else the architecture had (stack-pointer)",
            "--stack-growth"),
    SCHEDULE(Group.MACHINE, "KIND", "parallel, or seeded[:SEED] for a run that repeats exactly", "--schedule"),
    SEED(Group.MACHINE, "SEED", "short for --schedule seeded:SEED", "--seed"),
    FAULT_DESIGN(
            Group.MACHINE,
            "NAME[:VERSION]",
            "how the kernel handles page faults; 'help' lists the designs",
            "--fault-design"),
    KNOB(
            Group.MACHINE,
            "NAME=VALUE",
            "chooses one thing of the fault design otherwise; may be repeated; 'help' lists the knobs",
            "--knob"),
    DISK_LATENCY(
            Group.MACHINE,
            "TIME",
            "how long the disk with your files takes for a request, as 5ms or 100us (default: no time)",
            "--disk-latency"),
    DISK_QUEUE(Group.MACHINE, "N", "how many requests the disk works on at one time (default 32)", "--disk-queue"),
    CHECKS(
            Group.MACHINE,
            null,
            "watches the kernel for uses of what is freed and for what is left behind",
            "--check",
            "--checks"),

    THREADS(Group.LIMITS, "N", "threads the guest may have (default 4096); then EAGAIN", "--limit-threads"),
    FILES(Group.LIMITS, "N", "files a process may have open (default 1024); then EMFILE", "--limit-files"),
    STACK(Group.LIMITS, "SIZE", "how far a stack may grow (default 8M)", "-s", "--limit-stack"),
    TIMEOUT(
            Group.LIMITS,
            "TIME",
            "ends the guest after that long, as 10, 1.5s or 2m (default: never); status 124",
            "--timeout"),

    STRACE(
            Group.REPORTS,
            null,
            "prints the guest's system calls on standard error, or into a file with --strace=FILE",
            "--strace"),
    TRACE(
            Group.REPORTS,
            "EVENTS[:FILE]",
            "prints tracepoints as they are passed, on standard error or into a file; 'help' lists them",
            "--trace"),
    STATS(
            Group.REPORTS,
            null,
            "prints counters of the run on standard error at the end; as JSON with --stats=json",
            "--stats"),
    VERBOSE(Group.REPORTS, null, "says more, unknown system calls for one", "-v", "--verbose"),
    HELP(Group.REPORTS, null, "prints this", "-h", "--help"),

    DESIGNS(
            Group.COMPARISON,
            "NAME,NAME...",
            "the fault designs, the others measured by the first (default: all; 'faultline designs' lists them)",
            "--designs"),
    RUNS(Group.COMPARISON, "N", "how often the program runs under each design (default 5)", "--runs"),
    JSON(Group.COMPARISON, null, "prints the figures as JSON", "--json"),

    COMMAND(Group.DEBUGGER, "COMMAND", "executes a debugger command before reading others; may be repeated", "-ex"),
    COMMANDS(Group.DEBUGGER, "FILE", "executes the debugger commands in a file first", "-x"),
    BATCH(Group.DEBUGGER, null, "ends after the commands of -ex and -x", "--batch");

    /// The commands that have such options.
    public enum Command {
        RUN,
        DEBUG,
        COMPARE
    }

    /// Headings of the help.
    public enum Group {
        FILES("What the guest sees of your files"),
        ENVIRONMENT("Environment"),
        MACHINE("Machine"),
        LIMITS("Limits"),
        REPORTS("Reports"),
        COMPARISON("Comparison"),
        DEBUGGER("Debugger");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    private final Group group;
    private final @Nullable String value;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> names;

    RunOption(Group group, @Nullable String value, String help, String... names) {
        this.group = group;
        this.value = value;
        this.help = help;
        this.names = List.of(names);
    }

    public Group group() {
        return group;
    }

    /// What the value is called in the help; null for an option without one.
    public @Nullable String value() {
        return value;
    }

    public String help() {
        return help;
    }

    public List<String> names() {
        return names;
    }

    /// Whether a value may follow an equals sign although none has to.
    public boolean mayHaveValue() {
        return this == STRACE || this == STATS;
    }

    /// Whether the command has it.
    public boolean isFor(Command command) {
        return switch (group) {
            case DEBUGGER -> command == Command.DEBUG;
            case COMPARISON -> command == Command.COMPARE;
            case FILES, ENVIRONMENT, MACHINE, LIMITS, REPORTS -> command != Command.COMPARE || isComparable();
        };
    }

    /// Whether it makes sense for runs whose designs are the command's choice and whose reports are its own.
    private boolean isComparable() {
        return this != FAULT_DESIGN && this != STRACE && this != STATS && this != VERBOSE;
    }

    /// The option of that name, or null.
    public static @Nullable RunOption find(String name, Command command) {
        for (RunOption option : values()) {
            if (option.isFor(command) && option.names.contains(name)) {
                return option;
            }
        }
        return null;
    }
}
