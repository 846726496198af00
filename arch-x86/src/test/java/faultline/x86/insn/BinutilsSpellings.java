package faultline.x86.insn;

import faultline.core.isa.survey.Spelling;
import faultline.core.isa.survey.Spellings;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The spellings in which binutils' text and ours differ.
final class BinutilsSpellings {

    static final Spellings ALL = new Spellings(List.of(
            // A far pointer with a 64-bit offset, whatever 66 says beside REX.W.
            new Spelling("far pointer", "480fb407", "lfs rax,FWORD PTR [rdi]", BinutilsSpellings::withWidePointer),
            new Spelling(
                    "comment",
                    "8b0510000000",
                    "mov eax,DWORD PTR [rip+0x10] # 0x16",
                    text -> text.replaceAll(" *#.*", "")),
            // Prefixes that change nothing; we show those that assemblers pad with. LOCK always counts, a
            // repetition before a string instruction.
            new Spelling("idle prefix", "f34801c8", "repz add rax,rcx", BinutilsSpellings::withoutIdlePrefixes),
            new Spelling("target", "ebfe", "jmp 0x0", text -> text.replaceAll("^(call|loop[a-z]*|j[a-z]+) 0x", "$1 ")),
            // `riz`: a SIB byte that names no index.
            new Spelling("no index", "8b0420", "mov eax,DWORD PTR [rax+riz*1]", BinutilsSpellings::withoutIndex),
            // The manual calls the form without prefixes IRETD.
            new Spelling("interrupt return", "cf", "iret", text -> text.replaceAll("^iret$", "iretd")),
            new Spelling(
                    "operand size",
                    "669c",
                    "pushfw",
                    text -> text.replaceAll(
                            "^(push|pop|pushf|popf|ret|retf|iret|enter|leave|fldenv|fnstenv|fnsave|frstor)w\\b", "$1")),
            new Spelling("far return", "48cb", "retfq", text -> text.replaceAll("^(retf|sysret|sysexit)[dq]", "$1")),
            new Spelling("predicate", "0fc2c102", "cmpleps xmm0,xmm1", BinutilsSpellings::withImmediate),
            new Spelling("halves", "660f3a44c111", "pclmulhqhqdq xmm0,xmm1", BinutilsSpellings::withHalves),
            new Spelling(
                    "string lengths",
                    "66480f3a61c10c",
                    "pcmpestriq xmm0,xmm1,0xc",
                    text -> text.replaceAll("^(pcmpestr[im])q", "$1")),
            new Spelling(
                    "octaword",
                    "480fc70f",
                    "cmpxchg16b OWORD PTR [rdi]",
                    text -> text.replace("OWORD PTR", "XMMWORD PTR")),
            new Spelling(
                    "unaligned",
                    "f20ff007",
                    "lddqu xmm0,[rdi]",
                    text -> text.replaceAll("^(lddqu xmm\\d+,)", "$1XMMWORD PTR ")),
            // Of a selector only 16 bits count, whatever the operand size.
            new Spelling("selector", "8ed8", "mov ds,eax", BinutilsSpellings::withNarrowSelector),
            // A mask is written as 32 bits, whatever the operand size.
            new Spelling("mask", "66480fd7c1", "pmovmskb rax,xmm1", BinutilsSpellings::withNarrowMask),
            new Spelling("nop", "664890", "rex.W xchg rax,rax", text -> text.replaceAll("^xchg rax,rax$", "nop")),
            new Spelling("accumulator", "d7", "xlat BYTE PTR ds:[rbx]", text -> text.replaceAll("^xlat ", "xlat al,")),
            new Spelling("only there", "dbe0", "fneni(8087 only)", text -> text.replaceAll("\\(\\d+ only\\)", ""))));

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

    private BinutilsSpellings() {}

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
