package faultline.kernel.mm;

import faultline.kernel.mm.page.PageCache;

/// The pages of a mapping that is the kernel's own. `/proc` shows its name in brackets, without
/// device and inode.
record SpecialFile(PageCache pages, String mapsName) implements MappedFile {

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
