package faultline.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The `faultline` command.
@Command(
        name = "faultline",
        version = "faultline 0.1.0",
        mixinStandardHelpOptions = true,
        description = "Runs Linux programs over a mini-kernel whose subject is the page fault.")
public final class Main implements Runnable {
    private Main() {}

    /// Runs one command line and exits with its status.
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
