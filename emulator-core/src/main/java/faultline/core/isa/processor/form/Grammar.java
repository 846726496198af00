package faultline.core.isa.processor.form;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A notation of rows: how they are parsed, when they contradict each other, and what is generated.
///
/// Called in this order: [#parse] and [#conflict] for every row, [#add] for every row, [#addPairs],
/// [#sources].
public interface Grammar<R extends DescribedRow> {

    /// What the package's annotation says.
    Spec spec();

    /// Parses and checks a row on its own. Throws [Refusal].
    R parse(String text, Meaning meaning);

    /// What is wrong with a row beside the others, or null.
    @Nullable
    String conflict(R row);

    /// Makes the forms of a row. Throws [Refusal].
    void add(R row);

    /// Adds the pairs that a line of the annotation names. Throws [Refusal].
    void addPairs(String text);

    /// Every generated source by simple class name.
    Map<String, String> sources();

    /// The rows in the order they were added.
    List<R> rows();
}
