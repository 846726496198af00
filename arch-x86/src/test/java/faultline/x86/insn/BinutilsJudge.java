package faultline.x86.insn;

import faultline.core.arch.Disassembler;
import faultline.core.isa.survey.Judge;
import faultline.core.isa.survey.Reading;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Compares our reading with objdump's: same length, verdict and text, but for [BinutilsSpellings]
/// and the classes named here, each of which is decided by bytes or mnemonic.
///
/// Where the two disagree about what executes, `src/test/native/ask-host.c` was asked: the host's
/// processor takes our side in all of these classes but two, where vendors differ and the model
/// says it is Intel's.
final class BinutilsJudge implements Judge {

    private static final int LOCK = 0xf0;
    private static final int NARROW = 0x66;
    private static final int WAIT = 0x9b;
    private static final Set<Integer> VEX = Set.of(0xc4, 0xc5);
    private static final Set<Integer> LEGACY = Set.of(0x66, 0x67, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0xf0, 0xf2, 0xf3);

    private static final Pattern ONLY_PREFIXES =
            Pattern.compile("(?:(?:rex[.WRXB]*|data16|addr32|lock|rep|repz|repnz|[cdefgs]s|bnd)(?: |$))+");

    /// How objdump shows bytes that are no instruction, or an operand that does not exist.
    private static final Pattern REFUSED = Pattern.compile("[({]bad[)}]|\\?");

    private static final Pattern ABSENT_REGISTERS = Pattern.compile("cr(?:1|5|6|7|9|1\\d)\\b|dr(?:8|9|1\\d)|mov cs,");

    /// Second encodings of x87 instructions, which objdump calls bad and processors execute.
    private static final Set<String> X87_ALIASES =
            Set.of("fcom2", "fcomp3", "fcomp5", "fxch4", "fxch7", "fstp1", "fstp8", "fstp9");

    /// What the manual may be preceded by LOCK, if the destination is memory (SDM volume 2, LOCK).
    private static final Set<String> LOCKABLE = Set.of(
            "add",
            "adc",
            "and",
            "btc",
            "btr",
            "bts",
            "cmpxchg",
            "cmpxchg8b",
            "cmpxchg16b",
            "dec",
            "inc",
            "neg",
            "not",
            "or",
            "sbb",
            "sub",
            "xadd",
            "xchg",
            "xor");

    /// Instructions of one mandatory prefix, or none, which objdump also shows behind another.
    private static final Pattern REFUSE_PREFIXES = Pattern.compile(
            "fx(save|rstor)(64)?|(ld|st)mxcsr|sfence|xgetbv|xsetbv|rdpkru|wrpkru|pmovmskb|xsave(64)?|xrstor(64)?");

    private static final Pattern NARROW_INDIRECT =
            Pattern.compile("(call|jmp) (?:WORD PTR .*|[a-d]x|[sd]i|[sb]p|r\\d+w)");

    private static final Pattern HINTS = Pattern.compile("prefetch[a-z0-9]*|bnd[a-z]+|cldemote|rdssp[dq]");

    private final Disassembler disassembler;
    private final Map<String, Pattern> extensions = extensions();

    BinutilsJudge(Disassembler disassembler) {
        this.disassembler = disassembler;
    }

    private static Map<String, Pattern> extensions() {
        Map<String, Pattern> extensions = new LinkedHashMap<>();
        for (String line : TestResources.lines("binutils-extensions.txt")) {
            if (!line.startsWith("#")) {
                String[] parts = line.split(": ", 2);
                extensions.put(parts[0], Pattern.compile(parts[1]));
            }
        }
        return extensions;
    }

    @Override
    public boolean isRefusal(Reading theirs) {
        return REFUSED.matcher(theirs.text()).find();
    }

    @Override
    public Finding compare(byte[] bytes, Reading theirs, Disassembler.Line ours) {
        boolean theyRefuse = isRefusal(theirs);
        boolean weRefuse = isData(ours);
        if (ONLY_PREFIXES.matcher(theirs.text()).matches()) {
            return behindPrefixes(bytes, theirs, ours);
        }
        if (theyRefuse || weRefuse) {
            return theyRefuse && weRefuse
                    ? new Finding.Same()
                    : weRefuse ? onlyTheirs(bytes, theirs) : onlyOurs(bytes, theirs, ours);
        }
        return bothExecute(bytes, theirs, ours);
    }

    private static boolean isData(Disassembler.Line line) {
        return line.mnemonic().equals(".byte");
    }

    private static String text(Disassembler.Line line) {
        return BinutilsSpellings.withoutIdlePrefixes(line.text().replaceAll("\\s+", " "));
    }

    private static String mnemonic(String text) {
        String bare = BinutilsSpellings.withoutIdlePrefixes(text);
        return (bare.startsWith("lock ") ? bare.substring("lock ".length()) : bare).split(" ")[0];
    }

    /// objdump shows prefixes alone up to a REX that something else than an opcode follows; to
    /// processors such a REX is not there.
    private Finding behindPrefixes(byte[] bytes, Reading theirs, Disassembler.Line ours) {
        int at = theirs.length() - 1;
        if (isWait(bytes, opcodeAt(bytes), ours)) {
            return new Finding.Listed("FWAIT shown with what follows");
        }
        boolean rex = (bytes[at] & 0xf0) == 0x40;
        if (!rex) {
            return new Finding.Unexplained("prefixes alone");
        }
        byte[] without = new byte[bytes.length - 1];
        System.arraycopy(bytes, 0, without, 0, at);
        System.arraycopy(bytes, at + 1, without, at, without.length - at);
        Disassembler.Line rest = disassembler.disassemble(without, 0, without.length, theirs.pc() + 1);
        boolean same = isData(ours)
                ? isData(rest) || rest.length() == bytes.length
                : rest.length() == ours.length() - 1 && text(rest).equals(text(ours));
        return same || theirs.length() == bytes.length
                ? new Finding.Listed("a REX that the next prefix cancels")
                : new Finding.Unexplained("cancelled REX");
    }

    private Finding onlyTheirs(byte[] bytes, Reading theirs) {
        String mnemonic = mnemonic(theirs.text());
        int opcode = opcodeAt(bytes);
        if (has(bytes, opcode, LOCK)) {
            return isMisplaced(bytes, theirs, mnemonic)
                    ? new Finding.Listed("LOCK where it is undefined")
                    : new Finding.Unexplained("LOCK refused: " + mnemonic);
        }
        if (opcode > 0 && VEX.contains(bytes[opcode] & 0xff)) {
            return new Finding.Listed("prefixes before VEX, where they are undefined");
        }
        if (isPrefixed(bytes, opcode) && REFUSE_PREFIXES.matcher(mnemonic).matches()) {
            return new Finding.Listed("66, F2 or F3 where they are undefined");
        }
        if (mnemonic.equals("mov") && ABSENT_REGISTERS.matcher(theirs.text()).find()) {
            return new Finding.Listed("registers that do not exist or cannot be loaded");
        }
        for (Map.Entry<String, Pattern> extension : extensions.entrySet()) {
            if (extension.getValue().matcher(mnemonic).matches()) {
                return new Finding.Listed("no model has " + extension.getKey());
            }
        }
        return new Finding.Unexplained("only objdump's: " + mnemonic);
    }

    /// Whether the bytes are legal without LOCK, and LOCK is not allowed there.
    private boolean isMisplaced(byte[] bytes, Reading theirs, String mnemonic) {
        int opcode = opcodeAt(bytes);
        byte[] without = bytes.clone();
        for (int i = 0; i < opcode; i++) {
            // The flat segment's prefix stands for nothing, at the same length.
            without[i] = (without[i] & 0xff) == LOCK ? 0x3e : without[i];
        }
        Disassembler.Line line = disassembler.disassemble(without, 0, without.length, theirs.pc());
        String unlocked = theirs.text().replace("lock ", "");
        Finding finding = compare(without, new Reading(theirs.pc(), theirs.length(), unlocked), line);
        boolean memory = BinutilsSpellings.ALL.ours(unlocked).matches("[a-z0-9]+ [A-Z]+ PTR .*");
        return !(finding instanceof Finding.Unexplained) && !(LOCKABLE.contains(mnemonic) && memory && !isData(line));
    }

    private static Finding onlyOurs(byte[] bytes, Reading theirs, Disassembler.Line ours) {
        String mnemonic = mnemonic(ours.text());
        if (X87_ALIASES.contains(mnemonic)) {
            return new Finding.Listed("second encodings of x87 instructions");
        }
        if (isHint(mnemonic(theirs.text()), text(ours))) {
            return new Finding.Listed("hints");
        }
        int opcode = opcodeAt(bytes);
        if (isPrefixed(bytes, opcode) && mnemonic.matches("bsf|bsr|wbinvd")) {
            return new Finding.Listed("prefixes that do not select");
        }
        if (mnemonic.matches("[lms]fence")) {
            return new Finding.Listed("fences with another r/m field");
        }
        if (isWait(bytes, opcode, ours)) {
            return new Finding.Listed("FWAIT shown with what follows");
        }
        return new Finding.Unexplained("only ours: " + mnemonic);
    }

    private static Finding bothExecute(byte[] bytes, Reading theirs, Disassembler.Line ours) {
        String expected = BinutilsSpellings.ALL.ours(theirs.text());
        String found = text(ours);
        if (theirs.length() == ours.length() && expected.equals(found)) {
            return new Finding.Same();
        }
        String mnemonic = mnemonic(theirs.text());
        int opcode = opcodeAt(bytes);
        if (isWait(bytes, opcode, ours)) {
            return new Finding.Listed("FWAIT shown with what follows");
        }
        boolean narrow = ours.length() - theirs.length() == 2 && mnemonic.matches("(call|jmp|j[a-z]+)w?")
                || NARROW_INDIRECT.matcher(expected).matches();
        if (narrow && has(bytes, opcode, NARROW)) {
            return new Finding.Listed("66 before near branches: AMD's are of 16 bits");
        }
        if (theirs.length() == ours.length()) {
            return sameLength(bytes, opcode, theirs.text(), mnemonic, found);
        }
        return new Finding.Unexplained("length: " + mnemonic);
    }

    private static Finding sameLength(byte[] bytes, int opcode, String theirs, String mnemonic, String ours) {
        if (isHint(mnemonic, ours)) {
            return new Finding.Listed("hints");
        }
        if (mnemonic.equals("wbnoinvd") && ours.equals("wbinvd")) {
            return new Finding.Listed("prefixes that do not select");
        }
        if (has(bytes, opcode, NARROW) && mnemonic.matches("movdq2q|movq2dq")) {
            return new Finding.Listed("66 beside F2 or F3: objdump changes a register's kind");
        }
        if (mnemonic.startsWith("pclmul") && ours.matches(".*,0x[23]")) {
            return new Finding.Listed("PCLMULQDQ with a bit that does not count");
        }
        if (theirs.contains("notrack ") && ours.matches(".* [fg]s:.*")) {
            return new Finding.Listed("NOTRACK: objdump forgets FS and GS");
        }
        return new Finding.Unexplained("text: " + mnemonic);
    }

    /// objdump takes FWAIT for a prefix.
    private static boolean isWait(byte[] bytes, int opcode, Disassembler.Line ours) {
        return (bytes[opcode] & 0xff) == WAIT && ours.mnemonic().endsWith("fwait") && ours.length() == opcode + 1;
    }

    /// What does nothing on every model, though it has a name.
    private static boolean isHint(String theirs, String ours) {
        return ours.startsWith("nop ") && HINTS.matcher(theirs).matches();
    }

    /// Where the prefixes end.
    private static int opcodeAt(byte[] bytes) {
        int at = 0;
        while (at < bytes.length - 1 && (LEGACY.contains(bytes[at] & 0xff) || (bytes[at] & 0xf0) == 0x40)) {
            at++;
        }
        return at;
    }

    private static boolean isPrefixed(byte[] bytes, int opcode) {
        return has(bytes, opcode, NARROW) || has(bytes, opcode, 0xf2) || has(bytes, opcode, 0xf3);
    }

    private static boolean has(byte[] bytes, int end, int prefix) {
        for (int i = 0; i < end; i++) {
            if ((bytes[i] & 0xff) == prefix) {
                return true;
            }
        }
        return false;
    }
}
