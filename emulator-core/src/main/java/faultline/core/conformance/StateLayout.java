package faultline.core.conformance;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The words of an architecture's state, by name: registers, flags, control words, and how a case
/// ended. A state is an array of them in this order.
///
/// Two words mean something to the machine itself: `pc` is where execution goes on, `ending` is 0
/// for a case that completed.
public final class StateLayout {

    /// A word and what it holds before a vector that does not say otherwise.
    public record Word(String name, long standard) {}

    private final List<Word> words;
    private final Map<String, Integer> indices = new HashMap<>();
    private final int pc;
    private final int ending;

    public StateLayout(List<Word> words, String pc, String ending) {
        this.words = List.copyOf(words);
        for (int i = 0; i < words.size(); i++) {
            indices.put(words.get(i).name(), i);
        }
        this.pc = index(pc);
        this.ending = index(ending);
    }

    public int size() {
        return words.size();
    }

    public String name(int index) {
        return words.get(index).name();
    }

    public long standard(int index) {
        return words.get(index).standard();
    }

    /// The index of a word.
    ///
    /// @throws IllegalArgumentException if there is none of that name
    public int index(String name) {
        Integer index = indices.get(name);
        if (index == null) {
            throw new IllegalArgumentException(name + ": there is no such word of state");
        }
        return index;
    }

    int pc() {
        return pc;
    }

    int ending() {
        return ending;
    }

    Collection<String> names() {
        return words.stream().map(Word::name).toList();
    }

    /// A state that is standard in every word.
    public long[] standardState() {
        return words.stream().mapToLong(Word::standard).toArray();
    }
}
