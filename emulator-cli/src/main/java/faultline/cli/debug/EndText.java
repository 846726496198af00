package faultline.cli.debug;

import faultline.kernel.task.Signals;

/// How a process ended, in gdb's words.
final class EndText {

    private EndText() {}

    /// `exited normally`, `exited with code 3`, `was ended by SIGSEGV` for a wait status.
    static String of(int status) {
        int signal = status & 0x7f;
        int code = status >> 8 & 0xff;
        if (signal != 0) {
            return "was ended by " + Signals.name(signal);
        }
        return code == 0 ? "exited normally" : "exited with code " + code;
    }
}
