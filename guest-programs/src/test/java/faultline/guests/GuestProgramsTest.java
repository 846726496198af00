package faultline.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class GuestProgramsTest {

    private static final int ET_EXEC = 2;
    private static final int EI_CLASS_64 = 2;

    /// e_machine by architecture: EM_X86_64, EM_AARCH64, EM_PPC64.
    private static final Map<String, Integer> MACHINES = Map.of("x86", 62, "arm64", 183, "ppc64le", 21, "ppc64", 21);

    private final GuestPrograms guests = GuestPrograms.shipped();

    static Stream<GuestProgram> programs() {
        return GuestPrograms.shipped().list().stream();
    }

    static Stream<GuestCase> cases() {
        return programs().flatMap(program -> program.cases().stream());
    }

    @ParameterizedTest
    @MethodSource("programs")
    void everyProgramIsBuiltAndHasACase(GuestProgram program) {
        assertThat(program.architectures()).isNotEmpty();
        assertThat(program.cases()).isNotEmpty();
        assertThat(program.description()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void everyFileIsAStatic64BitElfFileOfItsArchitecture(GuestProgram program) {
        for (String architecture : program.architectures()) {
            byte[] elf = GuestPrograms.elf(program.name(), architecture).orElseThrow();
            boolean big = architecture.equals("ppc64");
            assertThat(elf).as(architecture).startsWith(0x7f, 'E', 'L', 'F', EI_CLASS_64, big ? 2 : 1);
            ByteBuffer header = ByteBuffer.wrap(elf).order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
            assertThat(header.getShort(16)).as("e_type for %s", architecture).isEqualTo((short) ET_EXEC);
            assertThat((int) header.getShort(18)).as("e_machine").isEqualTo(MACHINES.get(architecture));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyCaseHasExpectedOutputForArchitecturesItsProgramIsBuiltFor(GuestCase one) {
        // Only what a signal kills may print nothing.
        if (one.status() <= 128 || !one.output().isEmpty()) {
            assertThat(one.output()).isNotEmpty().endsWith("\n");
        }
        assertThat(one.status()).isBetween(0, 255);
        assertThat(one.architectures())
                .isNotEmpty()
                .isSubsetOf(guests.find(one.program()).orElseThrow().architectures());
    }

    @Test
    void caseNamesAreUniqueAndEveryCaseBelongsToAListedProgram() {
        List<String> names = cases().map(GuestCase::toString).toList();
        assertThat(names).doesNotHaveDuplicates().hasSizeGreaterThan(40);
    }

    @Test
    void aCaseMayNeedAFeatureOrAKindOfMmu() {
        assertThat(find("pkeys", "plain").feature()).contains("pku");
        assertThat(find("pkeys", "plain").mmu()).isEmpty();
        assertThat(find("pkeys", "ppc64").feature()).isEmpty();
        assertThat(find("pkeys", "ppc64").mmu()).contains("hash");
        assertThat(find("pagemap", "soft-dirty").feature()).isEmpty();
        assertThat(find("hello", "plain").needs()).isEmpty();
    }

    private GuestCase find(String program, String name) {
        return guests.find(program).orElseThrow().cases().stream()
                .filter(c -> c.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void argumentsAndStatusComeFromTheTable() {
        GuestCase one = find("hello", "arguments");
        assertThat(one.arguments()).containsExactly("one", "two", "three");
        assertThat(one.status()).isEqualTo(3);
        assertThat(one.output()).startsWith("Hello from Faultline.\nargument 1: one\n");
    }

    @Test
    void unknownProgramsAndUnbuiltArchitecturesAreAbsent() {
        assertThat(guests.find("no-such-program")).isEmpty();
        assertThat(GuestPrograms.elf("no-such-program", "x86")).isEmpty();
        assertThat(GuestPrograms.elf("hello", "vax")).isEmpty();
        assertThat(GuestPrograms.elf("../x86/hello", "x86")).isEmpty();
        assertThat(GuestPrograms.elf("", "x86")).isEmpty();
        assertThat(GuestPrograms.elf("hello", "expected")).isEmpty();
        assertThat(GuestPrograms.elf("arch-prctl", "ppc64")).isEmpty();
    }
}
