package faultline.cli.run;

import faultline.kernel.boot.KernelOptions.Streams;
import java.util.function.Consumer;

/// One run of one program: its machine, its time limit, and the lines of ours that go with it.
///
/// @param show takes our own lines
/// @param last whether our process ends with this run, so that nothing has to be given back
record ProgramRun(RunOptions options, ProgramFile file, Streams streams, Consumer<String> show, boolean last) {

    /// Runs the program to its end, says what is to be said about it, and returns how it ended.
    /// Refuses what cannot be run.
    End toEnd() throws InterruptedException {
        FatalSignal fatal = new FatalSignal();
        try (ReportLines strace = ReportLines.ofStrace(options, show);
                ReportLines trace = ReportLines.ofTrace(options, show)) {
            Machine machine = Machine.forRun(
                    options,
                    file,
                    streams,
                    fatal,
                    options.strace ? strace::line : null,
                    trace::line,
                    options.strace || options.verbose ? show : null);
            try {
                return toEnd(machine, fatal);
            } finally {
                if (!last) {
                    machine.kill();
                    machine.discard();
                }
            }
        }
    }

    private End toEnd(Machine machine, FatalSignal fatal) throws InterruptedException {
        long started = System.nanoTime();
        machine.start();
        int status;
        try (Watchdog watchdog = Watchdog.over(machine, options.timeout)) {
            status = machine.await();
            if (watchdog.fired()) {
                say("ended after " + options.timeout / 1_000_000 + " ms; see --timeout");
                return new End.TimedOut();
            }
        }
        report(machine, System.nanoTime() - started);
        End end = fatal.end(status);
        if (end instanceof End.Killed killed) {
            say((killed.verdict() + " " + killed.cause()).strip());
        }
        return end;
    }

    /// What is said at the end of a run: lost files, statistics.
    private void report(Machine machine, long nanos) {
        long lost = machine.kernel().filesDiscarded();
        if (lost > 0) {
            show.accept("faultline: " + lost + (lost == 1 ? " file was" : " files were")
                    + " written in memory only and discarded; to keep what is written here: --bind .:rw");
        }
        if (options.stats) {
            RunStatistics.print(machine, nanos, options.statsAsJson, show);
        }
    }

    private void say(String line) {
        show.accept("faultline: " + file.name() + ": " + line);
    }
}
