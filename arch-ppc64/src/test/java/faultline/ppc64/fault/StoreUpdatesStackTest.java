package faultline.ppc64.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StoreUpdatesStackTest {

    /// Words as binutils assembles them.
    @ParameterizedTest
    @CsvSource({
        "0x9421ffe0, true, 'stwu r1,-32(r1)'",
        "0x9c61ffff, true, 'stbu r3,-1(r1)'",
        "0xb461fffe, true, 'sthu r3,-2(r1)'",
        "0xd421fff0, true, 'stfsu f1,-16(r1)'",
        "0xdc21fff0, true, 'stfdu f1,-16(r1)'",
        "0xf821ff91, true, 'stdu r1,-112(r1)'",
        "0x7c21016a, true, 'stdux r1,r1,r0'",
        "0x7c21016e, true, 'stwux r1,r1,r0'",
        "0x7c6101ee, true, 'stbux r3,r1,r0'",
        "0x7c61036e, true, 'sthux r3,r1,r0'",
        "0x7c21056e, true, 'stfsux f1,r1,r0'",
        "0x7c2105ee, true, 'stfdux f1,r1,r0'",
        "0x9421ffe0, true, 'stwu r1,-32(r1)'",
        "0x9061ffe0, false, 'stw r3,-32(r1)'",
        "0xf861fff0, false, 'std r3,-16(r1)'",
        "0xf861fff2, false, 'stq r3,-16(r1)'",
        "0x9462ffe0, false, 'stwu r3,-32(r2)'",
        "0x7c61016a, true, 'stdux r3,r1,r0'",
        "0x7c61012a, false, 'stdx r3,r1,r0'",
        "0x8461ffe0, false, 'lwzu r3,-32(r1)'"
    })
    void isAStoreWithUpdateOfR1(String word, boolean expected, String text) {
        assertThat(StoreUpdatesStack.test(Long.decode(word).intValue()))
                .as(text)
                .isEqualTo(expected);
    }
}
