package faultline.core.isa.processor;

import faultline.core.isa.processor.form.Meaning;
import faultline.core.isa.processor.opcode.OpcodeMapSpec;
import faultline.core.isa.processor.word.File;
import faultline.core.isa.processor.word.WordSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.lang.model.element.PackageElement;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;

/// Makes specs of the annotations of a package.
record SpecReader(PackageElement in, Elements elements) {

    OpcodeMapSpec opcodeMap(AnnotationReader values) {
        String flags = values.text("flags");
        Set<String> kinds = new LinkedHashSet<>();
        for (var field : ElementFilter.fieldsIn(elements.getTypeElement(flags).getEnclosedElements())) {
            if (field.getConstantValue() instanceof Integer) {
                kinds.add(field.getSimpleName().toString().toLowerCase(Locale.ROOT));
            }
        }
        return new OpcodeMapSpec(
                packageName(),
                values.text("name"),
                values.text("cpu"),
                flags,
                values.text("glue"),
                values.text("unit"),
                values.strings("conditions"),
                new LinkedHashSet<>(values.strings("features")),
                new LinkedHashSet<>(values.strings("keepsCarry")),
                new LinkedHashSet<>(values.strings("resultOnly")),
                new LinkedHashSet<>(values.strings("fused")),
                values.strings("pairs"),
                kinds);
    }

    WordSpec fixedWidth(AnnotationReader values) {
        List<File> files = values.annotations("registers", elements).stream()
                .map(SpecReader::file)
                .toList();
        return new WordSpec(
                packageName(),
                values.text("name"),
                values.text("cpu"),
                values.text("state"),
                values.text("shared"),
                files,
                values.text("width"),
                values.text("vectorWidth"),
                new LinkedHashSet<>(values.strings("expanded")),
                values.strings("conditions"),
                new LinkedHashSet<>(values.strings("records")),
                new LinkedHashSet<>(values.strings("fused")),
                values.strings("pairs"),
                new LinkedHashSet<>(values.strings("features")),
                Meaning.in(elements.getTypeElement(values.text("state"))),
                Meaning.in(elements.getTypeElement(values.text("shared"))));
    }

    private static File file(AnnotationReader values) {
        return new File(
                values.strings("fields"),
                values.text("array"),
                values.flag("halves"),
                values.number("bits"),
                values.number("first"),
                values.number("half"),
                values.flag("zeroes"),
                values.number("special"),
                values.number("reads"),
                values.number("writes"),
                values.text("base"),
                File.views(values.strings("views")));
    }

    private String packageName() {
        return in.getQualifiedName().toString();
    }
}
