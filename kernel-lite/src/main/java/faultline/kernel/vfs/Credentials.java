package faultline.kernel.vfs;

import java.util.Arrays;

/// Who a task is to the file system: `fsuid`, `fsgid` and supplementary groups. User 0 may do everything.
public record Credentials(int uid, int gid, int[] groups) {

    /// The superuser.
    public static final Credentials ROOT = new Credentials(0, 0, new int[0]);

    public Credentials {
        groups = groups.clone();
    }

    @Override
    public int[] groups() {
        return groups.clone();
    }

    /// Whether `group` is the primary or a supplementary one.
    public boolean inGroup(int group) {
        if (group == gid) {
            return true;
        }
        for (int supplementary : groups) {
            if (supplementary == group) {
                return true;
            }
        }
        return false;
    }

    public boolean isSuperuser() {
        return uid == 0;
    }

    /// Whether an inode's mode bits grant all of `wanted` (R=4, W=2, X=1). The superuser may execute only what has
    /// some execute bit, unless it is a directory.
    public boolean mayAccess(Inode inode, int wanted) {
        int mode = inode.mode();
        if (isSuperuser()) {
            return (wanted & 1) == 0 || inode.isDirectory() || (mode & 0111) != 0;
        }
        int granted = inode.uid() == uid ? mode >> 6 : inGroup(inode.gid()) ? mode >> 3 : mode;
        return (granted & wanted) == wanted;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Credentials that
                && uid == that.uid
                && gid == that.gid
                && Arrays.equals(groups, that.groups);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * uid + gid) + Arrays.hashCode(groups);
    }

    @Override
    public String toString() {
        return "uid " + uid + " gid " + gid + " groups " + Arrays.toString(groups);
    }
}
