package faultline.core.isa.processor;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.util.Elements;
import org.jspecify.annotations.Nullable;

/// What the documentation comments say of described methods and their classes: the first sentence
/// of each, which is its contract.
final class MeaningTable {

    private MeaningTable() {}

    /// Lines of class, method and sentence, separated by tabs; a class itself has no method.
    static String text(List<ExecutableElement> methods, Elements elements) {
        StringBuilder table = new StringBuilder("chapter\tmeaning\tsentence\n");
        Set<Element> chapters = new LinkedHashSet<>();
        for (ExecutableElement method : methods) {
            Element chapter = Objects.requireNonNull(method.getEnclosingElement());
            if (chapters.add(chapter)) {
                line(table, chapter, "", elements.getDocComment(chapter));
            }
            line(table, chapter, method.getSimpleName().toString(), elements.getDocComment(method));
        }
        return table.toString();
    }

    private static void line(StringBuilder table, Element chapter, String method, @Nullable String comment) {
        table.append(chapter.getSimpleName())
                .append('\t')
                .append(method)
                .append('\t')
                .append(comment == null ? "" : firstSentence(comment))
                .append('\n');
    }

    /// Up to the first full stop that ends a paragraph or has a blank behind it, outside of
    /// parentheses; links become code.
    static String firstSentence(String comment) {
        String text = comment.strip()
                .split("\n\\s*\n", 2)[0]
                .replaceAll("\\s+", " ")
                .replaceAll("\\[#?([A-Za-z0-9]+)]", "`$1`");
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            boolean ends = c == '.' && depth == 0 && (i + 1 == text.length() || text.charAt(i + 1) == ' ');
            if (ends) {
                return text.substring(0, i + 1);
            }
        }
        return text;
    }
}
