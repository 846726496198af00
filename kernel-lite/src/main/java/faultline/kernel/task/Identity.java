package faultline.kernel.task;

import faultline.kernel.vfs.Credentials;
import java.util.List;

/// The user and group ids of a thread: real, effective, saved and file-system. Immutable; a thread
/// swaps the whole.
public record Identity(
        int uid, int euid, int suid, int fsuid, int gid, int egid, int sgid, int fsgid, List<Integer> groups) {

    public Identity {
        groups = List.copyOf(groups);
    }

    /// All ids the same.
    public static Identity of(int uid, int gid) {
        return new Identity(uid, uid, uid, uid, gid, gid, gid, gid, List.of());
    }

    /// Whether the thread may do what Linux asks a capability for: here, user 0 has them all.
    public boolean isPrivileged() {
        return euid == 0;
    }

    /// Whether its real, effective and saved ids are all these: it was given no rights of another user or group.
    public boolean isAll(int user, int group) {
        return user == uid && user == euid && user == suid && group == gid && group == egid && group == sgid;
    }

    /// What the file system checks.
    public Credentials credentials() {
        return credentials(fsuid, fsgid);
    }

    /// What `access` checks: the real ids.
    public Credentials realCredentials() {
        return credentials(uid, gid);
    }

    private Credentials credentials(int user, int group) {
        int[] extra = new int[groups.size()];
        for (int i = 0; i < extra.length; i++) {
            extra[i] = groups.get(i);
        }
        return new Credentials(user, group, extra);
    }

    public Identity withUsers(int real, int effective, int saved, int fs) {
        return new Identity(real, effective, saved, fs, gid, egid, sgid, fsgid, groups);
    }

    public Identity withGroupIds(int real, int effective, int saved, int fs) {
        return new Identity(uid, euid, suid, fsuid, real, effective, saved, fs, groups);
    }

    public Identity withGroups(List<Integer> supplementary) {
        return new Identity(uid, euid, suid, fsuid, gid, egid, sgid, fsgid, supplementary);
    }
}
