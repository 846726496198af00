package faultline.kernel.vfs.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Changes of attributes on the host, by path and never through a link.
final class HostChanges {

    private HostChanges() {}

    static void permissions(HostPlace place, int permissions) {
        set(place, "unix:mode", permissions);
    }

    static void owner(HostPlace place, int uid, int gid) {
        if (uid != -1) {
            set(place, "unix:uid", uid);
        }
        if (gid != -1) {
            set(place, "unix:gid", gid);
        }
    }

    private static void set(HostPlace place, String attribute, int value) {
        try {
            Path path = place.verified();
            if (Files.isSymbolicLink(path)) {
                return;
            }
            Files.setAttribute(path, attribute, value, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        }
    }

    static void times(HostPlace place, @Nullable Instant access, @Nullable Instant modification) {
        try {
            Files.getFileAttributeView(place.verified(), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setTimes(
                            modification == null ? null : FileTime.from(modification),
                            access == null ? null : FileTime.from(access),
                            null);
        } catch (IOException failure) {
            throw HostErrors.of(failure);
        }
    }
}
