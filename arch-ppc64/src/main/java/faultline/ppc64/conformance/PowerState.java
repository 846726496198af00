package faultline.ppc64.conformance;

import faultline.core.conformance.Ending;
import faultline.core.conformance.StateLayout;
import faultline.core.conformance.StateLayout.Word;
import faultline.core.conformance.TestMemory;
import faultline.core.cpu.GuestTrap;
import faultline.ppc64.cpu.Ppc64Cpu;
import faultline.ppc64.cpu.Ppc64State;
import java.util.ArrayList;
import java.util.List;

/// The words of a state, as `oracle-ppc64.c` names and describes them, and a [Ppc64Cpu] as such words.
final class PowerState {

    // Indices of words.

    /// R0 to R31, by number.
    static final int GENERAL = 0;

    static final int PC = 32;
    static final int CR = 33;
    static final int XER = 34;
    static final int LR = 35;
    static final int CTR = 36;
    static final int TAR = 37;

    /// VSR0 to VSR63: doubleword 1, then doubleword 0.
    static final int VSR = 38;

    static final int FPSCR = 166;
    static final int VSCR = 167;
    static final int VRSAVE = 168;
    static final int SIGNAL = 169;
    static final int SIGNAL_CODE = 170;
    static final int SIGNAL_ADDRESS = 171;

    /// MSR.FE0 and FE1 of a thread whose exceptions of floating point are precise, as all are in the emulator.
    private static final int PRECISE = 3;

    private static final int GENERALS = 32;
    private static final int VSRS = 64;

    private static final int SIGVTALRM = 26;
    private static final int SIGSYS = 31;

    static final StateLayout LAYOUT = new StateLayout(words(), "pc", "sig");

    private PowerState() {}

    private static List<Word> words() {
        List<Word> words = new ArrayList<>();
        for (int n = 0; n < GENERALS; n++) {
            words.add(new Word("r" + n, n == 1 ? TestMemory.STACK : 0x0101010101010101L * (n + 1)));
        }
        words.add(new Word("pc", TestMemory.CODE));
        for (String name : List.of("cr", "xer", "lr", "ctr", "tar")) {
            words.add(new Word(name, 0));
        }
        for (int n = 0; n < VSRS; n++) {
            words.add(new Word("vs" + n + "l", 0x0202020202020202L * (n + 1)));
            words.add(new Word("vs" + n + "h", ~(0x0202020202020202L * (n + 1))));
        }
        for (String name : List.of("fpscr", "vscr", "vrsave", "sig", "sic", "sia")) {
            words.add(new Word(name, 0));
        }
        return words;
    }

    /// The index of the high doubleword of a VSR; its low one stands before it.
    static int high(int vsr) {
        return VSR + 2 * vsr + 1;
    }

    static void load(long[] state, Ppc64Cpu cpu) {
        System.arraycopy(state, GENERAL, cpu.r, 0, GENERALS);
        cpu.pc = state[PC];
        Ppc64State.setXer(cpu, state[XER]);
        Ppc64State.setCr(cpu, state[CR]);
        cpu.lr = state[LR];
        cpu.ctr = state[CTR];
        cpu.tar = state[TAR];
        System.arraycopy(state, VSR, cpu.vsr, 0, 2 * VSRS);
        cpu.fp.setFpscr(state[FPSCR]);
        cpu.floatingPointMode = PRECISE;
        cpu.vscr = (int) state[VSCR];
        cpu.vrsave = (int) state[VRSAVE];
    }

    static void store(Ppc64Cpu cpu, Ending ending, long[] state) {
        System.arraycopy(cpu.r, 0, state, GENERAL, GENERALS);
        state[PC] = cpu.pc;
        state[CR] = Ppc64State.cr(cpu);
        state[XER] = Ppc64State.xer(cpu);
        state[LR] = cpu.lr;
        state[CTR] = cpu.ctr;
        state[TAR] = cpu.tar;
        System.arraycopy(cpu.vsr, 0, state, VSR, 2 * VSRS);
        state[FPSCR] = cpu.fp.fpscr();
        state[VSCR] = Integer.toUnsignedLong(cpu.vscr);
        state[VRSAVE] = Integer.toUnsignedLong(cpu.vrsave);
        switch (ending) {
            case Ending.Completed _ -> ended(state, new Signals(0, 0, 0));
            case Ending.Endless _ -> ended(state, new Signals(SIGVTALRM, 0, 0));
            case Ending.SystemCall _ -> ended(state, new Signals(SIGSYS, 0, 0));
            case Ending.PageFault _ -> ended(state, Signals.ofFault(cpu));
            case Ending.Trap(GuestTrap trap) -> ended(state, Signals.of(cpu, trap));
        }
    }

    private static void ended(long[] state, Signals signal) {
        state[SIGNAL] = signal.number();
        state[SIGNAL_CODE] = signal.code();
        state[SIGNAL_ADDRESS] = signal.address();
    }
}
