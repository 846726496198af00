package faultline.core.testing;

import faultline.core.isa.survey.Survey;
import faultline.core.isa.survey.SurveyCorpus;
import faultline.core.isa.survey.SurveyPort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The survey of an instruction set of words as a command: `WORDS SEED [FILE]`, so many words of each kind. Into the
/// file goes the corpus of the disassembly test.
public final class SurveyCommand {

    private static final int OF_EACH_SHAPE = 1;

    private SurveyCommand() {}

    /// Where the words come from.
    @FunctionalInterface
    public interface Words {

        Stream<byte[]> of(long ofEach, long seed);
    }

    public static void run(SurveyPort port, Words words, String... arguments) throws IOException {
        SurveyCorpus corpus = new SurveyCorpus(port, OF_EACH_SHAPE);
        Survey survey = new Survey(port, corpus);
        survey.run(words.of(Long.parseLong(arguments[0]), Long.parseLong(arguments[1])));
        survey.report(System.out);
        if (arguments.length > 2) {
            corpus.write(Path.of(arguments[2]));
        }
    }

    /// What a text is without its numbers, which behind the mnemonic also name registers.
    public static String shape(String text, Pattern number) {
        int blank = text.indexOf(' ');
        return blank < 0
                ? text
                : text.substring(0, blank)
                        + number.matcher(text.substring(blank)).replaceAll("");
    }
}
