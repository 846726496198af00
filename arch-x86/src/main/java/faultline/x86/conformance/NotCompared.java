package faultline.x86.conformance;

import java.util.Map;

/// Rows that have no vectors, and why.
final class NotCompared {

    private static final String ENTERS_KERNEL = "enters the kernel";
    private static final String CLOCK = "reads a clock";
    private static final String RANDOM = "returns a random number";

    static final Map<String, String> ROWS = Map.ofEntries(
            Map.entry("0F 05 | syscall", ENTERS_KERNEL),
            Map.entry("F1 | int1", "hypervisors differ in which instruction they report"),
            Map.entry("0F 31 | rdtsc", CLOCK),
            Map.entry("0F 01 F9 ?RDTSCP | rdtscp", CLOCK),
            Map.entry("F3 0F C7 /7 reg ?RDPID | rdpid Eq", "returns the number of the processor it happens to run on"),
            Map.entry("NFx 0F C7 /6 reg ?RDRAND | rdrand Ev", RANDOM),
            Map.entry("NFx 0F C7 /7 reg ?RDSEED | rdseed Ev", RANDOM),
            Map.entry("0F A2 | cpuid", "describes the model, not the host"),
            Map.entry("NP 0F 01 D0 ?XSAVE | xgetbv", "says what the model has, not the host"),
            Map.entry("NP 0F 01 EE ?PKU | rdpkru", "the oracle's processor has no protection keys"),
            Map.entry("NP 0F 01 EF ?PKU | wrpkru", "the oracle's processor has no protection keys"));

    private NotCompared() {}
}
