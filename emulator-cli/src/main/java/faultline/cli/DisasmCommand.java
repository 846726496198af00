package faultline.cli;

import faultline.cli.run.CodeText;
import faultline.cli.run.Exit;
import faultline.cli.run.Ports;
import faultline.cli.run.ProgramFile;
import faultline.cli.run.Refusal;
import faultline.core.arch.Disassembler;
import faultline.kernel.arch.KernelPort;
import faultline.kernel.elf.ByteSource;
import faultline.kernel.elf.ElfFile;
import faultline.kernel.elf.ElfFile.Segment;
import faultline.kernel.elf.ElfSymbols;
import faultline.kernel.elf.ElfSymbols.Symbol;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `faultline disasm`.
@Command(
        name = "disasm",
        mixinStandardHelpOptions = true,
        description = "Disassembles a program from the rows its instructions are executed by: what prints as .byte here"
                + " is an illegal instruction to the guest.",
        footer = "%nAddresses are the file's own. Without a range everything executable is printed.")
final class DisasmCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "an ELF file, or the name of a shipped guest")
    private String file = "";

    @Option(names = "--symbol", paramLabel = "SYMBOL", description = "only this function")
    private @Nullable String symbol;

    @Option(names = "--start", paramLabel = "ADDRESS", description = "the first address")
    private @Nullable String start;

    @Option(names = "--stop", paramLabel = "ADDRESS", description = "the address behind the last")
    private @Nullable String stop;

    @Option(names = "--arch", paramLabel = "ARCH", description = "which build of a shipped guest")
    private @Nullable String arch;

    @Option(names = "--cpu", paramLabel = "MODEL", description = "the processor whose instructions count")
    private @Nullable String cpu;

    @Override
    public Integer call() throws IOException {
        ProgramFile program = ProgramFile.find(file, arch);
        byte[] bytes = program.bytes();
        ByteSource source = ByteSource.of(bytes);
        ElfFile elf = program.headers(source);
        KernelPort port = Ports.of(elf);
        Disassembler disassembler = port.architecture().disassembler(Ports.model(port, cpu));
        ElfSymbols symbols = ElfSymbols.read(elf, source, 0);
        long from = 0;
        long to = -1;
        if (symbol != null) {
            Symbol found = find(symbols, symbol);
            from = found.address();
            to = found.address() + Math.max(found.size(), 1);
        }
        from = start == null ? from : address("--start", start);
        to = stop == null ? to : address("--stop", stop);
        // System.out writes line by line.
        Writer out = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));
        for (Segment segment : elf.loads()) {
            if ((segment.flags() & ElfFile.PF_X) != 0) {
                print(out, disassembler, symbols, bytes, segment, from, to);
            }
        }
        out.flush();
        return Exit.OK;
    }

    private static Symbol find(ElfSymbols symbols, String name) {
        Symbol found = symbols.find(name);
        if (found == null) {
            throw Refusal.usage("--symbol " + name + ": the file has no such symbol");
        }
        return found;
    }

    private static long address(String option, String text) {
        try {
            return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseUnsignedLong(text);
        } catch (NumberFormatException _) {
            throw Refusal.usage(option + " " + text + ": expected an address such as 0x401000");
        }
    }

    /// Prints what `[from, to)` has of a segment.
    private static void print(
            Writer out,
            Disassembler disassembler,
            ElfSymbols symbols,
            byte[] bytes,
            Segment segment,
            long from,
            long to)
            throws IOException {
        long first = Long.compareUnsigned(from, segment.address()) > 0 ? from : segment.address();
        long fileEnd = segment.address() + segment.fileBytes();
        long last = Long.compareUnsigned(to, fileEnd) < 0 ? to : fileEnd;
        int limit = (int) (segment.offset() + segment.fileBytes());
        long pc = first;
        while (Long.compareUnsigned(pc, last) < 0) {
            ElfSymbols.Place place = symbols.at(pc);
            if (place != null && place.offset() == 0) {
                out.write("\n" + place.symbol().name() + ":\n");
            }
            int at = (int) (segment.offset() + (pc - segment.address()));
            Disassembler.Line line = disassembler.disassemble(bytes, at, limit, pc);
            out.write("  " + CodeText.line(pc, null, bytes, at, line) + "\n");
            pc += line.length();
        }
    }
}
