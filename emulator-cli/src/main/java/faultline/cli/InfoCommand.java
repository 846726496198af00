package faultline.cli;

import faultline.cli.run.Exit;
import faultline.cli.run.Json;
import faultline.cli.run.Ports;
import faultline.cli.run.ProgramFile;
import faultline.core.arch.CpuModel;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.elf.ByteSource;
import faultline.kernel.elf.ElfFile;
import faultline.kernel.elf.ElfFile.Segment;
import faultline.kernel.elf.ElfSymbols;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `faultline info`.
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        description = "Says what an ELF file is, what it needs and whether Faultline can run it.",
        footer = "%nThe code is read from end to end, or by function where the file names its functions. Libraries hold"
                + " functions for processors they find at run time, so an instruction that is not described need not"
                + " be one the program executes.")
final class InfoCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "an ELF file, or the name of a shipped guest")
    private String file = "";

    @Option(names = "--arch", paramLabel = "ARCH", description = "which build of a shipped guest")
    private @Nullable String arch;

    @Option(names = "--cpu", paramLabel = "MODEL", description = "the processor whose instructions count")
    private @Nullable String cpu;

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    @Override
    public Integer call() {
        ProgramFile program = ProgramFile.find(file, arch);
        ByteSource source = ByteSource.of(program.bytes());
        ElfFile elf = program.headers(source);
        KernelPort port = Ports.of(elf);
        CpuModel model = Ports.model(port, cpu);
        ElfSymbols symbols = ElfSymbols.read(elf, source, 0);
        List<String> needed = NeededLibraries.read(elf, source);
        CodeSurvey survey =
                CodeSurvey.of(elf, source, symbols, port.architecture().disassembler(model));
        String obstacle = obstacle(elf, needed);
        if (json) {
            printJson(program, elf, port, model, symbols, needed, survey, obstacle);
        } else {
            print(program, elf, port, model, symbols, needed, survey, obstacle);
        }
        return Exit.OK;
    }

    /// Why it cannot be run as it stands, or an empty string.
    private static String obstacle(ElfFile elf, List<String> needed) {
        if (elf.interpreter() != null) {
            return "it is dynamically linked: give a root that has " + elf.interpreter() + " with -L";
        }
        return needed.isEmpty() ? "" : "it needs libraries and names no loader";
    }

    private static void print(
            ProgramFile program,
            ElfFile elf,
            KernelPort port,
            CpuModel model,
            ElfSymbols symbols,
            List<String> needed,
            CodeSurvey survey,
            String obstacle) {
        row("file", program.name());
        row("type", elf.isPositionIndependent() ? "position-independent executable" : "executable");
        row(
                "machine",
                ElfFile.machineName(elf.machine(), elf.order()) + ", run by --arch "
                        + port.architecture().name());
        row("entry", "0x%x%s".formatted(elf.entry(), elf.isPositionIndependent() ? " (from where it is loaded)" : ""));
        for (Segment segment : elf.loads()) {
            row("segment", text(segment));
        }
        row("stack", elf.wantsExecutableStack() ? "executable" : "not executable");
        row("interpreter", elf.interpreter() == null ? "none (static)" : String.valueOf(elf.interpreter()));
        row("libraries", needed.isEmpty() ? "none" : String.join(", ", needed));
        row("symbols", survey.functions() + " functions of " + symbols.all().size());
        row(
                "instructions",
                survey.instructions() + ", " + survey.undescribed() + " not described for --cpu " + model.name());
        survey.examples().forEach(example -> row("", example));
        row("runs", obstacle.isEmpty() ? "yes" : "no: " + obstacle);
    }

    private static String text(Segment segment) {
        return String.format(
                "0x%x-0x%x %s%s%s from file 0x%x, %d of %d bytes",
                segment.address(),
                segment.end(),
                (segment.flags() & ElfFile.PF_R) != 0 ? "r" : "-",
                (segment.flags() & ElfFile.PF_W) != 0 ? "w" : "-",
                (segment.flags() & ElfFile.PF_X) != 0 ? "x" : "-",
                segment.offset(),
                segment.fileBytes(),
                segment.memoryBytes());
    }

    private static void row(String name, String value) {
        System.out.printf("%-13s %s%n", name, value);
    }

    private static void printJson(
            ProgramFile program,
            ElfFile elf,
            KernelPort port,
            CpuModel model,
            ElfSymbols symbols,
            List<String> needed,
            CodeSurvey survey,
            String obstacle) {
        Json.print(Json.object()
                .put("file", program.name())
                .put("architecture", port.architecture().name())
                .put("positionIndependent", elf.isPositionIndependent())
                .put("entry", elf.entry())
                .put("segments", elf.loads().stream().map(InfoCommand::json).toList())
                .put("executableStack", elf.wantsExecutableStack())
                .put("interpreter", elf.interpreter() == null ? "" : elf.interpreter())
                .put("libraries", needed)
                .put("symbols", symbols.all().size())
                .put("functions", survey.functions())
                .put("cpu", model.name())
                .put("instructions", survey.instructions())
                .put("undescribed", survey.undescribed())
                .put("runs", obstacle.isEmpty())
                .put("obstacle", obstacle));
    }

    private static Json json(Segment segment) {
        return Json.object()
                .put("address", segment.address())
                .put("memoryBytes", segment.memoryBytes())
                .put("offset", segment.offset())
                .put("fileBytes", segment.fileBytes())
                .put("readable", (segment.flags() & ElfFile.PF_R) != 0)
                .put("writable", (segment.flags() & ElfFile.PF_W) != 0)
                .put("executable", (segment.flags() & ElfFile.PF_X) != 0);
    }
}
