package faultline.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reports for programs to read. Only those who ask for JSON load the library behind it.
public final class Json {

    private final Map<String, Object> members = new LinkedHashMap<>();

    private Json() {}

    /// An empty object; members keep their order.
    public static Json object() {
        return new Json();
    }

    /// Adds a member.
    public Json put(String name, Object value) {
        members.put(name, value);
        return this;
    }

    /// As the collections that the library knows.
    private static Object plain(Object value) {
        return switch (value) {
            case Json object -> {
                Map<String, Object> plain = new LinkedHashMap<>();
                object.members.forEach((name, member) -> plain.put(name, plain(member)));
                yield plain;
            }
            case List<?> list -> list.stream().map(Json::plain).toList();
            default -> value;
        };
    }

    /// The text of a value, over several lines.
    public static String text(Object value) {
        return write(value, true);
    }

    /// This object on one line.
    public String compact() {
        return write(this, false);
    }

    private static String write(Object value, boolean indented) {
        try {
            return JsonMapper.builder()
                    .configure(SerializationFeature.INDENT_OUTPUT, indented)
                    .build()
                    .writeValueAsString(plain(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cli: a report does not fit JSON", e);
        }
    }

    /// Prints a value on standard output.
    public static void print(Object value) {
        System.out.println(text(value));
    }
}
