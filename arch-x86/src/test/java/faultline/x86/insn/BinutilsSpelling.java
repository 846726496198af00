package faultline.x86.insn;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A spelling in which binutils' text and ours may differ: it rewrites binutils' into ours.
///
/// @param example an instruction that binutils spells so
/// @param theirs binutils' text of it
record BinutilsSpelling(String name, String example, String theirs, UnaryOperator<String> rule) {

    /// All spellings, in the order in which they are applied.
    static final List<BinutilsSpelling> ALL = List.of(
            // A far pointer with a 64-bit offset, whatever 66 says beside REX.W.
            new BinutilsSpelling(
                    "far pointer", "480fb407", "lfs rax,FWORD PTR [rdi]", BinutilsSpelling::withWidePointer),
            new BinutilsSpelling(
                    "comment",
                    "8b0510000000",
                    "mov eax,DWORD PTR [rip+0x10] # 0x16",
                    text -> text.replaceAll(" *#.*", "")),
            // Prefixes that change nothing; we show those that assemblers pad with. LOCK always counts, a
            // repetition before a string instruction.
            new BinutilsSpelling("idle prefix", "f34801c8", "repz add rax,rcx", BinutilsSpelling::withoutIdlePrefixes),
            new BinutilsSpelling(
                    "target", "ebfe", "jmp 0x0", text -> text.replaceAll("^(call|loop[a-z]*|j[a-z]+) 0x", "$1 ")),
            // `riz`: a SIB byte that names no index.
            new BinutilsSpelling("no index", "8b0420", "mov eax,DWORD PTR [rax+riz*1]", BinutilsSpelling::withoutIndex),
            // The manual calls the form without prefixes IRETD.
            new BinutilsSpelling("interrupt return", "cf", "iret", text -> text.replaceAll("^iret$", "iretd")),
            new BinutilsSpelling(
                    "operand size",
                    "669c",
                    "pushfw",
                    text -> text.replaceAll(
                            "^(push|pop|pushf|popf|ret|retf|iret|enter|leave|fldenv|fnstenv|fnsave|frstor)w\\b", "$1")),
            new BinutilsSpelling(
                    "far return", "48cb", "retfq", text -> text.replaceAll("^(retf|sysret|sysexit)[dq]", "$1")),
            new BinutilsSpelling("predicate", "0fc2c102", "cmpleps xmm0,xmm1", BinutilsSpelling::withImmediate),
            new BinutilsSpelling("halves", "660f3a44c111", "pclmulhqhqdq xmm0,xmm1", BinutilsSpelling::withHalves),
            new BinutilsSpelling(
                    "string lengths",
                    "66480f3a61c10c",
                    "pcmpestriq xmm0,xmm1,0xc",
                    text -> text.replaceAll("^(pcmpestr[im])q", "$1")),
            new BinutilsSpelling(
                    "octaword",
                    "480fc70f",
                    "cmpxchg16b OWORD PTR [rdi]",
                    text -> text.replace("OWORD PTR", "XMMWORD PTR")),
            new BinutilsSpelling(
                    "unaligned",
                    "f20ff007",
                    "lddqu xmm0,[rdi]",
                    text -> text.replaceAll("^(lddqu xmm\\d+,)", "$1XMMWORD PTR ")),
            // Of a selector only 16 bits count, whatever the operand size.
            new BinutilsSpelling("selector", "8ed8", "mov ds,eax", BinutilsSpelling::withNarrowSelector),
            // A mask is written as 32 bits, whatever the operand size.
            new BinutilsSpelling("mask", "66480fd7c1", "pmovmskb rax,xmm1", BinutilsSpelling::withNarrowMask),
            new BinutilsSpelling(
                    "nop", "664890", "rex.W xchg rax,rax", text -> text.replaceAll("^xchg rax,rax$", "nop")),
            new BinutilsSpelling(
                    "accumulator", "d7", "xlat BYTE PTR ds:[rbx]", text -> text.replaceAll("^xlat ", "xlat al,")),
            new BinutilsSpelling(
                    "only there", "dbe0", "fneni(8087 only)", text -> text.replaceAll("\\(\\d+ only\\)", "")));

    private static final Pattern PREFIX = Pattern.compile(
            "(?:rex[.WRXB]*|data16|addr32|\\{vex}|rep|repz|repnz|[cdefgs]s|bnd|notrack|xacquire|xrelease) ");

    /// What a repetition counts for; I/O strings raise `#GP` before they would repeat.
    private static final Pattern STRING = Pattern.compile("(?:movs|cmps|stos|lods|scas) .*");

    private static final Pattern NO_BASE = Pattern.compile("([a-z]{2}:)?\\[[re]iz\\*\\d([+-])0x([0-9a-f]+)]");

    private static final List<String> PREDICATES = List.of("eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord");
    private static final Pattern COMPARES = Pattern.compile("^cmp(eq|lt|le|unord|neq|nlt|nle|ord)([ps][sd]) (.*)$");
    private static final Pattern CARRYLESS = Pattern.compile("^pclmul([lh])q([lh])qdq (.*)$");

    private static final Pattern SELECTORS = Pattern.compile("^(mov [defgs]s,|l(?:ar|sl) [a-z0-9]+,)([a-z0-9]+)()$");
    private static final Pattern MASKS = Pattern.compile("^(p?movmsk(?:b|ps|pd) )([a-z0-9]+)(,.*)$");

    /// binutils' text as we spell it.
    static String ours(String theirs) {
        return respelled(theirs, null);
    }

    private static String respelled(String theirs, @Nullable BinutilsSpelling without) {
        String text = theirs;
        for (BinutilsSpelling spelling : ALL) {
            text = spelling == without ? text : spelling.rule.apply(text);
        }
        return text;
    }

    /// Whether without this spelling a text would stay another.
    boolean matters(String text) {
        return !respelled(text, this).equals(ours(text));
    }

    static String withoutIdlePrefixes(String text) {
        String rest = text;
        String lock = "";
        String repeat = "";
        while (true) {
            Matcher prefix = PREFIX.matcher(rest);
            if (rest.startsWith("lock ")) {
                lock = "lock ";
                rest = rest.substring(lock.length());
            } else if (prefix.lookingAt()) {
                repeat = prefix.group().startsWith("rep") ? prefix.group() : repeat;
                rest = rest.substring(prefix.end());
            } else {
                break;
            }
        }
        return lock + (STRING.matcher(rest).matches() ? repeat : "") + rest;
    }

    private static String withoutIndex(String text) {
        Matcher alone = NO_BASE.matcher(text);
        if (!alone.find()) {
            return text.replaceAll("\\+[re]iz\\*\\d", "");
        }
        long displacement = Long.parseLong(alone.group(3), 16);
        String segment = alone.group(1) == null ? "ds:" : alone.group(1);
        return alone.replaceFirst(
                segment + "0x" + Long.toHexString(alone.group(2).equals("-") ? -displacement : displacement));
    }

    private static String withWidePointer(String text) {
        return text.replaceAll("^(.*rex\\.W\\S* (?:\\S+ )*(?:call|jmp) )[DF]WORD", "$1TBYTE")
                .replaceAll("(l[fgs]s r(?:[a-z]{2}|\\d+),)[FD]WORD", "$1TBYTE");
    }

    private static String withImmediate(String text) {
        Matcher compares = COMPARES.matcher(text);
        return compares.matches()
                ? "cmp" + compares.group(2) + " " + compares.group(3) + ",0x" + PREDICATES.indexOf(compares.group(1))
                : text;
    }

    private static String withHalves(String text) {
        Matcher carryless = CARRYLESS.matcher(text);
        if (!carryless.matches()) {
            return text;
        }
        int immediate =
                (carryless.group(1).equals("h") ? 1 : 0) | (carryless.group(2).equals("h") ? 0x10 : 0);
        return "pclmulqdq " + carryless.group(3) + ",0x" + Integer.toHexString(immediate);
    }

    private static String withNarrowSelector(String text) {
        return narrowed(text, SELECTORS, 16);
    }

    private static String withNarrowMask(String text) {
        return narrowed(text, MASKS, 32);
    }

    /// With the pattern's second group, a register, at another width.
    private static String narrowed(String text, Pattern pattern, int bits) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            return text;
        }
        String name = matcher.group(2);
        String narrow = Character.isDigit(name.charAt(1))
                ? name.replaceAll("[dw]$", "") + (bits == 16 ? "w" : "d")
                : (bits == 16 ? "" : "e") + name.substring(name.length() - 2);
        return matcher.group(1) + narrow + matcher.group(3);
    }
}
