package faultline.core.isa.processor;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.tools.Diagnostic;
import javax.tools.StandardLocation;
import org.jspecify.annotations.Nullable;

/// Turns the [faultline.core.isa.Insn] rows of a package with an [faultline.core.isa.OpcodeMap]
/// into a decoder with its tables, one class per exec form, and the list of rows for the
/// documentation.
@SupportedAnnotationTypes({"faultline.core.isa.Insn", "faultline.core.isa.OpcodeMap"})
public final class InsnProcessor extends AbstractProcessor {

    private final Map<String, OpcodeMapSpec> specs = new HashMap<>();

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
                    specs.put(in.getQualifiedName().toString(), spec(in));
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

    private String packageOf(Element element) {
        return processingEnv
                .getElementUtils()
                .getPackageOf(element)
                .getQualifiedName()
                .toString();
    }

    private OpcodeMapSpec spec(PackageElement in) {
        Map<String, Object> values = annotation(in, "OpcodeMap");
        String flags = text(values, "flags");
        TypeElement flagsClass = processingEnv.getElementUtils().getTypeElement(flags);
        Set<String> kinds = new LinkedHashSet<>();
        for (var field : ElementFilter.fieldsIn(flagsClass.getEnclosedElements())) {
            if (field.getConstantValue() instanceof Integer) {
                kinds.add(field.getSimpleName().toString().toLowerCase(java.util.Locale.ROOT));
            }
        }
        return new OpcodeMapSpec(
                in.getQualifiedName().toString(),
                text(values, "name"),
                text(values, "cpu"),
                flags,
                text(values, "glue"),
                text(values, "unit"),
                strings(values.get("conditions")),
                new LinkedHashSet<>(strings(values.get("features"))),
                new LinkedHashSet<>(strings(values.get("keepsCarry"))),
                new LinkedHashSet<>(strings(values.get("resultOnly"))),
                new LinkedHashSet<>(strings(values.get("fused"))),
                strings(values.get("pairs")),
                kinds);
    }

    private Map<String, Object> annotation(Element element, String name) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (AnnotationMirror mirror : element.getAnnotationMirrors()) {
            if (mirror.getAnnotationType().asElement().getSimpleName().contentEquals(name)) {
                processingEnv
                        .getElementUtils()
                        .getElementValuesWithDefaults(mirror)
                        .forEach((key, value) -> values.put(key.getSimpleName().toString(), value.getValue()));
            }
        }
        return values;
    }

    private static String text(Map<String, Object> values, String name) {
        return Objects.requireNonNull(values.get(name)).toString();
    }

    private static List<String> strings(@Nullable Object list) {
        List<String> strings = new ArrayList<>();
        if (list instanceof List<?> values) {
            for (Object value : values) {
                strings.add(((AnnotationValue) value).getValue().toString());
            }
        }
        return strings;
    }

    private void generate(String packageName, List<ExecutableElement> methods) {
        OpcodeMapSpec spec = specs.get(packageName);
        if (spec == null) {
            methods.forEach(m -> refuse(m, "the package has no @OpcodeMap"));
            return;
        }
        Map<Row, ExecutableElement> rows = parse(spec, methods);
        if (!conflicts(rows)) {
            return;
        }
        Map<String, Map<String, Meaning>> byClass = new HashMap<>();
        NodeWriter nodes = new NodeWriter(spec, owner -> byClass.computeIfAbsent(owner, key -> new HashMap<>())::get);
        rows.forEach((row, method) -> byClass.put(owner(method), siblings(method)));
        boolean good = true;
        for (Map.Entry<Row, ExecutableElement> entry : rows.entrySet()) {
            try {
                nodes.add(entry.getKey());
            } catch (Refusal refusal) {
                refuse(entry.getValue(), at(entry.getKey().text(), refusal));
                good = false;
            }
        }
        if (good && pairs(nodes, spec)) {
            nodes.sources().forEach((name, text) -> source(packageName + "." + name, text));
            resource(spec.name() + ".tsv", nodes.table());
        }
    }

    private boolean pairs(NodeWriter nodes, OpcodeMapSpec spec) {
        boolean good = true;
        for (String text : spec.pairs()) {
            try {
                nodes.addPairs(text);
            } catch (Refusal refusal) {
                PackageElement at = processingEnv.getElementUtils().getPackageElement(spec.packageName());
                refuse(at, "isa: pairs `" + text + "`: " + refusal.getMessage());
                good = false;
            }
        }
        return good;
    }

    private Map<Row, ExecutableElement> parse(OpcodeMapSpec spec, List<ExecutableElement> methods) {
        Map<Row, ExecutableElement> rows = new LinkedHashMap<>();
        for (ExecutableElement method : methods) {
            RowParser parser = new RowParser(spec.features(), spec.kinds());
            String table = text(annotation(method, "Insn"), "value");
            Map<String, Meaning> siblings = siblings(method);
            for (String text :
                    table.lines().map(String::strip).filter(l -> !l.isEmpty()).toList()) {
                try {
                    Row row = parser.parse(text, Meaning.of(method));
                    new Checks(spec, siblings::get).row(row);
                    rows.put(row, method);
                } catch (Refusal refusal) {
                    refuse(method, at(text, refusal));
                }
            }
        }
        return rows;
    }

    private static String at(String row, Refusal refusal) {
        return "isa: `" + row.strip() + "`: " + refusal.getMessage();
    }

    private boolean conflicts(Map<Row, ExecutableElement> rows) {
        boolean good = true;
        Map<Integer, List<Row>> byOpcode = new HashMap<>();
        for (Map.Entry<Row, ExecutableElement> entry : rows.entrySet()) {
            Row row = entry.getKey();
            for (int i = 0; i < row.opcodes(); i++) {
                List<Row> others =
                        byOpcode.computeIfAbsent(row.map() << 8 | row.opcode() + i, opcode -> new ArrayList<>());
                String conflict = i == 0 || row.opcodes() > 1 ? Checks.conflict(row, others, Set.of(row)) : null;
                if (conflict != null) {
                    refuse(entry.getValue(), "isa: `" + row.text().strip() + "`: " + conflict);
                    good = false;
                    break;
                }
                others.add(row);
            }
        }
        return good;
    }

    /// The static methods beside a described one, by name.
    private static Map<String, Meaning> siblings(ExecutableElement method) {
        Map<String, Meaning> siblings = new HashMap<>();
        for (Element element :
                Objects.requireNonNull(method.getEnclosingElement()).getEnclosedElements()) {
            if (element.getKind() == ElementKind.METHOD
                    && !element.getModifiers().contains(javax.lang.model.element.Modifier.PRIVATE)) {
                Meaning meaning = Meaning.of((ExecutableElement) element);
                siblings.put(meaning.name(), meaning);
            }
        }
        return siblings;
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
            processingEnv.getMessager().printMessage(Diagnostic.Kind.ERROR, "isa: " + name + ": " + e.getMessage());
        }
    }

    private void resource(String name, String text) {
        try (Writer out = processingEnv
                .getFiler()
                .createResource(StandardLocation.CLASS_OUTPUT, "", "META-INF/isa/" + name)
                .openWriter()) {
            out.write(text);
        } catch (IOException e) {
            processingEnv.getMessager().printMessage(Diagnostic.Kind.ERROR, "isa: " + name + ": " + e.getMessage());
        }
    }

    /// Orders rows as the decoder tries them.
    static final Comparator<Row> MOST_SPECIFIC_FIRST =
            Comparator.comparingInt(Row::rank).reversed();
}
