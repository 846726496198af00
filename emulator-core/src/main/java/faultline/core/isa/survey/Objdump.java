package faultline.core.isa.survey;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Byte strings as binutils' objdump reads them.
///
/// It sweeps over a file: every string lies at the start of a slot of its own, and the padding
/// behind it is an instruction so short, repeated so often, that the sweep is in step again at the
/// next slot.
///
/// @param program the name or path of the program
/// @param options what says machine and syntax
/// @param slot the bytes of a slot
/// @param padding fills the slot
public record Objdump(String program, List<String> options, int slot, byte padding) {

    public Objdump {
        options = List.copyOf(options);
    }

    /// Whether the program can be started.
    public boolean isPresent() {
        try {
            Process process = new ProcessBuilder(program, "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (IOException notThere) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Reads the first instruction of every string, in order.
    public List<Reading> read(List<byte[]> samples) {
        try {
            Path file = Files.createTempFile("faultline", ".bin");
            try {
                Files.write(file, image(samples));
                return read(file, samples.size());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] image(List<byte[]> samples) {
        byte[] image = new byte[samples.size() * slot];
        Arrays.fill(image, padding);
        for (int i = 0; i < samples.size(); i++) {
            System.arraycopy(samples.get(i), 0, image, i * slot, samples.get(i).length);
        }
        return image;
    }

    private List<Reading> read(Path file, int samples) throws IOException {
        List<String> command = new ArrayList<>(List.of(program, "-D", "-z", "-w", "--insn-width=16", "-b", "binary"));
        command.addAll(options);
        command.add(file.toString());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<Reading> readings = new ArrayList<>(samples);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            String line;
            while ((line = lines.readLine()) != null) {
                int colon = line.indexOf(":\t");
                if (colon > 0 && isStart(line, colon)) {
                    readings.add(reading(line, colon));
                }
            }
        }
        if (readings.size() != samples) {
            throw new IllegalStateException("survey: " + String.join(" ", command) + " read " + readings.size() + " of "
                    + samples + " strings");
        }
        return readings;
    }

    /// Whether a line's address is that of a slot.
    private boolean isStart(String line, int colon) {
        return Long.parseLong(line, lastBlank(line, colon) + 1, colon, 16) % slot == 0;
    }

    private static int lastBlank(String line, int end) {
        return line.lastIndexOf(' ', end - 1);
    }

    private static Reading reading(String line, int colon) {
        String[] columns = line.split("\t", 3);
        long pc = Long.parseLong(line, lastBlank(line, colon) + 1, colon, 16);
        int digits = columns[1].replace(" ", "").length();
        String text = columns.length < 3 ? "" : columns[2];
        return new Reading(pc, digits / 2, text.replaceAll("\\s+", " ").strip());
    }
}
