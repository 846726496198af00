package faultline.kernel.testing;

import faultline.kernel.mm.MappedFile;

/// A file that may be read and written, and of which nobody counts the references.
public interface PlainFile extends MappedFile {

    @Override
    default int device() {
        return 1;
    }

    @Override
    default long inode() {
        return 1;
    }

    @Override
    default boolean readable() {
        return true;
    }

    @Override
    default boolean writable() {
        return true;
    }

    @Override
    default void get() {}

    @Override
    default void put() {}
}
