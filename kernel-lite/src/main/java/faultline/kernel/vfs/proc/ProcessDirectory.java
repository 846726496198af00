package faultline.kernel.vfs.proc;

import faultline.kernel.Errno;
import faultline.kernel.vfs.Caller;
import faultline.kernel.vfs.Credentials;
import faultline.kernel.vfs.FdTable;
import faultline.kernel.vfs.FileMode;
import faultline.kernel.vfs.FsContext;
import faultline.kernel.vfs.Inode;
import faultline.kernel.vfs.Mount;
import faultline.kernel.vfs.OpenFile;
import faultline.kernel.vfs.VfsPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/proc/PID`, or `/proc/PID/task/TID` without `task`.
final class ProcessDirectory extends ProcDirectory {

    private static final List<String> NAMES = List.of(
            "auxv",
            "cgroup",
            "clear_refs",
            "cmdline",
            "comm",
            "cwd",
            "environ",
            "exe",
            "fd",
            "fdinfo",
            "ksm_merging_pages",
            "ksm_stat",
            "limits",
            "loginuid",
            "maps",
            "mountinfo",
            "mounts",
            "numa_maps",
            "oom_score",
            "oom_score_adj",
            "pagemap",
            "personality",
            "root",
            "smaps",
            "smaps_rollup",
            "stat",
            "statm",
            "status");

    private static final int OOM_ADJUSTMENTS = 1000;

    private final ProcFileSystem fileSystem;
    private final ProcessInfo process;
    private final boolean hasThreads;

    ProcessDirectory(ProcFileSystem fileSystem, ProcessInfo process, boolean hasThreads) {
        super(fileSystem, 0555, process.owner());
        this.fileSystem = fileSystem;
        this.process = process;
        this.hasThreads = hasThreads;
    }

    @Override
    List<String> names() {
        if (!hasThreads) {
            return NAMES;
        }
        List<String> names = new ArrayList<>(NAMES);
        names.add("task");
        return names;
    }

    @Override
    @Nullable
    Inode make(String name) {
        Credentials owner = process.owner();
        return switch (name) {
            case "auxv" -> ProcText.bytes(fileSystem, 0400, owner, process::auxv);
            case "cmdline" -> ProcText.bytes(fileSystem, 0444, owner, process::cmdline);
            case "environ" -> ProcText.bytes(fileSystem, 0400, owner, process::environ);
            // Of no group: the root of a hierarchy without controllers.
            case "cgroup" -> ProcText.of(fileSystem, owner, () -> "0::/\n");
            // Nobody has logged in.
            case "loginuid" -> ProcText.of(fileSystem, owner, () -> "4294967295");
            case "oom_score" -> ProcText.of(fileSystem, owner, () -> process.oomScore() + "\n");
            case "oom_score_adj" ->
                ProcText.writable(fileSystem, owner, () -> process.oomAdjustment() + "\n", this::setOomAdjustment);
            case "personality" -> ProcText.bytes(fileSystem, 0400, owner, () -> bytes(process.personality()));
            case "comm" -> ProcText.writable(fileSystem, owner, () -> process.comm() + "\n", this::setComm);
            case "ksm_merging_pages" ->
                ProcText.bytes(fileSystem, 0400, owner, () -> bytes(process.ksmMergingPages() + "\n"));
            case "ksm_stat" -> ProcText.bytes(fileSystem, 0400, owner, () -> bytes(process.ksmStat()));
            case "limits" -> ProcText.of(fileSystem, owner, process::limits);
            case "maps" -> ProcText.of(fileSystem, owner, process::maps);
            case "numa_maps" -> ProcText.of(fileSystem, owner, process::numaMaps);
            case "smaps" -> ProcText.of(fileSystem, owner, process::smaps);
            case "smaps_rollup" -> ProcText.of(fileSystem, owner, process::smapsRollup);
            case "pagemap" -> new ProcPagemap(fileSystem, owner, process);
            case "clear_refs" ->
                ProcText.writable(
                        fileSystem,
                        0200,
                        owner,
                        () -> {
                            // It has no read method.
                            throw Errno.EINVAL.exception();
                        },
                        text -> process.clearRefs(ProcFileSystem.parse(text)));
            case "stat" -> ProcText.of(fileSystem, owner, process::stat);
            case "statm" -> ProcText.of(fileSystem, owner, process::statm);
            case "status" -> ProcText.of(fileSystem, owner, process::status);
            case "mounts" -> ProcText.of(fileSystem, owner, () -> mounts(false));
            case "mountinfo" -> ProcText.of(fileSystem, owner, () -> mounts(true));
            case "exe" -> ProcLink.jump(fileSystem, 0777, owner, process::executable);
            case "cwd" -> ProcLink.jump(fileSystem, 0777, owner, () -> place(false));
            case "root" -> ProcLink.jump(fileSystem, 0777, owner, () -> place(true));
            case "fd" -> new FdDirectory(owner, false);
            case "fdinfo" -> new FdDirectory(owner, true);
            case "task" -> hasThreads ? new TaskDirectory(owner) : null;
            default -> null;
        };
    }

    private void setComm(String name) {
        if (Caller.current().pid() != process.id() && hasThreads) {
            throw Errno.EINVAL.exception();
        }
        process.setComm(name.endsWith("\n") ? name.substring(0, name.length() - 1) : name);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// A number from -1000 to 1000, which the killer adds to the process's points: `oom_score_adj_write`.
    private void setOomAdjustment(String text) {
        int value;
        try {
            value = Integer.parseInt(text.strip());
        } catch (NumberFormatException _) {
            throw Errno.EINVAL.exception();
        }
        if (value < -OOM_ADJUSTMENTS || value > OOM_ADJUSTMENTS) {
            throw Errno.EINVAL.exception();
        }
        process.setOomAdjustment(value);
    }

    private @Nullable VfsPath place(boolean root) {
        FsContext fs = process.fs();
        return fs == null ? null : root ? fs.root() : fs.current();
    }

    /// The mounts inside the process's root, in the format of `/proc/mounts` or of `/proc/PID/mountinfo`.
    private String mounts(boolean info) {
        FsContext fs = process.fs();
        if (fs == null) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        List<Mount> mounts = fs.namespace().mounts();
        for (int i = 0; i < mounts.size(); i++) {
            Mount mount = mounts.get(i);
            VfsPath at = mount.at();
            if (at != null && !at.isReachable(fs.root())) {
                continue;
            }
            String where = at == null ? "/" : at.text(fs.root());
            String options = (mount.refusesWrites() ? "ro" : "rw") + ",relatime";
            String type = mount.fileSystem().type();
            if (info) {
                int device = mount.fileSystem().device();
                text.append(i + 1).append(' ').append(at == null ? 0 : mounts.indexOf(at.mount()) + 1);
                text.append(' ').append(FileMode.major(device)).append(':').append(FileMode.minor(device));
                text.append(" / ")
                        .append(escape(where))
                        .append(' ')
                        .append(options)
                        .append(" - ");
                text.append(type).append(' ').append(escape(mount.source())).append(" rw\n");
            } else {
                text.append(escape(mount.source()))
                        .append(' ')
                        .append(escape(where))
                        .append(' ');
                text.append(type).append(' ').append(options).append(" 0 0\n");
            }
        }
        return text.toString();
    }

    /// getmntent(3)'s octal escapes.
    private static String escape(String text) {
        return text.replace("\\", "\\134")
                .replace(" ", "\\040")
                .replace("\t", "\\011")
                .replace("\n", "\\012");
    }

    /// `fd` and `fdinfo`.
    private final class FdDirectory extends ProcDirectory {

        private final Credentials owner;
        private final boolean info;

        FdDirectory(Credentials owner, boolean info) {
            super(fileSystem, 0500, owner);
            this.owner = owner;
            this.info = info;
        }

        @Override
        List<String> names() {
            List<String> names = new ArrayList<>();
            FdTable files = process.files();
            if (files != null) {
                for (int fd : files.descriptors()) {
                    names.add(Integer.toString(fd));
                }
            }
            return names;
        }

        private @Nullable OpenFile file(int fd) {
            FdTable files = process.files();
            return files == null || fd < 0 ? null : files.find(fd);
        }

        @Override
        @Nullable
        Inode make(String name) {
            int fd = number(name);
            OpenFile file = file(fd);
            if (file == null) {
                return null;
            }
            if (info) {
                return ProcText.of(fileSystem, owner, () -> fdinfo(fd));
            }
            int permissions = 0100 | (file.readable() ? 0400 : 0) | (file.writable() ? 0200 : 0);
            return ProcLink.jump(fileSystem, permissions, owner, () -> {
                OpenFile now = file(fd);
                return now == null ? null : now.path();
            });
        }

        private String fdinfo(int fd) {
            OpenFile file = file(fd);
            FdTable files = process.files();
            if (file == null || files == null) {
                throw Errno.ENOENT.exception();
            }
            int flags = file.flags() | (files.isCloseOnExec(fd) ? FileMode.O_CLOEXEC : 0);
            int shown = fileSystem.system().openFlags().toUser(flags);
            return "pos:\t" + file.position() + "\nflags:\t0" + Integer.toOctalString(shown) + "\nmnt_id:\t1\nino:\t"
                    + file.inode() + "\n" + file.fdinfo();
        }
    }

    private final class TaskDirectory extends ProcDirectory {

        TaskDirectory(Credentials owner) {
            super(fileSystem, 0555, owner);
        }

        @Override
        List<String> names() {
            return process.threads().stream().map(String::valueOf).toList();
        }

        @Override
        @Nullable
        Inode make(String name) {
            int tid = number(name);
            ProcessInfo thread = tid < 0 ? null : process.thread(tid);
            return thread == null ? null : new ProcessDirectory(fileSystem, thread, false);
        }
    }
}
