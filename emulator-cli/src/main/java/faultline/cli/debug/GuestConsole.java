package faultline.cli.debug;

import faultline.kernel.boot.KernelOptions.Streams;
import faultline.kernel.vfs.host.HostStream;
import java.io.IOException;
import java.nio.file.Path;

/// What a debugged program has for standard streams, and when the terminal is its.
interface GuestConsole {

    /// The streams of a new run, before redirection.
    Streams open() throws IOException;

    /// The guest runs: what is typed is for it.
    void give();

    /// The guest stands still: what is typed is for the debugger.
    void takeBack() throws InterruptedException;

    /// The guest's standard input is empty: commands come from ours, or from nowhere.
    static GuestConsole withoutInput() {
        return new GuestConsole() {
            @Override
            public Streams open() throws IOException {
                HostStream nothing = HostStream.file(0, Path.of("/dev/null"));
                return new Streams(nothing, HostStream.output(), HostStream.error(), null);
            }

            @Override
            public void give() {}

            @Override
            public void takeBack() {}
        };
    }
}
