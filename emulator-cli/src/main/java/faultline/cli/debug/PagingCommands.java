package faultline.cli.debug;

import static faultline.cli.debug.Command.plain;
import static faultline.cli.debug.Command.withSymbols;

import faultline.kernel.mm.Mm;
import faultline.kernel.mm.ProcText;
import faultline.kernel.mm.Vma;
import faultline.kernel.mm.fault.FaultOutcome;
import faultline.kernel.mm.fault.FaultRing;
import faultline.kernel.mm.pgtable.PageTable;
import faultline.kernel.mm.pgtable.PageTableFormat;
import faultline.kernel.task.Siginfo;
import java.util.ArrayList;
import java.util.List;

/// What this debugger is for: page tables, VMAs and page faults.
final class PagingCommands {

    private static final int DEFAULT_FAULTS = 10;

    private final DebugSession session;
    private final Output out;

    PagingCommands(DebugSession session) {
        this.session = session;
        this.out = session.out();
    }

    List<Command> all() {
        return List.of(
                withSymbols("pt", "pt [ADDRESS]", """
                        Walks the page tables as the hardware would and shows every entry, raw and bit by bit.
                        Without ADDRESS that of the last fault. Looking sets no accessed bit.""", this::walk),
                withSymbols("vma", "vma [ADDRESS]", """
                        Shows the mapping at ADDRESS, or what lies on either side of it.
                        Without ADDRESS that of the last fault.""", this::vma),
                plain("faults", "faults [COUNT]", """
                        Shows the last page faults: address, error code, VMA and outcome.
                        Those that a program never notices are here too: demand paging and copy-on-write.""", this::faults));
    }

    /// The address a command is about: its argument, or the last fault's.
    private long address(String text) {
        if (!text.isBlank()) {
            return session.evaluate(text);
        }
        List<FaultRing.Entry> entries = session.inferior().faults().entries();
        if (entries.isEmpty()) {
            throw new CommandError("There has been no page fault yet; say an address.");
        }
        return entries.getLast().address();
    }

    private void walk(String text) throws InterruptedException {
        long va = address(text);
        Mm mm = session.current().mm();
        PageTable table = mm.pageTable();
        PageTableFormat format = table.format();
        if (Long.compareUnsigned(va, format.userEnd()) >= 0) {
            throw new CommandError("0x%x is no user address; they end at 0x%x.".formatted(va, format.userEnd()));
        }
        List<PageTable.Level> levels = session.onGuest(() -> table.describe(va));
        out.format("Walk of 0x%x from the root table at physical 0x%x:", va, table.rootPa());
        for (PageTable.Level level : levels) {
            long index = va >>> format.shift(level.level()) & (format.entries(level.level()) - 1);
            out.format(
                    "  %s[%d]%s at 0x%x = 0x%016x  %s",
                    name(level.level(), format.levels()),
                    index,
                    " ".repeat(index < 10 ? 2 : index < 100 ? 1 : 0),
                    level.entryPa(),
                    level.raw(),
                    level.text());
        }
        PageTable.Level last = levels.getLast();
        if (!format.isPresent(last.raw())) {
            out.format("Not present at %s: an access faults.", name(last.level(), format.levels()));
        } else {
            long size = 1L << format.shift(last.level());
            out.format(
                    "Physical address 0x%x.",
                    (format.pfn(last.raw()) << format.geometry().shift()) + (va & (size - 1)));
        }
    }

    /// Linux's name of a level; the middle ones are folded away where there are fewer.
    private static String name(int level, int levels) {
        if (level == levels - 1) {
            return "PGD";
        }
        return switch (level) {
            case 0 -> "PTE";
            case 1 -> "PMD";
            case 2 -> "PUD";
            default -> "P4D";
        };
    }

    private void vma(String text) throws InterruptedException {
        long va = address(text);
        Mm mm = session.current().mm();
        String maps = session.onGuest(() -> new ProcText(mm).maps());
        Vma vma = session.onGuest(() -> mm.vmaAt(va));
        if (vma == null) {
            gap(va, mm, maps);
            return;
        }
        out.line(lineOf(maps, vma.start()));
        out.line("  " + String.join(" ", flags(vma)) + (vma.pkey() == 0 ? "" : " protection key " + vma.pkey()));
        out.format(
                "  0x%x is byte 0x%x of it, page %d of %d.",
                va, va - vma.start(), va - vma.start() >>> mm.geometry().shift(), vma.pages());
    }

    private void gap(long va, Mm mm, String maps) throws InterruptedException {
        out.format("Nothing is mapped at 0x%x.", va);
        Vma next = session.onGuest(() -> mm.findVma(va));
        String before = null;
        for (String line : maps.lines().toList()) {
            if (Long.compareUnsigned(end(line), va) <= 0) {
                before = line;
            }
        }
        if (before != null) {
            out.format("  0x%x bytes above %s", va - end(before), before);
        }
        if (next != null) {
            out.format("  0x%x bytes below %s", next.start() - va, lineOf(maps, next.start()));
        }
    }

    private static long end(String line) {
        return Long.parseUnsignedLong(line.substring(line.indexOf('-') + 1, line.indexOf(' ')), 16);
    }

    private static String lineOf(String maps, long start) {
        String prefix = String.format("%08x-", start);
        return maps.lines().filter(line -> line.startsWith(prefix)).findFirst().orElse(prefix);
    }

    private static List<String> flags(Vma vma) {
        List<String> names = new ArrayList<>();
        add(names, vma, Vma.VM_READ, "VM_READ");
        add(names, vma, Vma.VM_WRITE, "VM_WRITE");
        add(names, vma, Vma.VM_EXEC, "VM_EXEC");
        add(names, vma, Vma.VM_SHARED, "VM_SHARED");
        add(names, vma, Vma.VM_MAYREAD, "VM_MAYREAD");
        add(names, vma, Vma.VM_MAYWRITE, "VM_MAYWRITE");
        add(names, vma, Vma.VM_MAYEXEC, "VM_MAYEXEC");
        add(names, vma, Vma.VM_MAYSHARE, "VM_MAYSHARE");
        add(names, vma, Vma.VM_GROWSDOWN, "VM_GROWSDOWN");
        add(names, vma, Vma.VM_LOCKED, "VM_LOCKED");
        add(names, vma, Vma.VM_DONTCOPY, "VM_DONTCOPY");
        add(names, vma, Vma.VM_ACCOUNT, "VM_ACCOUNT");
        return names;
    }

    private static void add(List<String> names, Vma vma, int flag, String name) {
        if (vma.has(flag)) {
            names.add(name);
        }
    }

    private void faults(String text) {
        long count = text.isBlank() ? DEFAULT_FAULTS : session.evaluate(text);
        List<FaultRing.Entry> entries = session.inferior().faults().entries();
        if (entries.isEmpty()) {
            out.line("There has been no page fault yet.");
            return;
        }
        int first = (int) Math.max(0, entries.size() - Math.max(1, count));
        for (FaultRing.Entry entry : entries.subList(first, entries.size())) {
            out.format(
                    "#%d %s 0x%x, error code 0x%x (%s)",
                    entry.number(),
                    entry.access().name().toLowerCase(java.util.Locale.ROOT),
                    entry.address(),
                    entry.code(),
                    session.inferior().machine().faultEntry().describe(entry.code()));
            out.format(
                    "    %s, %s: %s",
                    entry.vmaEnd() == 0 ? "no VMA" : "VMA 0x%x-0x%x".formatted(entry.vmaStart(), entry.vmaEnd()),
                    entry.design(),
                    outcome(entry.outcome()));
        }
    }

    private static String outcome(FaultOutcome outcome) {
        return switch (outcome) {
            case FaultOutcome.Done(boolean major, boolean _) ->
                major ? "done, major (waited for the file)" : "done, minor";
            case FaultOutcome.Retry _ -> "cut short by a signal";
            case FaultOutcome.OutOfMemory _ -> "out of memory";
            case FaultOutcome.Signal(int signal, int code, long address, int pkey) -> {
                Siginfo info = new Siginfo(signal, code, 0, 0, 0, 0, address, pkey, 0);
                yield Events.name(info) + ", " + faultline.cli.run.SignalText.cause(info);
            }
        };
    }
}
