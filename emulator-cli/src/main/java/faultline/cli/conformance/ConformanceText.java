package faultline.cli.conformance;

import faultline.cli.run.Json;
import faultline.core.conformance.ConformanceReport;
import faultline.core.conformance.ConformanceReport.Failure;
import faultline.core.conformance.Coverage;
import faultline.core.conformance.Coverage.Chapter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/// A conformance report for people, and for programs.
public final class ConformanceText {

    private static final String LINE = "%-22s %6s %8s %12s %12s%n";

    private final String arch;
    private final ConformanceReport report;

    public ConformanceText(String arch, ConformanceReport report) {
        this.arch = arch;
        this.report = report;
    }

    /// Prints coverage by chapter, then the failures, each with a command that shows it again.
    public void print() {
        System.out.println("Oracle: " + report.oracle());
        System.out.println();
        System.out.printf(LINE, "chapter", "rows", "reached", "vectors", "passed");
        Coverage coverage = report.coverage();
        coverage.chapters().forEach(ConformanceText::print);
        Chapter total = coverage.total();
        System.out.println();
        print(new Chapter(
                "all rows", total.rows(), total.reached(), total.excluded(), total.vectors(), total.passed()));
        coverage.others()
                .forEach((name, tally) -> System.out.printf(LINE, name, "", "", tally.vectors(), tally.passed()));
        if (total.excluded() > 0) {
            System.out.println(total.excluded() + " rows cannot be compared; docs/conformance.md says why.");
        }
        for (Failure failure : report.failures()) {
            print(failure);
        }
        System.out.println();
        System.out.println(Ansi.AUTO.string(verdict()));
    }

    private String verdict() {
        if (report.agrees()) {
            return "@|green No differences.|@";
        }
        return report.failed() == 0
                ? "@|bold,red Nothing was compared.|@"
                : "@|bold,red " + report.failed() + " differences.|@";
    }

    private static void print(Chapter chapter) {
        int expected = chapter.rows() - chapter.excluded();
        String reached = chapter.reached() == expected ? "all" : chapter.reached() + "";
        System.out.printf(LINE, chapter.name(), chapter.rows(), reached, chapter.vectors(), chapter.passed());
    }

    private void print(Failure failure) {
        System.out.println();
        System.out.println(Ansi.AUTO.string("@|bold " + failure.subject().replace("|@", "| @") + "|@"));
        failure.differences().forEach(difference -> System.out.println("    " + difference));
        System.out.println("    " + command(failure));
    }

    private String command(Failure failure) {
        return "faultline conformance --arch " + arch + " --vector '" + failure.vector() + "'";
    }

    public void printJson() {
        List<Json> chapters = new ArrayList<>();
        for (Chapter chapter : report.coverage().chapters()) {
            chapters.add(Json.object()
                    .put("chapter", chapter.name())
                    .put("rows", chapter.rows())
                    .put("reached", chapter.reached())
                    .put("excluded", chapter.excluded())
                    .put("vectors", chapter.vectors())
                    .put("passed", chapter.passed()));
        }
        List<Json> rows = new ArrayList<>();
        report.coverage()
                .rows()
                .forEach((row, tally) -> rows.add(Json.object()
                        .put("chapter", row.chapter())
                        .put("row", row.text())
                        .put("vectors", tally.vectors())
                        .put("passed", tally.passed())));
        List<Json> others = new ArrayList<>();
        report.coverage()
                .others()
                .forEach((name, tally) -> others.add(Json.object()
                        .put("name", name)
                        .put("vectors", tally.vectors())
                        .put("passed", tally.passed())));
        Json.print(Json.object()
                .put("architecture", arch)
                .put("oracle", report.oracle())
                .put("failed", report.failed())
                .put("chapters", chapters)
                .put("rows", rows)
                .put("others", others)
                .put("failures", report.failures().stream().map(this::json).toList()));
    }

    private Json json(Failure failure) {
        return Json.object()
                .put("subject", failure.subject())
                .put("vector", failure.vector())
                .put("differences", failure.differences())
                .put("command", command(failure));
    }
}
