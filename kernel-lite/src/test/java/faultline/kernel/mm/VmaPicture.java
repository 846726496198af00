package faultline.kernel.mm;

import static faultline.kernel.mm.MmConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageSource;
import faultline.kernel.testing.PlainFile;
import java.util.HashMap;
import java.util.Map;

/// Address spaces drawn with one letter a page: `AA..BB` is two pages like A, a hole of two, two
/// pages like B.
///
/// The same letter in one run without a bar is one VMA; `AA|AA` are two VMAs of the same kind.
/// Letters: `A` anonymous rw, `R` anonymous read-only, `X` anonymous rx, `N` PROT_NONE, `S` shared
/// anonymous, `F` and `G` two files private rw (page i of the picture maps page i of the file), `L`
/// locked anonymous rw, `K` a stack.
final class VmaPicture {

    static final long BASE = 0x10000000;
    static final int PAGE = ToyMachine.PAGE;

    private final Mm mm;
    private final Map<Character, TestFile> files = new HashMap<>();

    VmaPicture(Mm mm) {
        this.mm = mm;
    }

    static long at(int page) {
        return BASE + (long) page * PAGE;
    }

    /// Maps the picture: each run of one letter is one call.
    VmaPicture given(String picture) {
        map(0, picture);
        return this;
    }

    /// Maps a picture from a page on.
    void map(int page, String picture) {
        int i = 0;
        while (i < picture.length()) {
            int j = i;
            while (j < picture.length() && picture.charAt(j) == picture.charAt(i)) {
                j++;
            }
            if (picture.charAt(i) != '.') {
                mapRun(page + i, j - i, picture.charAt(i));
            }
            i = j;
        }
    }

    private void mapRun(int page, int pages, char kind) {
        int prot = switch (kind) {
            case 'R' -> PROT_READ;
            case 'X' -> PROT_READ | PROT_EXEC;
            case 'N' -> PROT_NONE;
            default -> PROT_READ | PROT_WRITE;
        };
        int type = kind == 'S' ? MAP_SHARED : MAP_PRIVATE;
        int extra = switch (kind) {
            case 'L' -> MAP_LOCKED;
            case 'K' -> MAP_GROWSDOWN;
            default -> 0;
        };
        boolean file = kind == 'F' || kind == 'G';
        mm.mmap(
                at(page),
                (long) pages * PAGE,
                prot,
                type | MAP_FIXED | extra | (file ? 0 : MAP_ANONYMOUS),
                file ? file(kind) : null,
                file ? (long) page * PAGE : 0);
    }

    TestFile file(char kind) {
        return files.computeIfAbsent(kind, k -> new TestFile(mm.kernel(), 64L * PAGE, k));
    }

    /// Checks that the address space looks like the picture, and that its counters add up.
    void expect(String picture) {
        assertThat(draw(picture.replace("|", "").length())).isEqualTo(picture);
        long mapped = 0;
        for (Vma vma = mm.findVma(0); vma != null; vma = mm.findVma(vma.end())) {
            mapped += vma.pages();
        }
        assertThat(mm.totalVm()).isEqualTo(mapped);
    }

    /// [#expect] for a picture that says nothing of where VMAs of one kind meet.
    void expectLetters(String letters) {
        assertThat(draw(letters.length()).replace("|", "")).isEqualTo(letters);
    }

    private String draw(int pages) {
        StringBuilder drawn = new StringBuilder();
        Vma before = null;
        for (int page = 0; page < pages; page++) {
            Vma vma = mm.vmaAt(at(page));
            char letter = vma == null ? '.' : letter(vma);
            if (vma != null && before != null && vma != before && letter == letter(before)) {
                drawn.append('|');
            }
            drawn.append(letter);
            before = vma;
        }
        return drawn.toString();
    }

    private static char letter(Vma vma) {
        if (vma.file() instanceof TestFile file) {
            return file.letter;
        }
        if (vma.isShared()) {
            return 'S';
        }
        if (vma.has(Vma.VM_GROWSDOWN)) {
            return 'K';
        }
        if (vma.has(Vma.VM_LOCKED)) {
            return 'L';
        }
        return switch (vma.flags() & Vma.VM_ACCESS) {
            case Vma.VM_READ -> 'R';
            case Vma.VM_READ | Vma.VM_EXEC -> 'X';
            case Vma.VM_READ | Vma.VM_WRITE -> 'A';
            default -> 'N';
        };
    }

    /// A file of bytes in the Java heap: byte i of page p is `p + 1`.
    static final class TestFile implements PlainFile, PageSource {

        final byte[] bytes;
        final char letter;
        volatile long size;
        int references;
        int writes;
        private final KernelMemory kernel;
        private final PageCache pages;

        TestFile(KernelMemory kernel, long size, char letter) {
            this.kernel = kernel;
            this.size = size;
            this.letter = letter;
            this.bytes = new byte[(int) size];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (i / PAGE + 1);
            }
            this.pages = kernel.create(this);
        }

        @Override
        public PageCache pages() {
            return pages;
        }

        @Override
        public String mapsName() {
            return "/tmp/" + letter;
        }

        @Override
        public int device() {
            return 0x801;
        }

        @Override
        public long inode() {
            return letter;
        }

        @Override
        public void get() {
            references++;
        }

        @Override
        public void put() {
            references--;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public void readPage(long index, long pa) {
            kernel.memory().zero(pa >>> 12);
            int from = (int) index * PAGE;
            kernel.memory().write(pa, bytes, from, (int) Math.min(PAGE, size - from));
        }

        @Override
        public void writePage(long index, long pa) {
            writes++;
            int to = (int) index * PAGE;
            kernel.memory().read(pa, bytes, to, (int) Math.min(PAGE, size - to));
        }
    }
}
