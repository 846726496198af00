package faultline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.check.Violation;
import faultline.kernel.lock.LockRank;
import faultline.kernel.mm.fault.Defect;
import faultline.kernel.mm.fault.FaultDesigns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the documents say of the kernel's locks, designs and classes is what the code has.
final class KernelDocsTest {

    private static final Path TREE = Path.of("..");

    private static final List<String> MODULES =
            List.of("emulator-core", "kernel-lite", "arch-x86", "arch-arm64", "arch-ppc64", "emulator-cli");

    private static final Pattern RANK = Pattern.compile("^\\| `([A-Z_]+)` \\|", Pattern.MULTILINE);

    private static final Pattern TYPE = Pattern.compile("\\b(?:class|record|enum|interface) ([A-Z]\\w+)");

    /// `Class`, `Class.member` or `Class.method(…)`.
    private static final Pattern NAME = Pattern.compile("`([A-Z][a-z]\\w+)(?:\\.(\\w+))?(?:\\([^`]*\\))?`");

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String document(String name) {
        return read(TREE.resolve("docs").resolve(name));
    }

    @Test
    void theOrderOfLocksIsThatOfTheirRanks() {
        String text = document("locking.md");
        String table = text.substring(text.indexOf("## Order"), text.indexOf("Two locks of one rank"));
        assertThat(RANK.matcher(table).results().map(result -> result.group(1)))
                .containsExactlyElementsOf(
                        Arrays.stream(LockRank.values()).map(Enum::name).toList());
    }

    @Test
    void everyDesignHasItsPart() {
        String text = document("fault-designs.md");
        for (FaultDesigns.Entry design : FaultDesigns.all()) {
            assertThat(text).contains("`" + design.name() + "`");
            for (FaultDesigns.Version version : design.versions()) {
                assertThat(text).as(design.nameOf(version)).contains(version.name());
                assertThat(version.defects().stream().map(Defect::number).filter(number -> !number.equals("-")))
                        .as(design.nameOf(version))
                        .allMatch(number -> text.contains(number)
                                || document("translation.md").contains(number));
            }
        }
    }

    @Test
    void everyRuleOfTheChecksHasItsLine() {
        String text = document("checks.md");
        for (Violation.Rule rule : Violation.Rule.values()) {
            assertThat(text).contains("`" + rule.name() + "`");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"locking.md", "fault-designs.md", "translation.md", "counters.md", "checks.md"})
    void classesAndMembersThatAreNamedExist(String name) {
        Map<String, List<String>> types = declaredTypes();
        List<String> missing = NAME.matcher(document(name))
                .results()
                .filter(result -> !exists(types, result.group(1), result.group(2)))
                .map(MatchResult::group)
                .toList();
        assertThat(missing).isEmpty();
    }

    private static boolean exists(Map<String, List<String>> types, String type, @Nullable String member) {
        List<String> sources = types.getOrDefault(type, List.of());
        return member == null
                ? !sources.isEmpty()
                : sources.stream()
                        .anyMatch(source -> Pattern.compile("\\b" + member + "\\b")
                                .matcher(source)
                                .find());
    }

    /// The sources that declare a type of a name, nested ones too.
    private static Map<String, List<String>> declaredTypes() {
        Map<String, List<String>> types = new HashMap<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(TREE.resolve(module).resolve("src"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .map(KernelDocsTest::read)
                        .forEach(source -> TYPE.matcher(source)
                                .results()
                                .forEach(result -> types.computeIfAbsent(result.group(1), _ -> new ArrayList<>())
                                        .add(source)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return types;
    }
}
