/* Prints where Linux on POWER has its own numbers, from the headers of a cross compiler:
 *
 *   powerpc64-linux-gnu-gcc -static -o abi-numbers abi-numbers.c && qemu-ppc64 ./abi-numbers > \
 *       ../resources/faultline/ppc64/abi/numbers.txt
 */
#include <linux/types.h>

#include <asm/fcntl.h>
#include <asm/ioctls.h>
#include <asm/mman.h>
#include <asm/ipcbuf.h>
#include <asm/shmbuf.h>
#include <asm/socket.h>
#include <asm/termios.h>
#include <stddef.h>
#include <stdio.h>

#define PRINT(name, value) printf("%s %#x\n", name, (unsigned)(value))
#define NUMBER(name) PRINT(#name, name)
#define FIELD(type, name) PRINT(#type "." #name, offsetof(struct type, name))

int main(void)
{
    NUMBER(TCGETS);
    NUMBER(TCSETS);
    NUMBER(TCSETSW);
    NUMBER(TCSETSF);
    NUMBER(TCSBRK);
    NUMBER(TCXONC);
    NUMBER(TCFLSH);
    NUMBER(TIOCSCTTY);
    NUMBER(TIOCGPGRP);
    NUMBER(TIOCSPGRP);
    NUMBER(TIOCOUTQ);
    NUMBER(TIOCSTI);
    NUMBER(TIOCGWINSZ);
    NUMBER(TIOCSWINSZ);
    NUMBER(FIONREAD);
    NUMBER(TIOCNOTTY);
    NUMBER(TIOCGETD);
    NUMBER(TCSBRKP);
    NUMBER(TIOCGSID);
    NUMBER(FIOCLEX);
    NUMBER(FIONCLEX);
    NUMBER(FIONBIO);
    NUMBER(FIOASYNC);
    NUMBER(TIOCGPTN);
    NUMBER(TIOCSPTLCK);
    PRINT("termios.bytes", sizeof(struct termios));
    FIELD(termios, c_cc);
    FIELD(termios, c_line);
    FIELD(termios, c_ispeed);
    FIELD(termios, c_ospeed);
    NUMBER(VINTR);
    NUMBER(VQUIT);
    NUMBER(VERASE);
    NUMBER(VKILL);
    NUMBER(VEOF);
    NUMBER(VMIN);
    NUMBER(VEOL);
    NUMBER(VTIME);
    NUMBER(VEOL2);
    NUMBER(VSWTC);
    NUMBER(VWERASE);
    NUMBER(VREPRINT);
    NUMBER(VSUSP);
    NUMBER(VSTART);
    NUMBER(VSTOP);
    NUMBER(VLNEXT);
    NUMBER(VDISCARD);
    NUMBER(IXON);
    NUMBER(IXOFF);
    NUMBER(IUCLC);
    NUMBER(IMAXBEL);
    NUMBER(IUTF8);
    NUMBER(IXANY);
    NUMBER(OLCUC);
    NUMBER(ONLCR);
    NUMBER(NLDLY);
    NUMBER(TABDLY);
    NUMBER(CRDLY);
    NUMBER(FFDLY);
    NUMBER(BSDLY);
    NUMBER(VTDLY);
    NUMBER(OFILL);
    NUMBER(OFDEL);
    NUMBER(CBAUD);
    NUMBER(B38400);
    NUMBER(B57600);
    NUMBER(B4000000);
    NUMBER(BOTHER);
    NUMBER(CSIZE);
    NUMBER(CSTOPB);
    NUMBER(CREAD);
    NUMBER(PARENB);
    NUMBER(PARODD);
    NUMBER(HUPCL);
    NUMBER(CLOCAL);
    NUMBER(CIBAUD);
    NUMBER(CMSPAR);
    NUMBER(CRTSCTS);
    NUMBER(ISIG);
    NUMBER(ICANON);
    NUMBER(XCASE);
    NUMBER(ECHO);
    NUMBER(ECHOE);
    NUMBER(ECHOK);
    NUMBER(ECHONL);
    NUMBER(NOFLSH);
    NUMBER(TOSTOP);
    NUMBER(ECHOCTL);
    NUMBER(ECHOPRT);
    NUMBER(ECHOKE);
    NUMBER(FLUSHO);
    NUMBER(PENDIN);
    NUMBER(IEXTEN);
    NUMBER(EXTPROC);
    NUMBER(MAP_LOCKED);
    NUMBER(MAP_NORESERVE);
    NUMBER(MAP_GROWSDOWN);
    NUMBER(MAP_DENYWRITE);
    NUMBER(MAP_EXECUTABLE);
    NUMBER(MAP_POPULATE);
    NUMBER(MAP_STACK);
    NUMBER(MCL_CURRENT);
    NUMBER(MCL_FUTURE);
    NUMBER(MCL_ONFAULT);
    NUMBER(SO_RCVLOWAT);
    NUMBER(SO_SNDLOWAT);
    NUMBER(SO_RCVTIMEO_OLD);
    NUMBER(SO_SNDTIMEO_OLD);
    NUMBER(SO_PASSCRED);
    NUMBER(SO_PEERCRED);
    NUMBER(SO_ACCEPTCONN);
    NUMBER(O_DIRECT);
    NUMBER(O_DIRECTORY);
    NUMBER(O_NOFOLLOW);
    NUMBER(O_LARGEFILE);
    PRINT("shmid64_ds.bytes", sizeof(struct shmid64_ds));
    FIELD(shmid64_ds, shm_segsz);
    FIELD(shmid64_ds, shm_atime);
    FIELD(shmid64_ds, shm_dtime);
    FIELD(shmid64_ds, shm_ctime);
    FIELD(shmid64_ds, shm_cpid);
    FIELD(shmid64_ds, shm_nattch);
    return 0;
}
