package faultline.kernel.mm;

import faultline.kernel.mm.page.PageCache;

/// A file as who opens it for reading maps it: mprotect does not make it writable. A segment that SHM_RDONLY
/// attaches is one (`do_shmat`).
record ReadOnlyView(MappedFile file) implements MappedFile {

    @Override
    public PageCache pages() {
        return file.pages();
    }

    @Override
    public String mapsName() {
        return file.mapsName();
    }

    @Override
    public int device() {
        return file.device();
    }

    @Override
    public long inode() {
        return file.inode();
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
    public boolean countsAttachments() {
        return file.countsAttachments();
    }

    @Override
    public void get() {
        file.get();
    }

    @Override
    public void put() {
        file.put();
    }
}
