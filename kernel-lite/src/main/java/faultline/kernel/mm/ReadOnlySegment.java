package faultline.kernel.mm;

import faultline.kernel.mm.page.PageCache;

/// A segment as SHM_RDONLY attaches it, opened for reading: mprotect does not make it writable. `do_shmat`.
record ReadOnlySegment(ShmSegment segment) implements MappedFile {

    @Override
    public PageCache pages() {
        return segment.pages();
    }

    @Override
    public String mapsName() {
        return segment.mapsName();
    }

    @Override
    public int device() {
        return segment.device();
    }

    @Override
    public long inode() {
        return segment.inode();
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
        return true;
    }

    @Override
    public void get() {
        segment.get();
    }

    @Override
    public void put() {
        segment.put();
    }
}
