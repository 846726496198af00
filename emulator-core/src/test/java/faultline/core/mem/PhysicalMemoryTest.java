package faultline.core.mem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PhysicalMemoryTest {

    private static final int HEAD_FRAMES = (int) (HostMapping.HEAD_BYTES >>> PhysicalMemory.FRAME_SHIFT);
    private static final long LARGE = 4L << 30;
    private static final long LAST_WORD = LARGE - Long.BYTES;

    /// What a touched page may take along: a huge page on each side, and one of the tables.
    private static final long KILOBYTES_OF_A_TOUCH = 3 * 2048;

    @Test
    void aLargeMemoryBeginsWithItsHead() {
        try (PhysicalMemory memory = PhysicalMemory.begin(LARGE)) {
            assertThat(memory.usableFrames()).isEqualTo(HEAD_FRAMES);
            assertThat(memory.frames()).isEqualTo((int) (LARGE >>> PhysicalMemory.FRAME_SHIFT));
        }
    }

    @Test
    void extendKeepsTheHeadAndAddsZeros() {
        try (PhysicalMemory memory = PhysicalMemory.begin(LARGE)) {
            memory.store64(HostMapping.HEAD_BYTES - Long.BYTES, 0x1122334455667788L);

            memory.extend();

            assertThat(memory.usableFrames()).isEqualTo(memory.frames());
            assertThat(memory.load64(HostMapping.HEAD_BYTES - Long.BYTES)).isEqualTo(0x1122334455667788L);
            assertThat(memory.load64(HostMapping.HEAD_BYTES)).isZero();
            assertThat(memory.load64(LAST_WORD)).isZero();
            memory.store64(LAST_WORD, 1);
            assertThat(memory.load64(LAST_WORD)).isOne();
        }
    }

    @Test
    void aSmallMemoryIsUsableAtOnce() {
        try (PhysicalMemory memory = PhysicalMemory.begin(3 * PhysicalMemory.FRAME_BYTES + 1)) {
            assertThat(memory.usableFrames()).isEqualTo(memory.frames()).isEqualTo(4);
        }
    }

    @Test
    void commitsNothingBeforeItIsTouched() throws IOException {
        assumeLinux();
        try (PhysicalMemory memory = PhysicalMemory.reserve(LARGE)) {
            assertThat(residentKilobytes(memory)).isZero();
            memory.store64(0, 1);
            memory.store64(LAST_WORD, 1);
            assertThat(residentKilobytes(memory)).isBetween(8L, KILOBYTES_OF_A_TOUCH);
        }
    }

    @Test
    void aClosedMemoryIsUnmappedAndNotToBeTouched() throws IOException {
        assumeLinux();
        PhysicalMemory memory = PhysicalMemory.reserve(LARGE);
        memory.store64(LAST_WORD, 1);
        long start = memory.ram.address();
        assertThat(mapped(start, start + LARGE)).isTrue();

        memory.close();

        assertThat(mapped(start, start + LARGE)).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> memory.load64(0));
        memory.close();
    }

    @Test
    void aHostWithoutAPlaceForTheFileGivesAnonymousMemory() throws IOException {
        assumeLinux();
        HostMapping mapping = HostMapping.reserve(LARGE, Path.of("/proc/no/such/directory"));
        assertThat(mapping.usable()).isEqualTo(LARGE);
        long start = mapping.segment.address();
        assertThat(mapped(start, start + LARGE)).isTrue();

        mapping.close();

        assertThat(mapped(start, start + LARGE)).isFalse();
    }

    @Test
    void thousandsOfMemoriesFitOneProcess() throws IOException {
        assumeLinux();
        long before = Files.readAllLines(Path.of("/proc/self/maps")).size();
        for (int i = 0; i < 3000; i++) {
            try (PhysicalMemory memory = PhysicalMemory.begin(LARGE)) {
                memory.store64(8, i);
                if (i % 100 == 0) {
                    memory.extend();
                    memory.store64(LAST_WORD, i);
                }
            }
        }
        // The heap and compiled code may have grown meanwhile.
        assertThat(Files.readAllLines(Path.of("/proc/self/maps"))).hasSizeLessThan((int) before + 100);
    }

    private static void assumeLinux() {
        assumeThat(Path.of("/proc/self/smaps")).isReadable();
    }

    private static boolean mapped(long from, long to) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream().anyMatch(line -> overlaps(line, from, to));
    }

    private static long residentKilobytes(PhysicalMemory memory) throws IOException {
        long from = memory.ram.address();
        List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        return LongStream.range(0, lines.size())
                .filter(i -> overlaps(lines.get((int) i), from, from + memory.bytes()))
                .map(i -> resident(lines.subList((int) i, lines.size())))
                .sum();
    }

    /// The `Rss:` line of the mapping whose description begins here.
    private static long resident(List<String> description) {
        String line = description.stream()
                .filter(text -> text.startsWith("Rss:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }

    /// Whether the line describes a mapping of this range: "7f12a0000000-7f12b0000000 rw-p ...".
    private static boolean overlaps(String line, long from, long to) {
        if (!line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
            return false;
        }
        String[] ends = line.substring(0, line.indexOf(' ')).split("-", 2);
        return Long.parseUnsignedLong(ends[0], 16) < to && Long.parseUnsignedLong(ends[1], 16) > from;
    }
}
