package faultline.guests;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// The resources beside this class: tables, ELF files and expected output.
final class GuestResources {

    private GuestResources() {}

    static boolean exists(String path) {
        return GuestResources.class.getResource(path) != null;
    }

    static String text(String path) {
        return new String(bytes(path), StandardCharsets.UTF_8);
    }

    static byte[] bytes(String path) {
        try (InputStream in = GuestResources.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("guests: resource " + path + " is missing from the module");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("guests: resource " + path + " cannot be read", e);
        }
    }
}
