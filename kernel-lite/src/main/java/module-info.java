/// The mini-kernel: memory management, tasks, signals, files and system calls of Linux. Knows the
/// machine, and no particular architecture.
module faultline.kernel {
    requires transitive faultline.core;
}
