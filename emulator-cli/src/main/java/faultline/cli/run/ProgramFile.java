package faultline.cli.run;

import faultline.guests.GuestPrograms;
import faultline.kernel.elf.ByteSource;
import faultline.kernel.elf.ElfException;
import faultline.kernel.elf.ElfFile;
import faultline.kernel.elf.ElfReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A program named on the command line: a file of the host, or a guest that comes with Faultline.
///
/// @param path the host file; null for a shipped guest
/// @param shipped the bytes of a shipped guest; null for a host file
public record ProgramFile(String name, @Nullable Path path, byte @Nullable [] shipped) {

    public static final String DEFAULT_ARCHITECTURE = "x86";

    /// The ELF header as far as `e_machine`, and the places in it.
    private static final int HEADER_BYTES = 20;

    /// How much of a script's first line counts.
    private static final int SCRIPT_LINE = 256;

    private static final int IDENT_DATA = 5;
    private static final int MACHINE = 18;

    /// Finds a program: with a slash it is a file, without one a shipped guest. Refuses what is not
    /// there or not executable.
    public static ProgramFile find(String program, @Nullable String architecture) {
        if (program.indexOf('/') >= 0) {
            Path path = Path.of(program);
            requireExecutable(program, path);
            return new ProgramFile(program, path, null);
        }
        return new ProgramFile(program, null, shipped(program, architecture));
    }

    private static void requireExecutable(String program, Path path) {
        if (!Files.exists(path)) {
            throw Refusal.notFound(program + ": no such file");
        }
        if (Files.isDirectory(path)) {
            throw Refusal.cannotRun(program + ": is a directory");
        }
        if (!Files.isRegularFile(path)) {
            throw Refusal.cannotRun(program + ": is not a regular file");
        }
        if (!Files.isReadable(path) || !Files.isExecutable(path)) {
            throw Refusal.cannotRun(program + ": permission denied");
        }
    }

    private static byte[] shipped(String program, @Nullable String architecture) {
        String wanted = architecture == null ? DEFAULT_ARCHITECTURE : architecture;
        if (!GuestPrograms.ARCHITECTURES.contains(wanted)) {
            throw Refusal.usage("--arch " + wanted + ": there are " + String.join(", ", GuestPrograms.ARCHITECTURES));
        }
        Optional<byte[]> elf = GuestPrograms.elf(program, wanted);
        if (elf.isPresent()) {
            return elf.get();
        }
        List<String> others = GuestPrograms.ARCHITECTURES.stream()
                .filter(other -> GuestPrograms.elf(program, other).isPresent())
                .toList();
        if (!others.isEmpty()) {
            throw Refusal.notFound(program + ": no build of it for " + wanted + " comes with Faultline; there is "
                    + String.join(", ", others));
        }
        if (Files.exists(Path.of(program))) {
            throw Refusal.notFound(program + ": no such guest comes with Faultline; for the file say ./" + program);
        }
        throw Refusal.notFound(program + ": no such guest comes with Faultline; 'faultline guests' lists them");
    }

    /// The file's bytes.
    public byte[] bytes() {
        if (shipped != null) {
            return shipped;
        }
        try {
            return Files.readAllBytes(hostPath());
        } catch (IOException e) {
            throw Refusal.cannotRun(name + ": " + HostErrors.reason(e));
        } catch (OutOfMemoryError _) {
            throw Refusal.cannotRun(name + ": is larger than 2 GiB");
        }
    }

    private Path hostPath() {
        if (path == null) {
            throw new IllegalStateException("cli: " + name + " has no host file");
        }
        return path;
    }

    /// Reads the ELF headers. Refuses a file that has none or damaged ones, saying what and where.
    public ElfFile headers(ByteSource source) {
        try {
            return ElfReader.read(name, source);
        } catch (ElfException e) {
            throw Refusal.cannotRun(String.valueOf(e.getMessage()));
        }
    }

    /// What an ELF file is made for: a machine number and a byte order.
    record Target(int machine, ByteOrder order) {}

    /// What its ELF header says that it is made for, without reading more of it. A script is run by the
    /// default architecture's kernel; what else is no ELF file is refused.
    Target target() {
        byte[] start = new byte[HEADER_BYTES];
        int length = start(start);
        if (length >= 2 && start[0] == '#' && start[1] == '!') {
            return new Target(ElfFile.EM_X86_64, ByteOrder.LITTLE_ENDIAN);
        }
        if (!ElfReader.isElf(start, length) || length < HEADER_BYTES) {
            // Says what is wrong, or that it is too short.
            ElfFile headers = headers(ByteSource.of(java.util.Arrays.copyOf(start, length)));
            return new Target(headers.machine(), headers.order());
        }
        boolean big = start[IDENT_DATA] == 2;
        int high = start[MACHINE + (big ? 0 : 1)] & 0xff;
        int low = start[MACHINE + (big ? 1 : 0)] & 0xff;
        return new Target(high << 8 | low, big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }

    /// What runs it: the dynamic loader of an ELF file, the interpreter of a script; `none` without
    /// one.
    String interpreter() {
        byte[] bytes = bytes();
        if (bytes.length >= 2 && bytes[0] == '#' && bytes[1] == '!') {
            String line = new String(bytes, 2, Math.min(bytes.length, SCRIPT_LINE) - 2, StandardCharsets.UTF_8);
            return line.strip().split("\\s", 2)[0];
        }
        String loader = headers(ByteSource.of(bytes)).interpreter();
        return loader == null ? "none" : loader;
    }

    private int start(byte[] to) {
        if (shipped != null) {
            int length = Math.min(to.length, shipped.length);
            System.arraycopy(shipped, 0, to, 0, length);
            return length;
        }
        try (InputStream in = Files.newInputStream(hostPath())) {
            return in.readNBytes(to, 0, to.length);
        } catch (IOException e) {
            throw Refusal.cannotRun(name + ": " + HostErrors.reason(e));
        }
    }
}
