package faultline.core.isa.processor.form;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The methods of the classes that describe instructions, by class and name.
public final class Methods {

    private final Map<String, Map<String, Meaning>> byOwner = new HashMap<>();

    public void add(String owner, Map<String, Meaning> methods) {
        byOwner.put(owner, methods);
    }

    /// Finds the methods of one class.
    public Function<String, @Nullable Meaning> of(String owner) {
        return byOwner.getOrDefault(owner, Map.of())::get;
    }
}
