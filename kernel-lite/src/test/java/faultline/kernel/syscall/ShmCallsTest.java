package faultline.kernel.syscall;

import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.mm.Mm;
import faultline.kernel.mm.ShmLayout;
import faultline.kernel.mm.ShmSegment;
import faultline.kernel.mm.ShmTable;
import faultline.kernel.mm.ToyMachine;
import faultline.kernel.mm.fault.Gup;
import faultline.kernel.testing.FlatMemory;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class ShmCallsTest {

    private static final long BASE = 0x1000;

    private final ToyMachine machine = ToyMachine.small();
    private final Gup gup = new Gup(machine.handler());
    private final ShmTable segments = new ShmTable();
    private final ShmSegment segment = make();
    private final FlatMemory memory = new FlatMemory(BASE, 112, ByteOrder.BIG_ENDIAN);

    private ShmSegment make() {
        AtomicReference<ShmSegment> made = new AtomicReference<>();
        machine.run(self -> {
            Mm mm = machine.newMm();
            self.use(mm);
            made.set(segments.make(mm, true, 7, 8192, new ShmSegment.Rights(1, 2, 3, 4, 0640), 5, 99));
            mm.put();
        });
        return made.get();
    }

    @Test
    void theSizeIsWhereTheArchitectureHasIt() {
        new ShmCalls(segments, ShmLayout.GENERIC, gup).write(memory, BASE, segment);
        assertThat(memory.load64(BASE + 48)).isEqualTo(8192);
        assertThat(memory.load64(BASE + 72)).isEqualTo(99);
        new ShmCalls(segments, new ShmLayout(72, 48), gup).write(memory, BASE, segment);
        assertThat(memory.load64(BASE + 48)).isZero();
        assertThat(memory.load64(BASE + 64)).isEqualTo(99);
        assertThat(memory.load64(BASE + 72)).isEqualTo(8192);
        assertThat(memory.load32(BASE + 20)).isEqualTo(0640);
        assertThat(memory.load32(BASE + 80)).isEqualTo(5);
    }
}
