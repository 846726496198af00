package faultline.ppc64.abi;

import static java.util.Map.entry;

import faultline.kernel.FlagMap;
import faultline.kernel.NumberMap;
import faultline.kernel.mm.MapFlags;
import faultline.kernel.mm.MmConstants;
import faultline.kernel.mm.ShmLayout;
import faultline.kernel.vfs.IoctlNumbers;
import faultline.kernel.vfs.Ioctls;
import faultline.kernel.vfs.OpenFlags;
import faultline.kernel.vfs.tty.TermiosLayout;
import java.util.List;
import java.util.Map;

/// Where Linux on POWER has other numbers than asm-generic (`arch/powerpc/include/uapi/asm`).
final class GuestNumbers {

    /// fcntl.h.
    static final OpenFlags OPEN = new OpenFlags(0x20000, 0x10000, 0x4000, 0x8000);

    /// mman.h: MAP_NORESERVE and MAP_LOCKED; MCL_CURRENT, MCL_FUTURE and MCL_ONFAULT.
    static final MapFlags MAP = new MapFlags(
            FlagMap.of(0x40, MmConstants.MAP_NORESERVE, 0x80, MmConstants.MAP_LOCKED),
            FlagMap.of(
                    0x2000, MmConstants.MCL_CURRENT, 0x4000, MmConstants.MCL_FUTURE, 0x8000, MmConstants.MCL_ONFAULT));

    /// ioctl.h: 13 bits of size, and 3 of direction, of which none is one.
    private static final IoctlNumbers.Encoding ENCODING = new IoctlNumbers.Encoding(13, 1, 2, 4);

    /// ioctls.h: what BSD called otherwise.
    static final IoctlNumbers IOCTL = new IoctlNumbers(
            ENCODING,
            Map.ofEntries(
                    entry(0x20006601, Ioctls.FIOCLEX),
                    entry(0x20006602, Ioctls.FIONCLEX),
                    entry(0x8004667d, Ioctls.FIOASYNC),
                    entry(0x8004667e, Ioctls.FIONBIO),
                    entry(0x4004667f, Ioctls.FIONREAD),
                    entry(0x402c7413, Ioctls.TCGETS),
                    entry(0x802c7414, Ioctls.TCSETS),
                    entry(0x802c7415, Ioctls.TCSETSW),
                    entry(0x802c7416, Ioctls.TCSETSF),
                    entry(0x2000741d, Ioctls.TCSBRK),
                    entry(0x2000741e, Ioctls.TCXONC),
                    entry(0x2000741f, Ioctls.TCFLSH),
                    entry(0x80087467, Ioctls.TIOCSWINSZ),
                    entry(0x40087468, Ioctls.TIOCGWINSZ),
                    entry(0x40047473, Ioctls.TIOCOUTQ),
                    entry(0x80047476, Ioctls.TIOCSPGRP),
                    entry(0x40047477, Ioctls.TIOCGPGRP)));

    /// socket.h: SO_RCVLOWAT, SO_SNDLOWAT, SO_RCVTIMEO, SO_SNDTIMEO, SO_PASSCRED and SO_PEERCRED.
    static final NumberMap SOCKET_OPTIONS = new NumberMap(Map.of(16, 18, 17, 19, 18, 20, 19, 21, 20, 16, 21, 17));

    /// termbits.h. Characters in its order: VINTR, VQUIT, VERASE, VKILL, VEOF, VMIN, VEOL, VTIME, VEOL2, VSWTC,
    /// VWERASE,
    /// VREPRINT, VSUSP, VSTART, VSTOP, VLNEXT, VDISCARD.
    static final TermiosLayout TERMIOS = new TermiosLayout(
            true,
            List.of(0, 1, 2, 3, 4, 6, 11, 5, 16, 7, 14, 12, 10, 8, 9, 15, 13, 17, 18),
            // IXON, IXOFF, IUCLC.
            FlagMap.of(0x200, 0x400, 0x400, 0x1000, 0x1000, 0x200),
            // ONLCR, OLCUC, and the delays of NL, TAB, CR, FF, BS and VT.
            FlagMap.of(
                    0x2, 0x4, 0x4, 0x2, 0x100, 0x100, 0xc00, 0x1800, 0x3000, 0x600, 0x4000, 0x8000, 0x8000, 0x2000,
                    0x10000, 0x4000),
            // CSIZE, CSTOPB, CREAD, PARENB, PARODD, HUPCL, CLOCAL.
            FlagMap.of(
                    0x300, 0x30, 0x400, 0x40, 0x800, 0x80, 0x1000, 0x100, 0x2000, 0x200, 0x4000, 0x400, 0x8000, 0x800),
            // ISIG, ICANON, XCASE, ECHO, ECHOE, ECHOK, ECHONL, NOFLSH, TOSTOP, ECHOCTL, ECHOPRT, ECHOKE, FLUSHO,
            // PENDIN,
            // IEXTEN, EXTPROC.
            FlagMap.of(
                    0x80,
                    0x1,
                    0x100,
                    0x2,
                    0x4000,
                    0x4,
                    0x8,
                    0x8,
                    0x2,
                    0x10,
                    0x4,
                    0x20,
                    0x10,
                    0x40,
                    0x80000000,
                    0x80,
                    0x400000,
                    0x100,
                    0x40,
                    0x200,
                    0x20,
                    0x400,
                    0x1,
                    0x800,
                    0x800000,
                    0x1000,
                    0x20000000,
                    0x4000,
                    0x400,
                    0x8000,
                    0x10000000,
                    0x10000),
            TermiosLayout.SpeedCodes.CONSECUTIVE);

    /// shmbuf.h: the times before the size.
    static final ShmLayout SHM = new ShmLayout(72, 48);

    private GuestNumbers() {}
}
