package faultline.core.isa.processor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// One run of javac with the processor over sources in memory.
final class ProcessorRun {

    private ProcessorRun() {}

    /// Compiles into a directory and returns the errors. `processing` is javac's option.
    static List<Diagnostic<? extends JavaFileObject>> compile(
            Path output, String processing, Map<String, String> sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        String core = InsnProcessor.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        JavaCompiler.CompilationTask task = compiler.getTask(
                null,
                null,
                found,
                List.of("-d", output.toString(), "-classpath", core, processing, "-Xlint:none"),
                null,
                sources.entrySet().stream()
                        .map(s -> source(s.getKey(), s.getValue()))
                        .toList());
        task.setProcessors(List.of(new InsnProcessor()));
        task.call();
        return found.getDiagnostics().stream()
                .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
                .toList();
    }

    /// The sources of a package in the test resources, by `package/Class`.
    static Map<String, String> resources(String name) {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory(name))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                String simple = file.getFileName().toString().replace(".java", "");
                sources.put(name + "/" + simple, Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sources;
    }

    /// A package in the test resources.
    static Path directory(String name) {
        return Path.of(URI.create(Objects.requireNonNull(ProcessorRun.class.getResource("/isa/" + name))
                .toString()));
    }

    private static JavaFileObject source(String name, String text) {
        return new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }
}
