package faultline.core.isa.processor.form;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.util.ElementFilter;

/// A method of a description: a meaning, or one that gives a further result.
public record Meaning(String owner, String name, String result, List<Parameter> parameters) {

    /// A parameter; its name says what it is bound to.
    public record Parameter(String name, String type) {}

    public static Meaning of(ExecutableElement method) {
        Set<Modifier> modifiers = method.getModifiers();
        if (!modifiers.contains(Modifier.STATIC) || modifiers.contains(Modifier.PRIVATE)) {
            throw new Refusal("method " + method.getSimpleName() + ": needs to be static and package-private");
        }
        List<Parameter> parameters = new ArrayList<>();
        for (VariableElement parameter : method.getParameters()) {
            parameters.add(new Parameter(
                    parameter.getSimpleName().toString(), parameter.asType().toString()));
        }
        TypeElement owner = (TypeElement) Objects.requireNonNull(method.getEnclosingElement());
        return new Meaning(
                owner.getSimpleName().toString(),
                method.getSimpleName().toString(),
                method.getReturnType().toString(),
                List.copyOf(parameters));
    }

    /// The static methods of a class that are not private, by name.
    public static Map<String, Meaning> in(TypeElement owner) {
        Map<String, Meaning> methods = new HashMap<>();
        for (ExecutableElement method : ElementFilter.methodsIn(owner.getEnclosedElements())) {
            Set<Modifier> modifiers = method.getModifiers();
            if (modifiers.contains(Modifier.STATIC) && !modifiers.contains(Modifier.PRIVATE)) {
                Meaning meaning = of(method);
                methods.put(meaning.name(), meaning);
            }
        }
        return methods;
    }

    public boolean reads(String name) {
        return parameters.stream().anyMatch(p -> p.name().equals(name));
    }

    public boolean isVoid() {
        return result.equals("void");
    }

    public boolean isBoolean() {
        return result.equals("boolean");
    }

    /// The first parameter is the CPU: the method does everything itself.
    public boolean isOpaque() {
        return reads("cpu");
    }

    public boolean touchesMemory() {
        return reads("mem");
    }
}
