package faultline.cli.soak;

import faultline.guests.GuestCase;
import faultline.guests.GuestPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The programs of a soak in a directory of the host, and the list from which the guest `mix` draws.
final class SoakPrograms {

    /// Where the guest finds the directory.
    static final String GUEST_PATH = "/soak";

    /// The list's name in it.
    static final String LIST = "list";

    /// Programs that print the same however little memory there is, whatever else runs, and wherever they are.
    private static final Set<String> RECORDED = Set.of(
            "brk",
            "brk-storm",
            "dirty-file",
            "ebizzy",
            "exec",
            "fork-threads",
            "four-threads",
            "futex-keys",
            "integrity",
            "map-loop",
            "map-storm",
            "mmap-share",
            "mprotect-storm",
            "page-fault1",
            "page-fault2",
            "page-fault3",
            "pft",
            "pi-futex",
            "pipe-threads",
            "pipes",
            "remote-memory",
            "reverse-file",
            "seal",
            "smc",
            "spf-test",
            "stack-growth",
            "swap-fill",
            "threads",
            "threads-libc");

    /// Programs that count their faults, and workloads that check their own data, of sizes of which a few fill the
    /// memory of a round's machine.
    private static final List<String> LARGE = List.of(
            "cow",
            "integrity -q 4 400 200 100 2",
            "integrity -q 2 300 300 200 2",
            "swap-fill -q 3 1000 2",
            "pft -q 4 2048 2",
            "touch -q 16 2 3",
            "page-fault1 -q 4 1024 4",
            "page-fault2 -q 3 512 4",
            "page-fault3 -q 3 512 4",
            "map-storm -q 2 512 50",
            "mprotect-storm -q 4 256 20",
            "brk-storm -q 4 64 40",
            "ebizzy -q 4 64 8 64",
            "ebizzy -q 4 64 8 64 2",
            "fork-threads -q 3 64 20",
            "map-loop -q 100 128",
            "dirty-file -q 1024",
            "reverse-file -q 16 256 2",
            "spf-test -q 16 16 16");

    private SoakPrograms() {}

    /// Writes the programs of an architecture, what they print, and the list.
    static void write(Path directory, String architecture) throws IOException {
        List<String> lines = new ArrayList<>();
        List<String> programs = new ArrayList<>();
        for (GuestCase each : cases(architecture)) {
            String expected = each.program() + "-" + each.name() + ".txt";
            Files.writeString(directory.resolve(expected), each.output());
            lines.add(line(each.status(), GUEST_PATH + "/" + expected, each.program(), each.arguments()));
            programs.add(each.program());
        }
        for (String command : LARGE) {
            List<String> words = List.of(command.split(" "));
            lines.add(line(0, "-", words.getFirst(), words.subList(1, words.size())));
            programs.add(words.getFirst());
        }
        Files.write(directory.resolve(LIST), lines);
        for (String program : Set.copyOf(programs)) {
            Path file = directory.resolve(program);
            Files.write(file, GuestPrograms.elf(program, architecture).orElseThrow());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static List<GuestCase> cases(String architecture) {
        return GuestPrograms.shipped().list().stream()
                .filter(program -> RECORDED.contains(program.name()))
                .flatMap(program -> program.cases().stream())
                .filter(each -> each.architectures().contains(architecture))
                .filter(each -> each.needs().isEmpty() && !each.name().equals("usage"))
                .toList();
    }

    private static String line(int status, String expected, String program, List<String> arguments) {
        return (status + " " + expected + " " + GUEST_PATH + "/" + program + " " + String.join(" ", arguments)).strip();
    }
}
