package faultline.kernel.syscall;

import faultline.kernel.Errno;
import faultline.kernel.mm.uaccess.UserMemory;
import faultline.kernel.task.Identity;
import faultline.kernel.task.Task;
import java.util.ArrayList;
import java.util.List;

/// User and group ids: the set*id family of `kernel/sys.c`. Ids belong to the thread; libc keeps
/// threads alike.
public final class IdentityCalls {

    private static final int KEEP = -1;
    private static final int MAX_GROUPS = 65_536;
    private static final int CAPABILITY_VERSION_1 = 0x1998_0330;
    private static final int CAPABILITY_VERSION_2 = 0x2007_1026;
    private static final int CAPABILITY_VERSION_3 = 0x2008_0522;

    private IdentityCalls() {}

    public static void register(SyscallTable table) {
        table.add("getuid", "", (task, args) -> task.identity().uid());
        table.add("geteuid", "", (task, args) -> task.identity().euid());
        table.add("getgid", "", (task, args) -> task.identity().gid());
        table.add("getegid", "", (task, args) -> task.identity().egid());
        table.add("getresuid", "ptr ptr ptr", IdentityCalls::getresuid);
        table.add("getresgid", "ptr ptr ptr", IdentityCalls::getresgid);
        table.add("setuid", "uid", (task, a) -> setuid(task, (int) a[0]));
        table.add("setgid", "uid", (task, a) -> setgid(task, (int) a[0]));
        table.add("setreuid", "uid uid", (task, a) -> setreuid(task, (int) a[0], (int) a[1]));
        table.add("setregid", "uid uid", (task, a) -> setregid(task, (int) a[0], (int) a[1]));
        table.add("setresuid", "uid uid uid", (task, a) -> setresuid(task, (int) a[0], (int) a[1], (int) a[2]));
        table.add("setresgid", "uid uid uid", (task, a) -> setresgid(task, (int) a[0], (int) a[1], (int) a[2]));
        table.add("setfsuid", "uid", (task, a) -> setfsuid(task, (int) a[0]));
        table.add("setfsgid", "uid", (task, a) -> setfsgid(task, (int) a[0]));
        table.add("getgroups", "int >groups", IdentityCalls::getgroups);
        table.add("setgroups", "int ptr", IdentityCalls::setgroups);
        table.add("capget", "ptr ptr", IdentityCalls::capget);
        table.add("capset", "ptr ptr", IdentityCalls::capset);
    }

    private static long getresuid(Task task, long[] a) {
        Identity me = task.identity();
        return storeThree(task.memory(), a, me.uid(), me.euid(), me.suid());
    }

    private static long getresgid(Task task, long[] a) {
        Identity me = task.identity();
        return storeThree(task.memory(), a, me.gid(), me.egid(), me.sgid());
    }

    private static long storeThree(UserMemory memory, long[] at, int real, int effective, int saved) {
        memory.store32(at[0], real);
        memory.store32(at[1], effective);
        memory.store32(at[2], saved);
        return 0;
    }

    private static long setuid(Task task, int uid) {
        Identity me = task.identity();
        if (uid == KEEP) {
            throw Errno.EINVAL.exception();
        }
        if (me.isPrivileged()) {
            task.changeIdentity(me.withUsers(uid, uid, uid, uid));
        } else if (uid == me.uid() || uid == me.suid()) {
            task.changeIdentity(me.withUsers(me.uid(), uid, me.suid(), uid));
        } else {
            throw Errno.EPERM.exception();
        }
        return 0;
    }

    private static long setgid(Task task, int gid) {
        Identity me = task.identity();
        if (gid == KEEP) {
            throw Errno.EINVAL.exception();
        }
        if (me.isPrivileged()) {
            task.changeIdentity(me.withGroupIds(gid, gid, gid, gid));
        } else if (gid == me.gid() || gid == me.sgid()) {
            task.changeIdentity(me.withGroupIds(me.gid(), gid, me.sgid(), gid));
        } else {
            throw Errno.EPERM.exception();
        }
        return 0;
    }

    private static long setreuid(Task task, int real, int effective) {
        Identity me = task.identity();
        int newReal = real == KEEP ? me.uid() : real;
        int newEffective = effective == KEEP ? me.euid() : effective;
        boolean allowed = me.isPrivileged()
                || (newReal == me.uid() || newReal == me.euid())
                        && (newEffective == me.uid() || newEffective == me.euid() || newEffective == me.suid());
        require(allowed);
        boolean setsSaved = real != KEEP || effective != KEEP && newEffective != me.uid();
        task.changeIdentity(me.withUsers(newReal, newEffective, setsSaved ? newEffective : me.suid(), newEffective));
        return 0;
    }

    private static long setregid(Task task, int real, int effective) {
        Identity me = task.identity();
        int newReal = real == KEEP ? me.gid() : real;
        int newEffective = effective == KEEP ? me.egid() : effective;
        boolean allowed = me.isPrivileged()
                || (newReal == me.gid() || newReal == me.egid())
                        && (newEffective == me.gid() || newEffective == me.egid() || newEffective == me.sgid());
        require(allowed);
        boolean setsSaved = real != KEEP || effective != KEEP && newEffective != me.gid();
        task.changeIdentity(me.withGroupIds(newReal, newEffective, setsSaved ? newEffective : me.sgid(), newEffective));
        return 0;
    }

    private static long setresuid(Task task, int real, int effective, int saved) {
        Identity me = task.identity();
        require(me.isPrivileged()
                || isOneOf(real, me.uid(), me.euid(), me.suid())
                        && isOneOf(effective, me.uid(), me.euid(), me.suid())
                        && isOneOf(saved, me.uid(), me.euid(), me.suid()));
        int newEffective = effective == KEEP ? me.euid() : effective;
        task.changeIdentity(me.withUsers(
                real == KEEP ? me.uid() : real, newEffective, saved == KEEP ? me.suid() : saved, newEffective));
        return 0;
    }

    private static long setresgid(Task task, int real, int effective, int saved) {
        Identity me = task.identity();
        require(me.isPrivileged()
                || isOneOf(real, me.gid(), me.egid(), me.sgid())
                        && isOneOf(effective, me.gid(), me.egid(), me.sgid())
                        && isOneOf(saved, me.gid(), me.egid(), me.sgid()));
        int newEffective = effective == KEEP ? me.egid() : effective;
        task.changeIdentity(me.withGroupIds(
                real == KEEP ? me.gid() : real, newEffective, saved == KEEP ? me.sgid() : saved, newEffective));
        return 0;
    }

    private static boolean isOneOf(int id, int first, int second, int third) {
        return id == KEEP || id == first || id == second || id == third;
    }

    /// setfsuid has no error: it returns what was, changed or not.
    private static long setfsuid(Task task, int uid) {
        Identity me = task.identity();
        if (uid != KEEP && (me.isPrivileged() || uid == me.fsuid() || isOneOf(uid, me.uid(), me.euid(), me.suid()))) {
            task.changeIdentity(me.withUsers(me.uid(), me.euid(), me.suid(), uid));
        }
        return me.fsuid();
    }

    private static long setfsgid(Task task, int gid) {
        Identity me = task.identity();
        if (gid != KEEP && (me.isPrivileged() || gid == me.fsgid() || isOneOf(gid, me.gid(), me.egid(), me.sgid()))) {
            task.changeIdentity(me.withGroupIds(me.gid(), me.egid(), me.sgid(), gid));
        }
        return me.fsgid();
    }

    private static void require(boolean allowed) {
        if (!allowed) {
            throw Errno.EPERM.exception();
        }
    }

    private static long getgroups(Task task, long[] a) {
        List<Integer> groups = task.identity().groups();
        int room = (int) a[0];
        if (room == 0) {
            return groups.size();
        }
        if (room < groups.size()) {
            throw Errno.EINVAL.exception();
        }
        for (int i = 0; i < groups.size(); i++) {
            task.memory().store32(a[1] + 4L * i, groups.get(i));
        }
        return groups.size();
    }

    private static long setgroups(Task task, long[] a) {
        require(task.identity().isPrivileged());
        int count = (int) a[0];
        if (count < 0 || count > MAX_GROUPS) {
            throw Errno.EINVAL.exception();
        }
        List<Integer> groups = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            groups.add(task.memory().load32(a[1] + 4L * i));
        }
        task.changeIdentity(task.identity().withGroups(groups));
        return 0;
    }

    /// Capabilities are all or nothing: user 0 has every one.
    private static long capget(Task task, long[] a) {
        UserMemory memory = task.memory();
        int words = capabilityWords(memory, a[0]);
        if (a[1] == 0) {
            return 0;
        }
        int pid = memory.load32(a[0] + 4);
        if (pid < 0) {
            throw Errno.EINVAL.exception();
        }
        Task target = pid == 0 ? task : task.tasks().find(pid);
        if (target == null) {
            throw Errno.ESRCH.exception();
        }
        for (int i = 0; i < words; i++) {
            // 41 capabilities: CAP_CHOWN to CAP_CHECKPOINT_RESTORE.
            int all = target.identity().isPrivileged() ? (i == 0 ? -1 : 0x1ff) : 0;
            memory.store32(a[1] + 12L * i, all);
            memory.store32(a[1] + 12L * i + 4, all);
            memory.store32(a[1] + 12L * i + 8, 0);
        }
        return 0;
    }

    private static int capabilityWords(UserMemory memory, long header) {
        return switch (memory.load32(header)) {
            case CAPABILITY_VERSION_1 -> 1;
            case CAPABILITY_VERSION_2, CAPABILITY_VERSION_3 -> 2;
            default -> {
                memory.store32(header, CAPABILITY_VERSION_3);
                throw Errno.EINVAL.exception();
            }
        };
    }

    /// Giving capabilities up is accepted and has no effect; asking for more than one has is EPERM.
    private static long capset(Task task, long[] a) {
        int words = capabilityWords(task.memory(), a[0]);
        for (int i = 0; i < words; i++) {
            require(task.identity().isPrivileged()
                    || (task.memory().load32(a[1] + 12L * i) | task.memory().load32(a[1] + 12L * i + 4)) == 0);
        }
        return 0;
    }
}
