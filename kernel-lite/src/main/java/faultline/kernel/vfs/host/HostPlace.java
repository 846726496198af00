package faultline.kernel.vfs.host;

import faultline.kernel.Errno;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A file of the host below a directory the guest may see. `path` is real up to its last component:
/// no symbolic link is ever passed through, and before each use [#verified] proves that nobody has
/// put one in the way since.
record HostPlace(Path path) {

    /// A tree's root, or a single file; its own links are resolved here, once.
    static HostPlace root(Path hostPath) throws IOException {
        return new HostPlace(hostPath.toRealPath());
    }

    /// The place of an entry; null for a name the host cannot express.
    @Nullable
    HostPlace child(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0 || name.indexOf(0) >= 0) {
            return null;
        }
        try {
            return new HostPlace(path.resolve(decode(name)));
        } catch (InvalidPathException inexpressible) {
            return null;
        }
    }

    /// A guest name, whose chars are bytes, as the host's Java has it.
    static String decode(String name) {
        return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /// The bytes of a host name as the chars of a guest name.
    static String encode(String name) {
        return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /// The path, after checking that the directory it is in is still the one it was: ENOENT when a link or another
    /// directory has taken its place.
    Path verified() {
        Path directory = path.getParent();
        if (directory == null) {
            return path;
        }
        try {
            if (!directory.toRealPath().equals(directory)) {
                throw Errno.ENOENT.exception();
            }
        } catch (IOException gone) {
            throw HostErrors.of(gone);
        }
        return path;
    }

    /// Its attributes, or null when it does not exist (any more).
    @Nullable
    HostAttributes attributes() {
        try {
            return HostAttributes.read(path);
        } catch (IOException unreadable) {
            return null;
        }
    }

    /// The names of a directory, sorted so that a listing repeats. EACCES when the host refuses.
    List<String> names() {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(verified())) {
            for (Path entry : entries) {
                names.add(encode(Objects.requireNonNull(entry.getFileName()).toString()));
            }
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        } catch (java.nio.file.DirectoryIteratorException failure) {
            throw HostErrors.of(Objects.requireNonNull(failure.getCause()));
        }
        names.sort(null);
        return names;
    }

    /// The text of a symbolic link.
    String readLink() {
        try {
            return encode(Files.readSymbolicLink(verified()).toString());
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        }
    }
}
