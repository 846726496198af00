package faultline.kernel.vfs.tty;

import static faultline.kernel.vfs.tty.Termios.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// One test a rule of termios(3)'s canonical and raw modes; echoes and reads are those of a pty under Linux 6.
class LineDisciplineTest {

    private final List<String> effects = new ArrayList<>();
    private final OutputProcessor output = new OutputProcessor();
    private final LineDiscipline tty = new LineDiscipline(
            new LineDiscipline.Effects() {
                @Override
                public void signal(int signal) {
                    effects.add("signal " + signal);
                }

                @Override
                public void stopOutput(boolean stop) {
                    effects.add(stop ? "stop" : "start");
                }
            },
            output);
    private final ByteArrayOutputStream echo = new ByteArrayOutputStream();

    private void type(String keys) {
        for (byte key : keys.getBytes(StandardCharsets.UTF_8)) {
            tty.input(key & 0xff, echo);
        }
    }

    private String echoed() {
        String text = echo.toString(StandardCharsets.UTF_8);
        echo.reset();
        return text;
    }

    private String read(int length) {
        byte[] to = new byte[length];
        return new String(to, 0, tty.read(to, 0, length), StandardCharsets.UTF_8);
    }

    @Test
    void lineIsReadableOnlyWhenItIsComplete() {
        type("ab");
        assertThat(tty.available()).isZero();
        type("\r");
        assertThat(tty.available()).isEqualTo(3);
        assertThat(echoed()).isEqualTo("ab\r\n");
        assertThat(read(100)).isEqualTo("ab\n");
    }

    @Test
    void readGivesOneLineAndKeepsTheRestOfALongOne() {
        type("one\rtwo\r");
        assertThat(read(2)).isEqualTo("on");
        assertThat(read(100)).isEqualTo("e\n");
        assertThat(read(100)).isEqualTo("two\n");
    }

    @Test
    void eraseRubsOutAndStopsAtTheLinesStart() {
        type("ab\u007f\u007f\u007fc\r");
        assertThat(echoed()).isEqualTo("ab\b \b\b \bc\r\n");
        assertThat(read(100)).isEqualTo("c\n");
    }

    @Test
    void eraseTakesAWholeUtf8Character() {
        type("aé\u007f\r");
        assertThat(echoed()).isEqualTo("aé\b \b\r\n");
        assertThat(read(100)).isEqualTo("a\n");
    }

    @Test
    void controlCharactersEchoAsTwoColumnsAndEraseAsTwo() {
        type("a\u0001\u007f");
        assertThat(echoed()).isEqualTo("a^A\b \b\b \b");
    }

    @Test
    void erasingATabGoesBackToWhereItBegan() {
        type("ab\t\u007f");
        assertThat(echoed()).isEqualTo("ab\t\b\b\b\b\b\b");
    }

    @Test
    void wordEraseTakesTrailingBlanksAndOneWord() {
        type("foo bar_1  \u0017");
        assertThat(echoed()).endsWith("\b \b".repeat(7));
        type("\r");
        assertThat(read(100)).isEqualTo("foo \n");
    }

    @Test
    void killErasesTheLine() {
        type("abc\u0015x\r");
        assertThat(echoed()).isEqualTo("abc" + "\b \b".repeat(3) + "x\r\n");
        assertThat(read(100)).isEqualTo("x\n");
    }

    @Test
    void killWithoutEchokeEchoesItselfAndANewLine() {
        tty.setTermios(DEFAULT.withLocal(DEFAULT.lflag() & ~ECHOKE));
        type("abc\u0015");
        assertThat(echoed()).isEqualTo("abc^U\r\n");
    }

    @Test
    void endOfFileAloneReadsAsZeroAndAfterTextPushesIt() {
        type("\u0004");
        assertThat(tty.available()).isEqualTo(1);
        assertThat(tty.countReadable()).isZero();
        assertThat(read(10)).isEmpty();
        type("abc\u0004");
        assertThat(read(4)).isEqualTo("abc");
        assertThat(tty.available()).isZero();
        type("abc\u0004");
        assertThat(read(3)).isEqualTo("abc");
        assertThat(tty.available()).isZero();
    }

    @Test
    void literalNextTakesTheNextKeyAsItIs() {
        type("\u0016\u0003\r");
        assertThat(echoed()).isEqualTo("^\b^C\r\n");
        assertThat(effects).isEmpty();
        assertThat(read(10)).isEqualTo("\u0003\n");
    }

    @Test
    void reprintShowsTheLineAgain() {
        type("ab\u0012");
        assertThat(echoed()).isEqualTo("ab^R\r\nab");
    }

    @Test
    void interruptSignalsFlushesAndEchoes() {
        type("abc\u0003d\r");
        assertThat(effects).containsExactly("signal 2");
        assertThat(echoed()).isEqualTo("abc^Cd\r\n");
        assertThat(read(10)).isEqualTo("d\n");
    }

    @Test
    void quitAndSuspendSignalAndNoflshKeepsTheInput() {
        tty.setTermios(DEFAULT.withLocal(DEFAULT.lflag() | NOFLSH));
        type("a\u001c\u001ab\r");
        assertThat(effects).containsExactly("signal 3", "signal 20");
        assertThat(read(10)).isEqualTo("ab\n");
    }

    @Test
    void withoutIsigTheKeysAreText() {
        tty.setTermios(DEFAULT.withLocal(DEFAULT.lflag() & ~ISIG));
        type("\u0003\r");
        assertThat(effects).isEmpty();
        assertThat(read(10)).isEqualTo("\u0003\n");
    }

    @Test
    void stopAndStartHoldOutputAndAreNotRead() {
        type("\u0013\u0011x\r");
        assertThat(effects).containsExactly("stop", "start");
        assertThat(read(10)).isEqualTo("x\n");
    }

    @Test
    void rawModeGivesEveryByteAtOnce() {
        tty.setTermios(DEFAULT.withLocal(0).withInput(0));
        type("a\r\u007f");
        assertThat(tty.available()).isEqualTo(3);
        assertThat(echoed()).isEmpty();
        assertThat(read(2)).isEqualTo("a\r");
        assertThat(read(10)).isEqualTo("\u007f");
    }

    @Test
    void goingRawMakesTheEditedLineReadableAndBackMakesItALine() {
        type("ab");
        tty.setTermios(DEFAULT.withLocal(0));
        assertThat(tty.available()).isEqualTo(2);
        tty.setTermios(DEFAULT);
        assertThat(tty.available()).isEqualTo(2);
        assertThat(read(10)).isEqualTo("ab");
    }

    @Test
    void newLineMappings() {
        tty.setTermios(DEFAULT.withInput(IGNCR).withLocal(ICANON));
        type("a\r\n");
        assertThat(read(10)).isEqualTo("a\n");
        tty.setTermios(DEFAULT.withInput(INLCR).withLocal(0));
        type("\n");
        assertThat(read(10)).isEqualTo("\r");
    }

    @Test
    void echonlEchoesNewLinesOnly() {
        tty.setTermios(DEFAULT.withLocal(ICANON | ECHONL));
        type("secret\r");
        assertThat(echoed()).isEqualTo("\r\n");
    }

    @Test
    void endOfLineKeysEndALine() {
        tty.setTermios(DEFAULT.withCharacter(VEOL, ';'));
        type("ab;");
        assertThat(read(10)).isEqualTo("ab;");
    }

    @Test
    void aFullLineReplacesItsLastByteAndTakesItsNewLine() {
        tty.setTermios(DEFAULT.withLocal(ICANON));
        type("x".repeat(4095) + "y\r");
        assertThat(read(5000)).isEqualTo("x".repeat(4094) + "y\n");
    }

    @Test
    void outputMapsNewLinesAndTabs() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Termios tabs = DEFAULT.withOutput(OPOST | ONLCR | XTABS);
        for (char c : "a\tb\n".toCharArray()) {
            output.put(tabs, c, out);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("a       b\r\n");
        out.reset();
        output.put(DEFAULT.withOutput(0), '\n', out);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("\n");
    }
}
