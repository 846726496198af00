package faultline.kernel.vfs;

/// What a terminal asks of the process table. The task layer implements it; any thread may call it, also the one
/// that reads the host's terminal.
public interface JobControl {

    /// Sends a signal to every process of a group, from the kernel.
    void signalProcessGroup(int group, int signal);

    /// The session of a process group, or -1 when there is no such group.
    int sessionOfGroup(int group);

    /// Whether no member has a parent in another group of its session: such a group is never stopped from the
    /// terminal.
    boolean isOrphaned(int group);
}
