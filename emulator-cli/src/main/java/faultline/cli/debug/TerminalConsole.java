package faultline.cli.debug;

import faultline.cli.run.StandardStreams;
import faultline.kernel.boot.KernelOptions.Streams;
import faultline.kernel.vfs.host.HostStream;
import faultline.kernel.vfs.tty.HostTerminal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.function.BooleanSupplier;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.InputFlag;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Attributes.OutputFlag;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.utils.NonBlockingInputStream;
import org.jspecify.annotations.Nullable;

/// Shares one terminal between the person who debugs and the program.
///
/// While the guest runs the terminal is raw and a thread carries what is typed to the guest's own
/// line discipline, except the interrupt key, which stops the guest. At a stop it is put back as it
/// was. The monitor guards whose it is.
final class TerminalConsole implements GuestConsole {

    private static final int INTERRUPT_KEY = 3;
    private static final int MOST_BYTES = 1024;

    /// How long the carrying thread waits for a key before it looks whether it still may.
    private static final long LOOK_MILLIS = 500;

    /// Keys that follow one another as fast are handed over together: a paste, an escape sequence.
    private static final long BURST_MILLIS = 1;

    private final Terminal terminal;
    private final NonBlockingInputStream keys;
    private final Output out;
    private final BooleanSupplier interrupt;
    private final Thread carrier = new Thread(this::carry, "terminal");

    // Guarded by this monitor.
    private boolean given;
    private boolean reading;
    private @Nullable Attributes saved;
    private HostTerminal.@Nullable Listener listener;

    /// `interrupt` is told of the interrupt key and says whether that was all it meant.
    private TerminalConsole(Terminal terminal, NonBlockingInputStream keys, Output out, BooleanSupplier interrupt) {
        this.terminal = terminal;
        this.keys = keys;
        this.out = out;
        this.interrupt = interrupt;
        carrier.setDaemon(true);
    }

    /// Shares a terminal, if its input can be read for a while and then no more.
    static GuestConsole of(Terminal terminal, Output out, BooleanSupplier interrupt) {
        if (!(terminal.input() instanceof NonBlockingInputStream keys)) {
            return GuestConsole.withoutInput();
        }
        TerminalConsole console = new TerminalConsole(terminal, keys, out, interrupt);
        Terminal.SignalHandler _ = terminal.handle(Signal.WINCH, _ -> console.resized());
        console.carrier.start();
        return console;
    }

    @Override
    public Streams open() {
        return new Streams(
                null, null, StandardStreams.isTerminal(StandardStreams.ERROR) ? null : HostStream.error(), new Guest());
    }

    @Override
    public synchronized void give() {
        if (given) {
            return;
        }
        Attributes raw = terminal.getAttributes();
        saved = new Attributes(raw);
        raw.setLocalFlag(LocalFlag.ICANON, false);
        raw.setLocalFlag(LocalFlag.ECHO, false);
        raw.setLocalFlag(LocalFlag.ISIG, false);
        raw.setLocalFlag(LocalFlag.IEXTEN, false);
        raw.setInputFlag(InputFlag.IXON, false);
        raw.setInputFlag(InputFlag.ICRNL, false);
        raw.setInputFlag(InputFlag.INLCR, false);
        raw.setOutputFlag(OutputFlag.OPOST, false);
        terminal.setAttributes(raw);
        out.setRaw(true);
        given = true;
        notifyAll();
    }

    @Override
    public synchronized void takeBack() throws InterruptedException {
        Attributes before = saved;
        if (!given || before == null) {
            return;
        }
        given = false;
        if (reading) {
            carrier.interrupt();
        }
        while (reading) {
            wait();
        }
        out.setRaw(false);
        terminal.setAttributes(before);
    }

    private synchronized void awaitGiven() throws InterruptedException {
        while (!given) {
            wait();
        }
        reading = true;
    }

    private synchronized void doneReading() {
        boolean _ = Thread.interrupted();
        reading = false;
        notifyAll();
    }

    private synchronized HostTerminal.@Nullable Listener listener() {
        return listener;
    }

    private synchronized void listen(HostTerminal.Listener to) {
        listener = to;
    }

    // The thread that carries keys to the guest.

    private void carry() {
        byte[] bytes = new byte[MOST_BYTES];
        try {
            while (true) {
                awaitGiven();
                int length;
                try {
                    length = read(bytes);
                } finally {
                    doneReading();
                }
                hand(bytes, length);
            }
        } catch (IOException _) {
            HostTerminal.Listener guest = listener();
            if (guest != null) {
                guest.hangUp();
            }
        } catch (InterruptedException _) {
            // The debugger ends.
        }
    }

    private int read(byte[] to) throws IOException {
        int length = 0;
        try {
            int key = keys.read(LOOK_MILLIS);
            while (key >= 0 && length < to.length - 1) {
                to[length++] = (byte) key;
                key = keys.read(BURST_MILLIS);
            }
            if (key == NonBlockingInputStream.EOF) {
                throw new IOException("debug: the terminal is gone");
            }
        } catch (InterruptedIOException _) {
            // The guest has stopped; what was read before was typed for it.
        }
        return length;
    }

    private void hand(byte[] bytes, int length) {
        HostTerminal.Listener guest = listener();
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == INTERRUPT_KEY && interrupt.getAsBoolean()) {
                send(guest, bytes, start, i);
                start = i + 1;
            }
        }
        send(guest, bytes, start, length);
    }

    private static void send(HostTerminal.@Nullable Listener guest, byte[] bytes, int start, int end) {
        if (guest != null && end > start) {
            guest.input(bytes, start, end - start);
        }
    }

    private void resized() {
        HostTerminal.Listener guest = listener();
        if (guest != null) {
            guest.resized(size());
        }
    }

    private HostTerminal.Size size() {
        return new HostTerminal.Size(terminal.getHeight(), terminal.getWidth(), 0, 0);
    }

    /// The terminal as one run's guest has it.
    private final class Guest implements HostTerminal {

        @Override
        public void start(Listener to) {
            listen(to);
        }

        // The terminal's own and stays open.
        @SuppressWarnings("resource")
        @Override
        public void write(byte[] from, int at, int length) throws IOException {
            if (length > 0) {
                OutputStream output = terminal.output();
                output.write(from, at, length);
                output.flush();
                out.guestWrote(from[at + length - 1]);
            }
        }

        @Override
        public Size size() {
            return TerminalConsole.this.size();
        }
    }
}
