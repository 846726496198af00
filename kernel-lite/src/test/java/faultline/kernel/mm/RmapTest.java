package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static faultline.kernel.mm.VmaPicture.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import faultline.core.step.ParallelSchedule;
import faultline.kernel.Errno;
import faultline.kernel.ErrnoException;
import faultline.kernel.KernelHeap;
import faultline.kernel.mm.VmaPicture.TestFile;
import faultline.kernel.mm.page.Page;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// From an anonymous page to the PTEs that map it, through everything that moves VMAs and pages.
class RmapTest {

    private static final int PAGE = ToyMachine.PAGE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    private static final long HEAP = 1L << 30;

    private final ToyMachine machine = new ToyMachine(1, 4096, new ParallelSchedule(), true, new KernelHeap(HEAP));

    /// Runs a body in an address space; when that is gone, so are all AnonVmas.
    private void inMm(ToyThread.Body body) {
        machine.run(self -> {
            Mm mm = machine.newMm();
            self.use(mm);
            body.run(self);
            mm.put();
        });
        assertThat(machine.kernel().anonVmas().count()).isZero();
    }

    private Page pageAt(Mm mm, long va) {
        long pte = mm.pageTable().load(mm.pageTable().find(va));
        return machine.kernel().allocator().page(mm.pageTable().format().pfn(pte));
    }

    /// Where a page is mapped: the address spaces and addresses.
    private List<String> places(Page page) {
        List<String> places = new ArrayList<>();
        Rmap.walk(machine.kernel(), page, (vma, va, _) -> places.add(place(vma.mm(), va)));
        return places;
    }

    private static String place(Mm mm, long va) {
        return mm.id() + " " + Long.toHexString(va);
    }

    @Test
    void aPageIsFoundWhereItWasMade() {
        inMm(self -> {
            self.mm().mmap(at(0), 4 * PAGE, RW, ANON, null, 0);
            self.store(at(2), 1);
            assertThat(places(pageAt(self.mm(), at(2)))).containsExactly(place(self.mm(), at(2)));
        });
    }

    @Test
    void aPageIsFoundInBothPartsOfASplitVma() {
        inMm(self -> {
            Mm mm = self.mm();
            mm.mmap(at(0), 4 * PAGE, RW, ANON, null, 0);
            self.store(at(0), 1);
            self.store(at(3), 1);
            mm.mprotect(at(2), 2 * PAGE, PROT_READ);
            assertThat(mm.mapCount()).isEqualTo(2);
            assertThat(places(pageAt(mm, at(0)))).containsExactly(place(mm, at(0)));
            assertThat(places(pageAt(mm, at(3)))).containsExactly(place(mm, at(3)));
            mm.mprotect(at(2), 2 * PAGE, RW);
            assertThat(mm.mapCount()).isEqualTo(1);
            assertThat(places(pageAt(mm, at(3)))).containsExactly(place(mm, at(3)));
        });
    }

    @Test
    void aMovedPageIsFoundAtItsNewPlace() {
        inMm(self -> {
            Mm mm = self.mm();
            mm.mmap(at(0), 4 * PAGE, RW, ANON, null, 0);
            self.store(at(1), 1);
            Page page = pageAt(mm, at(1));
            new RemapCalls(mm).mremap(at(1), PAGE, PAGE, 3, at(20));
            assertThat(places(page)).containsExactly(place(mm, at(20)));
        });
    }

    @Test
    void aSharedPageIsFoundInParentAndChildAndACopyInItsOwnerOnly() {
        inMm(self -> {
            Mm parent = self.mm();
            parent.mmap(at(0), 2 * PAGE, RW, ANON, null, 0);
            self.store(at(0), 1);
            Page shared = pageAt(parent, at(0));
            Mm child = parent.fork(ToyMachine.UNLIMITED);
            Mm grandchild = child.fork(ToyMachine.UNLIMITED);
            assertThat(places(shared))
                    .containsExactlyInAnyOrder(place(parent, at(0)), place(child, at(0)), place(grandchild, at(0)));
            self.use(child);
            self.store(at(0), 2);
            assertThat(places(pageAt(child, at(0)))).containsExactly(place(child, at(0)));
            assertThat(places(shared)).containsExactlyInAnyOrder(place(parent, at(0)), place(grandchild, at(0)));
            self.use(parent);
            child.put();
            grandchild.put();
            assertThat(places(shared)).containsExactly(place(parent, at(0)));
        });
    }

    /// A fork that is refused in the middle leaves no VMA of the child in the parent's AnonVmas.
    @Test
    void aForkWithoutRoomLeavesNothingBehind() {
        inMm(self -> {
            Mm mm = self.mm();
            mm.mmap(at(0), 2 * PAGE, RW, ANON, null, 0);
            self.store(at(0), 1);
            KernelHeap heap = machine.kernel().heap();
            long taken = HEAP - heap.used() - KernelHeap.VMA + 1;
            assertThat(heap.tryCharge(taken)).isTrue();
            assertThatThrownBy(() -> mm.fork(ToyMachine.UNLIMITED))
                    .isInstanceOfSatisfying(
                            ErrnoException.class,
                            refused -> assertThat(refused.errno()).isEqualTo(Errno.ENOMEM));
            heap.release(taken);
            assertThat(places(pageAt(mm, at(0)))).containsExactly(place(mm, at(0)));
        });
    }

    /// A chain of children, each outliving its parent, does not grow the list of AnonVmas for ever.
    @Test
    void aLineOfChildrenReusesAnonVmas() {
        inMm(self -> {
            Mm mm = self.mm();
            mm.mmap(at(0), PAGE, RW, ANON, null, 0);
            self.store(at(0), 1);
            Mm current = mm;
            for (int generation = 0; generation < 40; generation++) {
                Mm child = current.fork(ToyMachine.UNLIMITED);
                self.use(child);
                self.store(at(0), generation);
                if (current != mm) {
                    current.put();
                }
                current = child;
            }
            assertThat(machine.kernel().anonVmas().count()).isLessThan(6);
            self.use(mm);
            current.put();
        });
    }

    @Test
    void aCopyOfAFilesPageIsFoundByItsIndexInTheFile() {
        inMm(self -> {
            TestFile file = new TestFile(machine.kernel(), 8L * PAGE, 'f');
            self.mm().mmap(at(0), 4 * PAGE, RW, MAP_PRIVATE | MAP_FIXED, file, 2 * PAGE);
            self.store(at(1), 1);
            Page copy = pageAt(self.mm(), at(1));
            assertThat(copy.index()).isEqualTo(3);
            assertThat(places(copy)).containsExactly(place(self.mm(), at(1)));
        });
    }
}
