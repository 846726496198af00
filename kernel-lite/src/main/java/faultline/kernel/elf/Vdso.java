package faultline.kernel.elf;

import faultline.core.mem.PhysicalMemory;
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

    public Vdso(Image image, KernelMemory memory) {
        this.image = image;
        this.file = new File(memory.create(new Source(image.bytes(), memory.memory())));
    }

    MappedFile file() {
        return file;
    }

    long length() {
        return SegmentMapper.pageUp(image.bytes().length);
    }

    int trampoline() {
        return image.trampoline();
    }

    private record Source(byte[] bytes, PhysicalMemory memory) implements PageSource {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void readPage(long index, long pa) {
            int from = (int) index * PhysicalMemory.FRAME_BYTES;
            int length = Math.min(bytes.length - from, PhysicalMemory.FRAME_BYTES);
            memory.zero(pa >>> PhysicalMemory.FRAME_SHIFT);
            memory.write(pa, bytes, from, length);
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
