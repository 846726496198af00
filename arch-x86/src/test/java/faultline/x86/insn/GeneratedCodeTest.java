package faultline.x86.insn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GeneratedCodeTest {

    /// HotSpot never compiles a method of 8,000 bytes or more; the project's budget is below that.
    private static final int BUDGET = 7_000;

    @Test
    void noMethodIsNearTheSizeThatIsNeverCompiled() throws Exception {
        List<String> large = new ArrayList<>();
        int[] classes = new int[1];
        for (ClassModel model : classes()) {
            classes[0]++;
            for (MethodModel method : model.methods()) {
                int length = method.findAttribute(java.lang.classfile.Attributes.code())
                        .map(CodeAttribute::codeLength)
                        .orElse(0);
                if (length >= BUDGET) {
                    large.add(model.thisClass().asInternalName() + "." + method.methodName() + ": " + length);
                }
            }
        }
        assertThat(classes[0]).as("classes looked at").isGreaterThan(1_000);
        assertThat(large).isEmpty();
    }

    private static List<ClassModel> classes() throws Exception {
        URI location = X86Decoder.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        Path path = Path.of(location);
        if (Files.isDirectory(path)) {
            return read(path);
        }
        try (FileSystem jar = FileSystems.newFileSystem(path, Map.of())) {
            return read(jar.getPath("/"));
        }
    }

    private static List<ClassModel> read(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("faultline/x86/insn"))) {
            return files.filter(f -> f.toString().endsWith(".class"))
                    .map(GeneratedCodeTest::parse)
                    .toList();
        }
    }

    private static ClassModel parse(Path file) {
        try {
            return ClassFile.of().parse(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
