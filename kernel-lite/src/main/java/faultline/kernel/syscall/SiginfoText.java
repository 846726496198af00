package faultline.kernel.syscall;

import faultline.kernel.task.*;

final class SiginfoText {
    static String name(int signal) {
        return Signals.name(signal);
    }

    static String signal(Siginfo info) {
        return name(info.signal()) + " " + info;
    }
}
