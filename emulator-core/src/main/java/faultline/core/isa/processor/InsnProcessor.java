package faultline.core.isa.processor;

import faultline.core.isa.processor.form.DescribedRow;
import faultline.core.isa.processor.form.Grammar;
import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.form.Methods;
import faultline.core.isa.processor.form.Refusal;
import faultline.core.isa.processor.form.RowTable;
import faultline.core.isa.processor.opcode.OpcodeGrammar;
import faultline.core.isa.processor.word.WordGrammar;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.tools.Diagnostic;
import javax.tools.StandardLocation;
import org.jspecify.annotations.Nullable;

/// Turns the [faultline.core.isa.Insn] rows of a package with an [faultline.core.isa.OpcodeMap] or
/// [faultline.core.isa.FixedWidth] into a decoder with its tables, one class per exec form, and the
/// list of rows for the documentation.
@SupportedAnnotationTypes({"faultline.core.isa.Insn", "faultline.core.isa.OpcodeMap", "faultline.core.isa.FixedWidth"})
public final class InsnProcessor extends AbstractProcessor {

    /// Annotated packages by name.
    private final Map<String, PackageElement> packages = new HashMap<>();

    /// Described methods by package, in source order.
    private final Map<String, List<ExecutableElement>> described = new TreeMap<>();

    /// Creates the processor; javac does, through the service loader.
    public InsnProcessor() {}

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        for (TypeElement annotation : annotations) {
            for (Element element : round.getElementsAnnotatedWith(annotation)) {
                if (element instanceof PackageElement in) {
                    packages.put(in.getQualifiedName().toString(), in);
                } else if (element instanceof ExecutableElement method) {
                    described
                            .computeIfAbsent(packageOf(method), key -> new ArrayList<>())
                            .add(method);
                }
            }
        }
        if (!annotations.isEmpty()) {
            described.forEach(this::generate);
            described.clear();
        }
        return false;
    }

    private Elements elements() {
        return processingEnv.getElementUtils();
    }

    private String packageOf(Element element) {
        return elements().getPackageOf(element).getQualifiedName().toString();
    }

    private void generate(String packageName, List<ExecutableElement> described) {
        PackageElement in = packages.get(packageName);
        if (in == null) {
            described.forEach(m -> refuse(m, "the package has neither @OpcodeMap nor @FixedWidth"));
            return;
        }
        Methods methods = new Methods();
        described.forEach(method -> methods.add(owner(method), siblings(method)));
        try {
            generate(grammar(in, methods), described, in);
        } catch (Refusal refusal) {
            refuse(in, "isa: " + refusal.getMessage());
        }
    }

    /// The grammar of a package, by its annotation.
    private Grammar<?> grammar(PackageElement in, Methods methods) {
        SpecReader specs = new SpecReader(in, elements());
        AnnotationReader opcodes = AnnotationReader.find(in, "OpcodeMap", elements());
        if (opcodes != null) {
            return new OpcodeGrammar(specs.opcodeMap(opcodes), methods);
        }
        AnnotationReader words = AnnotationReader.find(in, "FixedWidth", elements());
        return new WordGrammar(specs.fixedWidth(Objects.requireNonNull(words)), methods);
    }

    private <R extends DescribedRow> void generate(
            Grammar<R> grammar, List<ExecutableElement> described, PackageElement in) {
        Map<R, ExecutableElement> rows = parse(grammar, described);
        boolean good = !conflicts(grammar, rows);
        if (!good) {
            return;
        }
        for (Map.Entry<R, ExecutableElement> entry : rows.entrySet()) {
            try {
                grammar.add(entry.getKey());
            } catch (Refusal refusal) {
                refuse(entry.getValue(), at(entry.getKey().text(), refusal.getMessage()));
                good = false;
            }
        }
        if (good && pairs(grammar, in)) {
            String packageName = in.getQualifiedName().toString();
            grammar.sources().forEach((name, text) -> source(packageName + "." + name, text));
            resource(grammar.spec().name() + ".tsv", RowTable.text(grammar.rows()));
            resource(grammar.spec().name() + "-meanings.tsv", MeaningTable.text(described, elements()));
        }
    }

    private boolean pairs(Grammar<?> grammar, PackageElement in) {
        boolean good = true;
        for (String text : grammar.spec().pairs()) {
            try {
                grammar.addPairs(text);
            } catch (Refusal refusal) {
                refuse(in, "isa: pairs `" + text + "`: " + refusal.getMessage());
                good = false;
            }
        }
        return good;
    }

    private <R extends DescribedRow> Map<R, ExecutableElement> parse(
            Grammar<R> grammar, List<ExecutableElement> described) {
        Map<R, ExecutableElement> rows = new LinkedHashMap<>();
        for (ExecutableElement method : described) {
            String table = Objects.requireNonNull(AnnotationReader.find(method, "Insn", elements()))
                    .text("value");
            for (String text :
                    table.lines().map(String::strip).filter(l -> !l.isEmpty()).toList()) {
                try {
                    rows.put(grammar.parse(text, Meaning.of(method)), method);
                } catch (Refusal refusal) {
                    refuse(method, at(text, refusal.getMessage()));
                }
            }
        }
        return rows;
    }

    private static String at(String row, @Nullable String message) {
        return "isa: `" + row.strip() + "`: " + message;
    }

    private <R extends DescribedRow> boolean conflicts(Grammar<R> grammar, Map<R, ExecutableElement> rows) {
        boolean found = false;
        for (Map.Entry<R, ExecutableElement> entry : rows.entrySet()) {
            String conflict = grammar.conflict(entry.getKey());
            if (conflict != null) {
                refuse(entry.getValue(), at(entry.getKey().text(), conflict));
                found = true;
            }
        }
        return found;
    }

    /// The static methods beside a described one, by name.
    private static Map<String, Meaning> siblings(ExecutableElement method) {
        return Meaning.in((TypeElement) Objects.requireNonNull(method.getEnclosingElement()));
    }

    private static String owner(ExecutableElement method) {
        return Objects.requireNonNull(method.getEnclosingElement())
                .getSimpleName()
                .toString();
    }

    private void refuse(Element at, String message) {
        processingEnv.getMessager().printMessage(Diagnostic.Kind.ERROR, message, at);
    }

    private void source(String name, String text) {
        try (Writer out = processingEnv.getFiler().createSourceFile(name).openWriter()) {
            out.write(text);
        } catch (IOException e) {
            failed(name, e);
        }
    }

    private void resource(String name, String text) {
        try (Writer out = processingEnv
                .getFiler()
                .createResource(StandardLocation.CLASS_OUTPUT, "", "META-INF/isa/" + name)
                .openWriter()) {
            out.write(text);
        } catch (IOException e) {
            failed(name, e);
        }
    }

    private void failed(String name, IOException e) {
        processingEnv.getMessager().printMessage(Diagnostic.Kind.ERROR, "isa: " + name + ": " + e.getMessage());
    }
}
