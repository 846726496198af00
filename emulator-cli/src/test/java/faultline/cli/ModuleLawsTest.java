package faultline.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The laws of the modules, for what the compiler cannot check.
///
/// This module is the one that has all others on its path. Classes are read as files, so that the
/// architectures are seen too, which nothing here may name in code.
final class ModuleLawsTest {
    private static final List<String> MODULES = List.of("core", "kernel", "x86", "arm64", "ppc64", "guests", "cli");
    private static final String[] ARCHITECTURES = {"faultline.x86..", "faultline.arm64..", "faultline.ppc64.."};

    /// Names of instruction sets. Only `arm` must stand alone: kernels have alarms.
    private static final Pattern ARCHITECTURE_NAME =
            Pattern.compile("(?i:x86|amd64|i386|aarch64|ppc|powerpc)" + "|(?<![a-z])arm(?![a-z])|Arm(?![a-z])|ARM");

    private static final JavaClasses CODE = importCode();

    private static JavaClasses importCode() {
        Pattern ours = Pattern.compile(".*/faultline/(" + String.join("|", MODULES) + ")/.*");
        Pattern tests = Pattern.compile(".*(/test-classes/|-tests\\.jar!).*");
        List<Location> path = Stream.of("jdk.module.path", "java.class.path")
                .flatMap(property ->
                        Arrays.stream(System.getProperty(property, "").split(File.pathSeparator)))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> entry.endsWith(".jar")
                        ? Location.of(URI.create("jar:" + Path.of(entry).toUri() + "!/"))
                        : Location.of(Path.of(entry)))
                .toList();
        return new ClassFileImporter()
                .withImportOption(location -> location.matches(ours))
                .withImportOption(location -> !location.matches(tests))
                .importLocations(path);
    }

    @Test
    void everyModuleIsSeen() {
        assertThat(MODULES).allMatch(module -> CODE.containPackage("faultline." + module));
    }

    @Test
    void coreKnowsNobody() {
        noClasses()
                .that()
                .resideInAPackage("faultline.core..")
                .should()
                .dependOnClassesThat(areOursOutside("faultline.core.."))
                .check(CODE);
    }

    @Test
    void kernelKnowsOnlyCore() {
        noClasses()
                .that()
                .resideInAPackage("faultline.kernel..")
                .should()
                .dependOnClassesThat(areOursOutside("faultline.kernel..", "faultline.core.."))
                .check(CODE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86", "arm64", "ppc64"})
    void anArchitectureKnowsOnlyCoreAndKernel(String arch) {
        String own = "faultline." + arch + "..";
        noClasses()
                .that()
                .resideInAPackage(own)
                .should()
                .dependOnClassesThat(areOursOutside(own, "faultline.kernel..", "faultline.core.."))
                .check(CODE);
    }

    @Test
    void theCommandLineKnowsNoArchitecture() {
        noClasses()
                .that()
                .resideInAPackage("faultline.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ARCHITECTURES)
                .check(CODE);
    }

    @Test
    void coreAndKernelNameNoArchitecture() {
        noClasses()
                .that()
                .resideInAnyPackage("faultline.core..", "faultline.kernel..")
                .should(be(describe("named after an architecture", type -> namesArchitecture(type.getName()))))
                .check(CODE);
    }

    @ParameterizedTest
    @CsvSource({
        "faultline.core.cpu.X86Registers, true",
        "faultline.kernel.arch.PowerPcFrame, true",
        "faultline.kernel.arm64.Frame$Word, true",
        "faultline.kernel.arch.ArmFrame, true",
        "faultline.kernel.task.AlarmTimer, false",
        "faultline.core.mem.PowerOfTwo, false",
    })
    void architectureNamesAreToldFromWordsThatHoldThem(String name, boolean expected) {
        assertThat(namesArchitecture(name)).isEqualTo(expected);
    }

    @Test
    void packagesFormNoCycle() {
        slices().assignedFrom(PACKAGES).should().beFreeOfCycles().check(CODE);
    }

    @Test
    void everyPackageIsNullMarked() {
        Map<String, List<JavaClass>> packages = CODE.stream().collect(groupingBy(JavaClass::getPackageName));
        packages.values().removeIf(members -> members.stream().anyMatch(ModuleLawsTest::isNullMarkedPackageInfo));
        assertThat(packages.keySet())
                .as("packages without a @NullMarked package-info")
                .isEmpty();
    }

    @Test
    void staticFieldsHoldNoState() {
        fields().that()
                .areStatic()
                .should()
                .beFinal()
                .andShould(be(describe("constants, not holders of state", ModuleLawsTest::holdsNoState)))
                .check(CODE);
    }

    @Test
    void instructionClassesAreFinal() {
        // To the class file format package-info is an interface; the tables of enum switches are javac's own classes.
        classes()
                .that()
                .resideInAnyPackage("faultline.*.insn..")
                .and()
                .doNotHaveModifier(JavaModifier.SYNTHETIC)
                .should(be(describe("final, abstract or an interface", ModuleLawsTest::isClosed)))
                .check(CODE);
    }

    @Test
    void nothingReflectsAtRunTime() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.reflect..")
                .orShould()
                .accessTargetWhere(describe("looks a class or member up by name", ModuleLawsTest::looksUpByName))
                .check(CODE);
    }

    private static boolean namesArchitecture(String name) {
        return ARCHITECTURE_NAME.matcher(name).find();
    }

    private static DescribedPredicate<JavaClass> areOursOutside(String... packages) {
        return resideInAPackage("faultline..").and(not(resideInAnyPackage(packages)));
    }

    private static boolean isNullMarkedPackageInfo(JavaClass type) {
        return type.getSimpleName().equals("package-info") && type.isAnnotatedWith(NullMarked.class);
    }

    private static boolean holdsNoState(JavaField field) {
        JavaClass type = field.getRawType();
        return Stream.of(Collection.class, Map.class, ThreadLocal.class, Lock.class, StringBuilder.class)
                        .noneMatch(holder -> type.isAssignableTo(holder) && !type.isInterface())
                && !type.getPackageName().equals("java.util.concurrent.atomic");
    }

    private static boolean isClosed(JavaClass type) {
        return type.isInterface()
                || type.getModifiers().contains(JavaModifier.FINAL)
                || type.getModifiers().contains(JavaModifier.ABSTRACT);
    }

    private static boolean looksUpByName(JavaAccess<?> access) {
        return access.getTargetOwner().isEquivalentTo(Class.class)
                && List.of("forName", "getMethod", "getMethods", "getField", "getFields", "getConstructor").stream()
                        .anyMatch(name -> access.getName().startsWith(name)
                                || access.getName().startsWith("getDeclared"));
    }

    private static final SliceAssignment PACKAGES = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    };
}
