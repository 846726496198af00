package w;

final class WState {

    static final faultline.core.cpu.GuestTrap UNDEFINED = new faultline.core.cpu.GuestTrap("UNDEFINED", 0, 0);

    static boolean cf(WCpu cpu) {
        return false;
    }

    static void setLr(WCpu cpu, long value) {}

    static void sub(WCpu cpu, long result) {}

    static void all(WCpu cpu, long resultLo, long resultHi) {}
}
