package faultline.core.engine;

import faultline.core.cpu.Vcpu;
import faultline.core.mem.Mem;
import faultline.core.mem.PhysicalMemory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decodes blocks: forwards through the bytes, then backwards into nodes, each with a final link to
/// the next.
///
/// A block ends with an instruction that does not fall through, at an instruction decoded before,
/// at the end of the page, or after [#LONGEST_BLOCK] instructions. One belongs to each
/// [Interpreter]; it keeps buffers.
final class BlockDecoder {

    /// More than any block of real code has; bounds the work lost when a guess runs into data.
    private static final int LONGEST_BLOCK = 64;

    /// What a block is whose bytes may be another's by now: it has to be looked up again.
    private static final Node OUTDATED = new ExitNode(0);

    private final CodeCache cache;
    private final Decoder decoder;
    private final byte[] bytes;
    private final List<Decoded> block = new ArrayList<>();

    BlockDecoder(CodeCache cache, Decoder decoder) {
        this.cache = cache;
        this.decoder = decoder;
        this.bytes = new byte[PhysicalMemory.FRAME_BYTES + decoder.longest()];
    }

    /// Decodes the block at `pc` of a page that was just looked up. Returns null when the first instruction
    /// runs over the end of the page. Nothing is decoded where the page may have gone meanwhile. Kernel mode:
    /// who takes a page away does not wait, and its frame may hold something else as soon as he has flushed.
    @Nullable
    Node decode(Vcpu self, CodePage page, long pc) {
        cache.beforeDecoding(self, page.pfn);
        synchronized (page) {
            Node known = page.at(pc);
            if (known != null) {
                return known;
            }
            int offset = offset(pc);
            int length = PhysicalMemory.FRAME_BYTES - offset;
            self.mem().memory().read((page.pfn << PhysicalMemory.FRAME_SHIFT) + offset, bytes, 0, length);
            if (!holds(self, pc)) {
                return OUTDATED;
            }
            int count = forwards(page, pc, length);
            return count == 0 ? page.at(pc) : backwards(page, count);
        }
    }

    /// Whether what was just read is what is mapped at `va`: nobody has asked meanwhile to forget where that is.
    private static boolean holds(Vcpu self, long va) {
        return self.owesNothing() && self.mem().isExecutable(va);
    }

    /// Decodes into the first `count` entries of `block`.
    private int forwards(CodePage page, long start, int limit) {
        int count = 0;
        long pc = start;
        while (count < LONGEST_BLOCK) {
            if (cache.isBreakpoint(pc)) {
                if (count == 0) {
                    page.put(new BreakpointNode(pc), 1);
                }
                break;
            }
            Decoded to = scratch(count);
            int at = (int) (pc - start);
            if (at >= limit || !decoder.decode(bytes, at, limit, pc, to)) {
                break;
            }
            count++;
            pc = to.end();
            if (to.endsBlock || !page.covers(pc) || page.at(pc) != null) {
                break;
            }
        }
        return count;
    }

    private Decoded scratch(int index) {
        if (index == block.size()) {
            block.add(decoder.scratch());
        }
        return block.get(index);
    }

    private Node backwards(CodePage page, int count) {
        long end = block.get(count - 1).end();
        Node known = page.covers(end) ? page.at(end) : null;
        Node next = known != null ? known : new ExitNode(end);
        for (int i = count - 1; i >= 0; i--) {
            Decoded insn = block.get(i);
            next = decoder.node(insn, i == count - 1 ? null : block.get(i + 1), next);
            page.put(next, insn.length);
        }
        cache.grown(page.charge(count));
        return next;
    }

    /// Decodes one instruction that runs from `first` into the page behind it, and remembers it there; null where one
    /// of them may have gone meanwhile.
    @Nullable
    Node decodeCrossing(Vcpu self, CodePage first, CodePage second, long pc) {
        cache.beforeDecoding(self, first.pfn);
        cache.beforeDecoding(self, second.pfn);
        PhysicalMemory memory = self.mem().memory();
        int inFirst = PhysicalMemory.FRAME_BYTES - offset(pc);
        memory.read((first.pfn << PhysicalMemory.FRAME_SHIFT) + offset(pc), bytes, 0, inFirst);
        memory.read(second.pfn << PhysicalMemory.FRAME_SHIFT, bytes, inFirst, decoder.longest());
        if (!holds(self, pc) || !holds(self, second.start)) {
            return null;
        }
        Decoded insn = scratch(0);
        if (!decoder.decode(bytes, 0, inFirst + decoder.longest(), pc, insn)) {
            throw new IllegalStateException("engine: instruction at 0x%x is longer than the longest".formatted(pc));
        }
        Node node =
                cache.isBreakpoint(pc) ? new BreakpointNode(pc) : decoder.node(insn, null, new ExitNode(insn.end()));
        second.setEntering(first, node, insn.length);
        return node;
    }

    /// Decodes one instruction for a single execution: nothing remembers it, no breakpoint hides
    /// it. Fetches like the hardware and throws its page fault.
    Node decodeAlone(Mem mem, long pc) {
        PhysicalMemory memory = mem.memory();
        int inFirst = Math.min(decoder.longest(), PhysicalMemory.FRAME_BYTES - offset(pc));
        memory.read(mem.executable(pc), bytes, 0, inFirst);
        Decoded insn = scratch(0);
        if (!decoder.decode(bytes, 0, inFirst, pc, insn)) {
            memory.read(mem.executable(pc + inFirst), bytes, inFirst, decoder.longest() - inFirst);
            if (!decoder.decode(bytes, 0, decoder.longest(), pc, insn)) {
                throw new IllegalStateException("engine: instruction at 0x%x is longer than the longest".formatted(pc));
            }
        }
        return decoder.node(insn, null, new ExitNode(insn.end()));
    }

    /// The last byte of what was decoded alone.
    long last() {
        return scratch(0).end() - 1;
    }

    /// The address behind the instruction at `pc`, which has just been executed.
    long behind(Mem mem, long pc) {
        decodeAlone(mem, pc);
        return scratch(0).end();
    }

    private static int offset(long va) {
        return (int) va & (PhysicalMemory.FRAME_BYTES - 1);
    }
}
