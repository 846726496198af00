package faultline.core.isa.processor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.util.Elements;
import org.jspecify.annotations.Nullable;

/// The values of one annotation, with class names as text.
final class AnnotationReader {

    private final Map<String, AnnotationValue> values = new LinkedHashMap<>();

    private AnnotationReader(AnnotationMirror mirror, Elements elements) {
        elements.getElementValuesWithDefaults(mirror)
                .forEach((key, value) -> values.put(key.getSimpleName().toString(), value));
    }

    /// The annotation of an element by its simple name, or null.
    static @Nullable AnnotationReader find(Element element, String name, Elements elements) {
        for (AnnotationMirror mirror : element.getAnnotationMirrors()) {
            if (mirror.getAnnotationType().asElement().getSimpleName().contentEquals(name)) {
                return new AnnotationReader(mirror, elements);
            }
        }
        return null;
    }

    private Object value(String name) {
        return Objects.requireNonNull(values.get(name)).getValue();
    }

    String text(String name) {
        return value(name).toString();
    }

    List<String> strings(String name) {
        List<String> strings = new ArrayList<>();
        for (Object value : (List<?>) value(name)) {
            strings.add(((AnnotationValue) value).getValue().toString());
        }
        return strings;
    }

    int number(String name) {
        return (Integer) value(name);
    }

    boolean flag(String name) {
        return (Boolean) value(name);
    }

    /// The annotations that are the elements of an array.
    List<AnnotationReader> annotations(String name, Elements elements) {
        List<AnnotationReader> found = new ArrayList<>();
        for (Object value : (List<?>) value(name)) {
            found.add(new AnnotationReader((AnnotationMirror) ((AnnotationValue) value).getValue(), elements));
        }
        return found;
    }
}
