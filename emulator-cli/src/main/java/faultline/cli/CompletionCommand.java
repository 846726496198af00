package faultline.cli;

import faultline.cli.run.Exit;
import faultline.cli.run.Refusal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `faultline completion`.
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Prints a script that completes commands and options in a shell.",
        footer = "%nFor bash: source <(faultline completion bash). For zsh run bashcompinit first.")
final class CompletionCommand implements Callable<Integer> {

    @Parameters(paramLabel = "SHELL", defaultValue = "bash", description = "bash or zsh (default ${DEFAULT-VALUE})")
    private String shell = "bash";

    @Override
    public Integer call() {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw Refusal.usage("completion " + shell + ": there is bash, whose script zsh reads too");
        }
        System.out.print(Commands.completion());
        return Exit.OK;
    }
}
