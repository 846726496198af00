# What gcc's test sources say about how they are compiled, as far as it decides on success: the dg- directives, and
# for a source with an .x file beside it the options that file adds.
#
#   awk -v level='-O2' -v triplet=x86_64-pc-linux-gnu -v without='ia32 x32' -v extensions='avx|fma' -v every=1 -f c-torture.awk FILE...
#
# One line for each file: its path, "run" or why it does not apply, options, further sources; separated by tabs.
# `without` names the effective targets that do not hold, all others do; `extensions` is a pattern of what the CPU does
# not have, as targets and as options. With `every` a file without dg-do is a
# program too. Assumes a directive to stand on one line, as all of them do that matter here.

BEGIN {
    tab = "\t"
    count = split(without, names, " ")
    for (i = 1; i <= count; i++) lacking[names[i]] = 1
}

FNR == 1 {
    report()
    file = FILENAME
    verdict = every ? "run" : "no program to run"
    options = ""
    added = ""
    sources = ""
    describe_suite()
}

/\{ *dg-/ {
    line = $0
    while (match(line, /\{ *dg-/)) {
        line = substr(line, RSTART)
        directive = braced(line)
        obey(directive)
        line = substr(line, length(directive) + 3)
    }
}

END { report() }

function report() {
    if (verdict == "run" && match(options added, "-m(" extensions ")[^ ]*"))
        verdict = "needs " substr(options added, RSTART, RLENGTH)
    if (file != "") print file tab verdict tab options added tab sources
}

# The text between the brace that `text` begins with and its partner.
function braced(text,    depth, i, c) {
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "{") depth++
        else if (c == "}" && --depth == 0) break
    }
    return substr(text, 2, i - 2)
}

# A Tcl list: words, quoted or braced ones without their quotes and braces. Returns how many.
function elements(text, list,    n, c, end) {
    n = 0
    while (1) {
        sub(/^[ \t\r]+/, "", text)
        if (text == "") return n
        c = substr(text, 1, 1)
        if (c == "{") {
            list[++n] = braced(text)
            text = substr(text, length(list[n]) + 3)
        } else if (c == "\"") {
            end = index(substr(text, 2), "\"")
            if (end == 0) end = length(text)
            list[++n] = substr(text, 2, end - 1)
            text = substr(text, end + 2)
        } else {
            match(text, /^[^ \t\r]+/)
            list[++n] = substr(text, 1, RLENGTH)
            text = substr(text, RLENGTH + 1)
        }
    }
}

function obey(directive,    part, n) {
    n = elements(directive, part)
    if (part[1] == "dg-do") {
        verdict = part[2] != "run" || n > 2 && !selects(part[3]) ? "no program to run" : "run"
    } else if (part[1] == "dg-options") {
        if (n < 3 || selects(part[3])) options = " " trimmed(part[2])
    } else if (part[1] == "dg-additional-options") {
        if (n < 3 || selects(part[3])) added = added " " trimmed(part[2])
    } else if (part[1] == "dg-add-options") {
        if (part[2] ~ /^arm_v8_3a_/) added = added " -march=armv8.3-a+fp16"
    } else if (part[1] == "dg-additional-sources") {
        sources = sources " " part[2]
    } else if (part[1] == "dg-require-effective-target") {
        if (!(n > 2 && !selects(part[3])) && !holds(part[2])) verdict = "needs " part[2]
    } else if (part[1] == "dg-skip-if") {
        if (holds(part[3]) && (n < 4 || among_options(part[4])) && (n < 5 || !among_options(part[5])))
            verdict = part[2] == "" ? "is to be skipped here" : part[2]
    }
}

# dg-options may be written as a list in braces. Nobody looks at the temporary files, which would be of the same names.
function trimmed(text) {
    gsub(/["{}]/, "", text)
    gsub(/-+save-temps/, "", text)
    return text
}

# `target SELECTOR`; what is said about expected failures selects nothing away.
function selects(text,    word, n) {
    n = elements(text, word)
    if (word[1] != "target") return word[1] !~ /^xfail$/
    sub(/^[ \t]*target[ \t]+/, "", text)
    return holds(text)
}

function holds(text,    part, n, i, truth) {
    n = elements(text, part)
    if (n == 1) return part[1] ~ /[ \t{]/ ? holds(part[1]) : is_so(part[1])
    if (part[1] == "!") return !holds(n == 2 ? part[2] : substr(text, index(text, "!") + 1))
    if (part[2] == "&&" || part[2] == "||") {
        truth = holds(part[1])
        for (i = 2; i < n; i += 2) {
            if (part[i] == "&&") truth = holds(part[i + 1]) && truth
            else truth = holds(part[i + 1]) || truth
        }
        return truth
    }
    for (i = 1; i <= n; i++) if (holds(part[i])) return 1
    return 0
}

function is_so(name) {
    return name ~ /[-*]/ ? glob(name, triplet) : !(name in lacking || name ~ ("^(" extensions ")"))
}

# Whether one of the option patterns of a dg-skip-if fits the options of this compilation.
function among_options(patterns,    pattern, option, n, m, i, j) {
    n = elements(patterns, pattern)
    m = split(level options added, option, " ")
    for (i = 1; i <= n; i++) {
        if (pattern[i] == "*") return 1
        for (j = 1; j <= m; j++) if (glob(pattern[i], option[j])) return 1
    }
    return 0
}

function glob(pattern, text) {
    gsub(/[.+^$()|]/, "\\\\&", pattern)
    gsub(/\*/, ".*", pattern)
    gsub(/\?/, ".", pattern)
    return text ~ ("^" pattern "$")
}

# What the .exp files of some directories add to every program of theirs, or say which are programs.
function describe_suite(    base, x, text) {
    base = file
    sub(/\.[cC]$/, "", base)
    if (file ~ /\/execute\/builtins\//) {
        added = " -fno-tree-dse -fno-tree-loop-distribute-patterns -fno-tracer -fno-ipa-ra -fno-inline-functions"
        x = base
        sub(/[^\/]*$/, "", x)
        sources = " " base "-lib.c " x "lib/main.c"
    } else if (file ~ /\/execute\/ieee\//) {
        added = " -fno-inline"
    } else if (file ~ /\/advsimd-intrinsics\//) {
        verdict = "run"
        added = " -march=armv8.2-a+fp16"
    } else if (match(file, /\/aapcs64\/(test_|va_arg-|func-ret-|rec_)/)) {
        verdict = "run"
        added = " -fno-inline -fno-ipa-ra"
        if (file !~ /\/rec_/) sources = " " substr(file, 1, RSTART + 8) "abitest.S"
    }
    x = base ".x"
    while ((getline text < x) > 0) {
        if (text ~ /^(set|lappend) additional_flags /) {
            sub(/^[a-z]+ additional_flags /, "", text)
            added = added " " trimmed(text)
        }
    }
    close(x)
}
