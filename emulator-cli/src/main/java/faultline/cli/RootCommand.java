package faultline.cli;

import faultline.cli.run.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `faultline` alone: its help and version.
@Command(
        name = "faultline",
        version = "faultline " + Version.NUMBER,
        mixinStandardHelpOptions = true,
        description = "Runs Linux programs over a mini-kernel whose subject is the page fault.")
final class RootCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
