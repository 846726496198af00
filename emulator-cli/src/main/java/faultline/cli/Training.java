package faultline.cli;

import java.util.List;

/// What a build runs so that the JVM finds the classes of a start already parsed and linked (JEP
/// 514): command lines whose start shall be quick, in one process for each cache.
///
/// A class that none of them loads costs its first user a millisecond; one that a start does not
/// need costs it a twentieth of that. So `run` has a cache to itself.
final class Training {

    /// A program without and one with a C library, and one that needs more memory than RAM's head.
    private static final List<List<String>> RUN = List.of(
            List.of("run", "hello", "a", "b", "c"),
            List.of("run", "hello-libc"),
            List.of("run", "touch", "8", "1", "1"));

    private static final List<List<String>> OTHERS = List.of(
            List.of("--help"),
            List.of("info", "hello-libc"),
            List.of("guests"),
            List.of("disasm", "hello"),
            List.of("debug", "--batch", "-ex", "break main", "-ex", "run", "-ex", "info registers", "hello-libc"),
            List.of("run", "--help"),
            List.of("run", "--no-such-option"),
            List.of("no-such-command"));

    private Training() {}

    /// Runs the lines of one cache: those of `run`, or without an argument all others. What they
    /// print and return does not matter; some are refused.
    public static void main(String[] args) {
        for (List<String> line : args.length == 0 ? OTHERS : RUN) {
            int _ = Main.execute(line);
        }
        Runtime.getRuntime().halt(0);
    }
}
