package faultline.cli.run;

import faultline.kernel.task.Signals;

/// How a run of a program ended.
public sealed interface End {

    /// In a word or two: `exit 0`, `SIGSEGV`, `timeout`.
    String verdict();

    /// What `faultline run` exits with.
    int status();

    /// More about it in a line, empty when the verdict says all.
    default String cause() {
        return "";
    }

    /// By itself.
    record Exited(int status) implements End {

        @Override
        public String verdict() {
            return "exit " + status;
        }
    }

    /// By a signal; `cause` says where and why, as far as it is known.
    record Killed(int signal, String cause) implements End {

        @Override
        public String verdict() {
            return Signals.name(signal);
        }

        @Override
        public int status() {
            return Exit.SIGNALED + signal;
        }
    }

    /// By `--timeout`.
    record TimedOut() implements End {

        @Override
        public String verdict() {
            return "timeout";
        }

        @Override
        public int status() {
            return Exit.TIMED_OUT;
        }
    }

    /// It has not begun: the user has to mend something.
    record Refused(int status, String cause) implements End {

        @Override
        public String verdict() {
            return "refused";
        }
    }

    /// Faultline failed.
    record Crashed(String cause) implements End {

        @Override
        public String verdict() {
            return "bug";
        }

        @Override
        public int status() {
            return Exit.BUG;
        }
    }
}
