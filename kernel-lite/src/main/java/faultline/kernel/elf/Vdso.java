package faultline.kernel.elf;

import faultline.core.mmu.PageGeometry;
import faultline.kernel.mm.KernelMemory;
import faultline.kernel.mm.MappedFile;
import faultline.kernel.mm.page.PageCache;
import faultline.kernel.mm.page.PageSource;

/// The shared object that the kernel maps into every program: its pages, and where in it
/// `rt_sigreturn` is called.
///
/// One serves a machine; processes share its pages as those of a file.
public final class Vdso {

    /// What an architecture has: an ELF image, and the offset of its signal trampoline.
    public record Image(byte[] bytes, int trampoline) {}

    private final Image image;
    private final MappedFile file;
    private final PageGeometry geometry;

    public Vdso(Image image, KernelMemory memory) {
        this.image = image;
        this.geometry = memory.geometry();
        this.file = new File(memory.create(new Source(image.bytes(), memory)));
    }

    MappedFile file() {
        return file;
    }

    long length() {
        return geometry.up(image.bytes().length);
    }

    int trampoline() {
        return image.trampoline();
    }

    private record Source(byte[] bytes, KernelMemory kernel) implements PageSource {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void readPage(long index, long pa) {
            int page = kernel.geometry().bytes();
            int from = (int) index * page;
            int length = Math.min(bytes.length - from, page);
            kernel.memory().zero(pa, page);
            kernel.memory().write(pa, bytes, from, length);
        }

        @Override
        public void writePage(long index, long pa) {
            throw new IllegalStateException("elf: nobody writes page " + index + " of the vDSO");
        }
    }

    /// Lives as long as the machine: nobody counts who maps it.
    private record File(PageCache pages) implements MappedFile {
        @Override
        public String mapsName() {
            return "[vdso]";
        }

        @Override
        public int device() {
            return 0;
        }

        @Override
        public long inode() {
            return 0;
        }

        @Override
        public boolean readable() {
            return true;
        }

        @Override
        public boolean writable() {
            return false;
        }

        @Override
        public void get() {}

        @Override
        public void put() {}
    }
}
