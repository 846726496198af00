/// The mini-kernel: memory management, tasks, signals, files and system calls of Linux. Knows the
/// machine, and no particular architecture.
module faultline.kernel {
    requires transitive faultline.core;

    exports faultline.kernel;
    exports faultline.kernel.arch;
    exports faultline.kernel.block;
    exports faultline.kernel.boot;
    exports faultline.kernel.check;
    exports faultline.kernel.elf;
    exports faultline.kernel.lock;
    exports faultline.kernel.mm;
    exports faultline.kernel.mm.fault;
    exports faultline.kernel.mm.notifier;
    exports faultline.kernel.mm.page;
    exports faultline.kernel.mm.pgtable;
    exports faultline.kernel.mm.swap;
    exports faultline.kernel.mm.uaccess;
    exports faultline.kernel.perf;
    exports faultline.kernel.rcu;
    exports faultline.kernel.syscall;
    exports faultline.kernel.task;
    exports faultline.kernel.trace;
    exports faultline.kernel.vfs;
    exports faultline.kernel.vfs.dev;
    exports faultline.kernel.vfs.event;
    exports faultline.kernel.vfs.host;
    exports faultline.kernel.vfs.proc;
    exports faultline.kernel.vfs.root;
    exports faultline.kernel.vfs.socket;
    exports faultline.kernel.vfs.tty;
}
