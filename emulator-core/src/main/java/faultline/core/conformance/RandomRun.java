package faultline.core.conformance;

import faultline.core.isa.table.InsnTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/// Makes random cases, has an oracle execute them, and compares.
///
/// A thread of its own makes cases and sends them, so that it, the oracle and the comparison run at
/// the same time. The cases depend on the seed alone.
public final class RandomRun {

    /// How many cases of each kind: instructions of rows, byte strings, and results of every bulk
    /// operation; and the seed they come from.
    public record Plan(long seed, long rowCases, long byteCases, long bulkCases) {}

    private static final int BATCH = 128;
    private static final int BULK_BATCH = 8;
    private static final int BATCHES_UNDER_WAY = 4;

    /// A vector under way; its operation if it is a bulk.
    private record Item(TestVector vector, @Nullable BulkOperation operation) {}

    private final ConformancePort port;
    private final Oracle oracle;
    private final Plan plan;
    private final Progress progress;
    private final @Nullable CorpusWriter writer;

    private final BlockingQueue<List<Item>> underWay = new ArrayBlockingQueue<>(BATCHES_UNDER_WAY);
    private final List<Item> toBeNarrowed = new ArrayList<>();
    private final VectorMachine machine;
    private final VectorText text;
    private final ConformanceReport report;
    private final List<InsnTable.Row> rows;
    private final List<BulkOperation> operations;

    private volatile @Nullable Exception senderFailure;

    public RandomRun(
            ConformancePort port,
            Oracle oracle,
            Selection selection,
            Plan plan,
            Progress progress,
            @Nullable CorpusWriter writer) {
        this.port = port;
        this.oracle = oracle;
        this.plan = plan;
        this.progress = progress;
        this.writer = writer;
        machine = new VectorMachine(port);
        text = new VectorText(port.layout());
        report = new ConformanceReport(new Coverage(selection.of(port.table()), port.notCompared()));
        report.setOracle(oracle.processor());
        rows = selection.of(port.table()).stream()
                .filter(row -> !report.coverage().isExcluded(row))
                .toList();
        operations = port.operations().stream()
                .filter(operation -> selection.hasOperation(operation.name()))
                .toList();
    }

    public ConformanceReport run() throws IOException, InterruptedException {
        Thread sender = Thread.ofPlatform().daemon().name("sampler").start(this::send);
        long all = total();
        long done = 0;
        long cases = 0;
        while (cases < all) {
            List<Item> batch = underWay.take();
            if (batch.isEmpty()) {
                break;
            }
            oracle.receive(batch.stream().map(Item::vector).toList());
            batch.forEach(this::compare);
            cases += batch.size();
            done += batch.size();
            progress.at(done, all, report.failed());
        }
        sender.join();
        throwSenderFailure();
        for (Item item : toBeNarrowed) {
            narrow(item);
        }
        return report;
    }

    private void throwSenderFailure() throws IOException {
        switch (senderFailure) {
            case null -> {}
            case IOException e -> throw e;
            case Exception e -> throw new IllegalStateException("conformance: no cases can be made", e);
        }
    }

    private long total() {
        long vectors = rows.isEmpty() ? 0 : plan.rowCases();
        vectors += plan.byteCases();
        for (BulkOperation operation : operations) {
            vectors += bulks(operation);
        }
        return vectors;
    }

    private long bulks(BulkOperation operation) {
        return (plan.bulkCases() + operation.casesInVector() - 1) / operation.casesInVector();
    }

    // Making and sending.

    private void send() {
        try {
            Batches batches = new Batches();
            RandomSource random = new RandomSource(plan.seed());
            Sampler sampler = port.sampler(random);
            for (long i = 0; i < (rows.isEmpty() ? 0 : plan.rowCases()); i++) {
                TestVector vector = new TestVector(port.layout());
                vector.row = rows.get((int) (i % rows.size()));
                sampler.sample(vector.row, vector);
                batches.add(new Item(vector, null), BATCH);
            }
            for (long i = 0; i < plan.byteCases(); i++) {
                TestVector vector = new TestVector(port.layout());
                while (!sampler.sampleBytes(vector)) {
                    vector = new TestVector(port.layout());
                }
                batches.add(new Item(vector, null), BATCH);
            }
            for (BulkOperation operation : operations) {
                for (long i = bulks(operation); i > 0; i--) {
                    TestVector vector = new TestVector(port.layout());
                    operation.fill(random, vector);
                    batches.add(new Item(vector, operation), BULK_BATCH);
                }
            }
            batches.flush();
            underWay.put(List.of());
        } catch (IOException | RuntimeException e) {
            senderFailure = e;
            underWay.offer(List.of());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Gathers items and sends them when there are enough.
    private final class Batches {
        private List<Item> batch = new ArrayList<>();

        void add(Item item, int size) throws IOException, InterruptedException {
            batch.add(item);
            if (batch.size() >= size) {
                flush();
            }
        }

        void flush() throws IOException, InterruptedException {
            if (!batch.isEmpty()) {
                List<Item> full = batch;
                batch = new ArrayList<>();
                // Entered before it is sent: the receiver has to read while the oracle answers.
                underWay.put(full);
                oracle.send(full.stream().map(Item::vector).toList());
            }
        }
    }

    // Comparing.

    private void compare(Item item) {
        TestVector vector = item.vector();
        BulkOperation operation = item.operation();
        if (operation != null) {
            boolean agrees = machine.agrees(vector);
            report.coverage().of(operation.name()).add(operation.casesInVector(), agrees);
            if (!agrees) {
                toBeNarrowed.add(item);
            }
            return;
        }
        machine.open(vector);
        boolean agrees = machine.agrees(vector);
        if (machine.wasEndless()) {
            return;
        }
        InsnTable.Row row = vector.row;
        Coverage.Tally tally = row == null
                ? report.coverage().of(Corpus.RANDOM_BYTES)
                : report.coverage().of(row);
        if (row != null && agrees && !machine.assembly(vector).equals(row.assembly())) {
            // An encoding that means another row: it agrees, and this row has not been tried.
            return;
        }
        tally.add(1, agrees);
        if (!agrees) {
            fail(row == null ? Corpus.RANDOM_BYTES + ", " + name(vector) : row.text(), vector);
        }
        if (writer != null) {
            writer.add(vector);
        }
    }

    /// What bytes are decoded as.
    private String name(TestVector vector) {
        String assembly = machine.assembly(vector);
        return assembly.isEmpty() ? "no instruction" : assembly;
    }

    private void fail(String subject, TestVector vector) {
        report.fail(subject, text.format(vector), machine.differences(vector));
    }

    /// Finds the execution that makes a bulk differ, so that one line shows it.
    private void narrow(Item item) throws IOException {
        BulkOperation operation = item.operation();
        if (operation == null) {
            return;
        }
        machine.agrees(item.vector());
        long address = machine.differentAddress();
        if (address != 0) {
            TestVector alone = operation.alone(item.vector(), operation.executionAt(address));
            oracle.complete(alone);
            machine.open(alone);
            if (!machine.agrees(alone)) {
                fail(operation.name(), alone);
                return;
            }
        }
        machine.agrees(item.vector());
        fail(operation.name(), item.vector());
    }
}
