package faultline.core.isa.survey;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// All spellings of an architecture, in the order in which they are applied.
public record Spellings(List<Spelling> all) {

    public Spellings {
        all = List.copyOf(all);
    }

    /// The reference's text as we spell it.
    public String ours(String theirs) {
        return respelled(theirs, null);
    }

    /// Whether without this spelling its example would stay another text.
    public boolean isNeeded(Spelling spelling) {
        return !respelled(spelling.theirs(), spelling).equals(ours(spelling.theirs()));
    }

    private String respelled(String theirs, @Nullable Spelling without) {
        String text = theirs;
        for (Spelling spelling : all) {
            text = spelling == without ? text : spelling.rule().apply(text);
        }
        return text;
    }
}
