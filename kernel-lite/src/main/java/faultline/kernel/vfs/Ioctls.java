package faultline.kernel.vfs;

/// The commands of `ioctl` that are implemented, in asm-generic's numbers. What an architecture has otherwise is in its
/// [IoctlNumbers].
public final class Ioctls {

    public static final int PERF_EVENT_IOC_ENABLE = 0x2400;
    public static final int PERF_EVENT_IOC_DISABLE = 0x2401;
    public static final int PERF_EVENT_IOC_REFRESH = 0x2402;
    public static final int PERF_EVENT_IOC_RESET = 0x2403;
    public static final int PERF_EVENT_IOC_PERIOD = 0x40082404;
    public static final int PERF_EVENT_IOC_SET_OUTPUT = 0x2405;
    public static final int PERF_EVENT_IOC_SET_FILTER = 0x40082406;
    public static final int PERF_EVENT_IOC_ID = 0x80082407;
    public static final int TCGETS = 0x5401;
    public static final int TCSETS = 0x5402;
    public static final int TCSETSW = 0x5403;
    public static final int TCSETSF = 0x5404;
    public static final int TCSBRK = 0x5409;
    public static final int TCXONC = 0x540a;
    public static final int TCFLSH = 0x540b;
    public static final int TIOCSCTTY = 0x540e;
    public static final int TIOCGPGRP = 0x540f;
    public static final int TIOCSPGRP = 0x5410;
    public static final int TIOCOUTQ = 0x5411;
    public static final int TIOCSTI = 0x5412;
    public static final int TIOCGWINSZ = 0x5413;
    public static final int TIOCSWINSZ = 0x5414;
    public static final int FIONREAD = 0x541b;
    public static final int FIONBIO = 0x5421;
    public static final int TIOCNOTTY = 0x5422;
    public static final int TIOCGETD = 0x5424;
    public static final int TCSBRKP = 0x5425;
    public static final int TIOCGSID = 0x5429;
    public static final int TCGETS2 = 0x802c542a;
    public static final int TCSETS2 = 0x402c542b;
    public static final int TCSETSW2 = 0x402c542c;
    public static final int TCSETSF2 = 0x402c542d;
    public static final int TIOCGPTN = 0x80045430;
    public static final int TIOCSPTLCK = 0x40045431;
    public static final int FIONCLEX = 0x5450;
    public static final int FIOCLEX = 0x5451;
    public static final int FIOASYNC = 0x5452;

    /// PAGEMAP_SCAN, of `/proc/PID/pagemap`.
    public static final int PAGEMAP_SCAN = 0xc0606610;

    /// USERFAULTFD_IOC_NEW, of `/dev/userfaultfd`.
    public static final int USERFAULTFD_IOC_NEW = 0xaa00;

    public static final int UFFDIO_MOVE = 0xc028aa05;
    public static final int UFFDIO_UNREGISTER = 0x8010aa01;
    public static final int UFFDIO_WAKE = 0x8010aa02;
    public static final int UFFDIO_WRITEPROTECT = 0xc018aa06;
    public static final int UFFDIO_API = 0xc018aa3f;
    public static final int UFFDIO_REGISTER = 0xc020aa00;
    public static final int UFFDIO_ZEROPAGE = 0xc020aa04;
    public static final int UFFDIO_CONTINUE = 0xc020aa07;
    public static final int UFFDIO_POISON = 0xc020aa08;
    public static final int UFFDIO_COPY = 0xc028aa03;

    private Ioctls() {}
}
