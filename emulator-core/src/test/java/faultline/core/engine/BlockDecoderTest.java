package faultline.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.core.cpu.Vcpu;
import faultline.core.cpu.VcpuSet;
import faultline.core.mem.Mem;
import faultline.core.mem.PhysicalMemory;
import faultline.core.step.ParallelSchedule;
import faultline.core.step.Steps;
import faultline.core.testing.FlatMmu;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Who decodes is in kernel mode, where nobody waits for him: the page may go when it was translated and before its
/// bytes are read, and another process has its frame at once, with the same address perhaps.
final class BlockDecoderTest {

    private static final long CODE = 0x3000;
    private static final long PFN = CODE >>> PhysicalMemory.FRAME_SHIFT;

    private final PhysicalMemory memory = PhysicalMemory.reserve(1 << 20);
    private final VcpuSet vcpus =
            new VcpuSet(2, memory, () -> new FlatMmu(memory.bytes()), new Steps(new ParallelSchedule()));
    private final CodeCache cache = new CodeCache(memory);
    private final BlockDecoder decoder = new BlockDecoder(cache, new OneByteDecoder());
    private final Vcpu self = vcpus.get(0);
    private final Mem mem = self.mem();

    private CodePage lookUp() {
        CodePage page = cache.page(mem.executable(CODE) >>> PhysicalMemory.FRAME_SHIFT, CODE);
        mem.tlb().setCode(CODE, page);
        return page;
    }

    /// What another vCPU does that takes the page away.
    private void steal() {
        vcpus.broadcast(vcpus.get(1), on -> on.mem().tlb().flush());
        memory.noteWrite(PFN);
    }

    @Test
    void whatIsMappedIsDecoded() {
        self.enterKernel();
        CodePage page = lookUp();
        assertThat(decoder.decode(self, page, CODE)).isSameAs(page.at(CODE));
        assertThat(page.at(CODE)).isNotNull();
    }

    @Test
    void whatWentBeforeItWasMarkedIsNot() {
        self.enterKernel();
        long pa = mem.executable(CODE);
        steal();
        CodePage page = cache.page(pa >>> PhysicalMemory.FRAME_SHIFT, CODE);
        mem.tlb().setCode(CODE, page);
        decoder.decode(self, page, CODE);
        assertThat(page.at(CODE)).isNull();
        // Before the next translation the flush is answered, and what is there now is decoded.
        self.answer();
        CodePage again = lookUp();
        decoder.decode(self, again, CODE);
        assertThat(again.at(CODE)).isNotNull();
    }

    @Test
    void norWhereTheFlushWasAnsweredMeanwhile() {
        self.enterKernel();
        CodePage page = lookUp();
        steal();
        self.answer();
        decoder.decode(self, page, CODE);
        assertThat(page.at(CODE)).isNull();
    }

    @Test
    void norAnInstructionOfTwoPages() {
        self.enterKernel();
        CodePage first = lookUp();
        long behind = CODE + PhysicalMemory.FRAME_BYTES;
        CodePage second = cache.page(mem.executable(behind) >>> PhysicalMemory.FRAME_SHIFT, behind);
        assertThat(decoder.decodeCrossing(self, first, second, behind - 1)).isNotNull();
        steal();
        assertThat(decoder.decodeCrossing(self, first, second, behind - 1)).isNull();
    }

    /// Every byte is an instruction.
    private static final class OneByteDecoder implements Decoder {

        @Override
        public int longest() {
            return 1;
        }

        @Override
        public Decoded scratch() {
            return new Decoded() {};
        }

        @Override
        public boolean decode(byte[] bytes, int offset, int limit, long pc, Decoded to) {
            to.pc = pc;
            to.length = 1;
            return true;
        }

        @Override
        public Node node(Decoded from, @Nullable Decoded behind, Node next) {
            return new ExitNode(from.pc);
        }
    }
}
