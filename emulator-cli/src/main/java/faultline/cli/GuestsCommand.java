package faultline.cli;

import faultline.cli.run.Exit;
import faultline.cli.run.Json;
import faultline.guests.GuestProgram;
import faultline.guests.GuestPrograms;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `faultline guests`.
@Command(
        name = "guests",
        mixinStandardHelpOptions = true,
        description = "Lists the guest programs that come with Faultline; 'faultline run NAME' runs one.")
final class GuestsCommand implements Callable<Integer> {

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    @Override
    public Integer call() {
        List<GuestProgram> programs = GuestPrograms.shipped().list();
        if (json) {
            Json.print(programs.stream()
                    .map(program -> Json.object()
                            .put("name", program.name())
                            .put("description", program.description())
                            .put("architectures", program.architectures()))
                    .toList());
            return Exit.OK;
        }
        for (GuestProgram program : programs) {
            System.out.printf(
                    "%-14s %s (%s)%n",
                    program.name(), program.description(), String.join(", ", program.architectures()));
        }
        return Exit.OK;
    }
}
