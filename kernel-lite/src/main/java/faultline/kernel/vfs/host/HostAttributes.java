package faultline.kernel.vfs.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the host's `lstat` says of a file.
record HostAttributes(
        long device,
        long inode,
        int mode,
        int links,
        int uid,
        int gid,
        long rdev,
        long size,
        Instant accessed,
        Instant modified,
        Instant changed) {

    private static final String WANTED =
            "unix:dev,ino,mode,nlink,uid,gid,rdev,size,lastAccessTime,lastModifiedTime,ctime";

    static HostAttributes read(Path path) throws IOException {
        return of(Files.readAttributes(path, WANTED, LinkOption.NOFOLLOW_LINKS));
    }

    /// What a link leads to; only for links of our own process's descriptors.
    static HostAttributes follow(Path link) throws IOException {
        return of(Files.readAttributes(link, WANTED));
    }

    /// A file of which only the mode is known.
    static HostAttributes ofMode(int mode) {
        Instant none = Instant.EPOCH;
        return new HostAttributes(0, 1, mode, 1, 0, 0, 0, 0, none, none, none);
    }

    private static HostAttributes of(Map<String, Object> all) {
        return new HostAttributes(
                number(all, "dev"),
                number(all, "ino"),
                (int) number(all, "mode"),
                (int) number(all, "nlink"),
                (int) number(all, "uid"),
                (int) number(all, "gid"),
                number(all, "rdev"),
                number(all, "size"),
                time(all, "lastAccessTime"),
                time(all, "lastModifiedTime"),
                time(all, "ctime"));
    }

    private static long number(Map<String, Object> all, String name) {
        return all.get(name) instanceof Number number ? number.longValue() : 0;
    }

    private static Instant time(Map<String, Object> all, String name) {
        return all.get(name) instanceof FileTime time ? time.toInstant() : Instant.EPOCH;
    }

    /// Names a file whatever its path: hard links have the same.
    Key key() {
        return new Key(device, inode);
    }

    /// Device and inode number on the host. Its methods are written out because the JVM generates a
    /// record's when they are first called, in each process anew.
    record Key(long device, long inode) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && device == key.device && inode == key.inode;
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(device) + Long.hashCode(inode);
        }
    }

    /// Whether the contents may differ from those `other` described.
    boolean differsInContent(HostAttributes other) {
        return size != other.size || !modified.equals(other.modified);
    }
}
