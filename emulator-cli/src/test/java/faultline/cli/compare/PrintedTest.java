package faultline.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PrintedTest {

    @Test
    void whatStandsBehindNanosIsMeasured() {
        Printed printed = Printed.of("first\npft threads=4 pages=8 nanos=12 faults=9 note=x rate=1.5\nlast nanos=13\n");
        assertThat(printed.lines()).containsExactly("first", "pft threads=4 pages=8", "last");
        assertThat(printed.measured()).containsOnlyKeys("nanos", "faults").containsEntry("faults", 9L);
        assertThat(printed.measured()).containsEntry("nanos", 13L);
    }

    @Test
    void aWordThatOnlyEndsLikeItIsNot() {
        assertThat(Printed.of("nanos=1 a\nmicro-nanos=2\n").lines()).containsExactly("nanos=1 a", "micro-nanos=2");
    }

    @Test
    void saysWhereTwoRunsDiffer() {
        Printed two = Printed.of("a\nb nanos=1\n");
        assertThat(two.difference(Printed.of("a\nb nanos=2\n"))).isEmpty();
        assertThat(two.difference(Printed.of("a\nc nanos=1\n"))).isEqualTo("line 2 is \"b\" and was \"c\"");
        assertThat(two.difference(Printed.of("a\n"))).isEqualTo("line 2 is \"b\" and was missing");
        assertThat(Printed.of("").difference(two)).isEqualTo("line 1 is missing and was \"a\"");
    }
}
