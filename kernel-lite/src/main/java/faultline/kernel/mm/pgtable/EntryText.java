package faultline.kernel.mm.pgtable;

import java.util.StringJoiner;

/// An entry bit by bit, as [PageTableFormat#describe] writes it.
public final class EntryText {

    private final StringJoiner text = new StringJoiner(" ");
    private final long entry;

    private EntryText(long entry) {
        this.entry = entry;
    }

    /// What all formats say in the same way: that an entry is empty, or that it is not present;
    /// else the PFN, and then what `bits` adds.
    static String of(PageTableFormat format, int level, long entry) {
        if (format.isNone(entry)) {
            return "none";
        }
        if (!format.isPresent(entry)) {
            return level > 0
                    ? "not present 0x" + Long.toHexString(entry)
                    : "swapped out, area " + format.swapType(entry) + " slot " + format.swapOffset(entry)
                            + (format.isSwapExclusive(entry) ? " exclusive" : "");
        }
        EntryText text = new EntryText(entry);
        text.add("PFN 0x" + Long.toHexString(format.pfn(entry)));
        format.describeBits(level, entry, text);
        return text.text.toString();
    }

    public void add(String word) {
        text.add(word);
    }

    /// Adds the name of a bit that is set.
    public void addIf(long bit, String name) {
        if ((entry & bit) != 0) {
            text.add(name);
        }
    }
}
