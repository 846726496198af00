package faultline.core.conformance;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A processor to compare with: a running oracle, the program that `oracle.h` in this module's
/// `src/oracle` describes, and the other end of its protocol.
///
/// Batches are answered in the order they are sent. One thread may send while another receives.
public final class Oracle implements AutoCloseable {

    private static final String GREETING = "faultline-oracle 1 ";
    private static final String UNFIT = "faultline-oracle unfit: ";
    private static final int RUN_BYTES = 16;
    private static final int LONGEST_LINE = 4096;

    /// Something is wrong with the oracle: it does not start, answer or belong to the architecture.
    public static final class Failed extends IOException {
        private static final long serialVersionUID = 1L;

        Failed(String line) {
            super(line);
        }
    }

    /// The machine it runs on is none to compare with.
    public static final class Unfit extends IOException {
        private static final long serialVersionUID = 1L;

        Unfit(String line) {
            super(line);
        }
    }

    private final ConformancePort port;
    private final String name;
    private final Process process;
    private final OutputStream out;
    private final DataInputStream in;
    private final String processor;
    private ByteBuffer request;

    /// Starts an oracle and has it say what it is.
    public Oracle(ConformancePort port, List<String> command) throws IOException {
        this.port = port;
        name = String.join(" ", command);
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = process.getOutputStream();
        in = new DataInputStream(process.getInputStream());
        request = ByteBuffer.allocate(1 << 16).order(port.byteOrder());
        String greeting = line();
        if (greeting.startsWith(UNFIT)) {
            throw new Unfit(name + ": " + greeting.substring(UNFIT.length()));
        }
        if (!greeting.equals(GREETING + port.architecture().name())) {
            throw new Failed(name + ": says '" + greeting + "' instead of '" + GREETING
                    + port.architecture().name() + "'");
        }
        String words = line();
        String expected = String.join(" ", port.layout().names());
        if (!words.equals(expected)) {
            throw new Failed(name + ": has other words of state, and must be built again: " + words);
        }
        processor = line();
    }

    /// The processor it runs on.
    public String processor() {
        return processor;
    }

    private String line() throws IOException {
        ByteBuffer line = ByteBuffer.allocate(LONGEST_LINE);
        while (line.hasRemaining()) {
            int next = in.read();
            if (next < 0) {
                throw new Failed(name + ": ended without a greeting");
            }
            if (next == '\n') {
                break;
            }
            line.put((byte) next);
        }
        return new String(line.array(), 0, line.position(), StandardCharsets.UTF_8);
    }

    /// Sends cases to be executed.
    void send(List<TestVector> batch) throws IOException {
        request.clear().putInt(0).putInt(batch.size());
        for (TestVector vector : batch) {
            reserve(8 + vector.before.length * 8 + vector.code.length + 8);
            request.putInt(vector.code.length).putInt(vector.memoryBefore.size());
            for (long word : vector.before) {
                request.putLong(word);
            }
            putPadded(vector.code);
            for (MemoryRun run : vector.memoryBefore) {
                reserve(RUN_BYTES + run.bytes().length + 8);
                request.putLong(run.at()).putInt(run.bytes().length).putInt(0);
                putPadded(run.bytes());
            }
        }
        request.putInt(0, request.position() - 4);
        out.write(request.array(), 0, request.position());
        out.flush();
    }

    private void reserve(int bytes) {
        if (request.remaining() < bytes) {
            ByteBuffer larger =
                    ByteBuffer.allocate(2 * request.capacity() + bytes).order(port.byteOrder());
            request = larger.put(request.flip());
        }
    }

    private void putPadded(byte[] bytes) {
        request.put(bytes);
        for (int i = bytes.length; i % 8 != 0; i++) {
            request.put((byte) 0);
        }
    }

    /// Completes the batch sent longest ago by its outcome.
    void receive(List<TestVector> batch) throws IOException {
        try {
            ByteBuffer frame = read(4);
            ByteBuffer answer = read(frame.getInt());
            int count = answer.getInt();
            if (count != batch.size()) {
                throw new Failed(name + ": answers " + count + " cases of " + batch.size());
            }
            for (TestVector vector : batch) {
                complete(vector, answer);
            }
        } catch (EOFException _) {
            throw new Failed(name + ": ended in the middle of a batch");
        }
    }

    private ByteBuffer read(int bytes) throws IOException {
        byte[] read = new byte[bytes];
        in.readFully(read);
        return ByteBuffer.wrap(read).order(port.byteOrder());
    }

    private static void complete(TestVector vector, ByteBuffer answer) {
        answer.getInt();
        int runs = answer.getInt();
        for (int i = 0; i < vector.after.length; i++) {
            vector.after[i] = answer.getLong();
        }
        vector.memoryAfter.clear();
        for (int i = 0; i < runs; i++) {
            long at = answer.getLong();
            byte[] bytes = new byte[answer.getInt()];
            answer.getInt();
            answer.get(bytes);
            answer.position(answer.position() + (-bytes.length & 7));
            vector.memoryAfter.add(new MemoryRun(at, bytes));
        }
    }

    /// Completes one vector.
    void complete(TestVector vector) throws IOException {
        List<TestVector> batch = new ArrayList<>(List.of(vector));
        send(batch);
        receive(batch);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
