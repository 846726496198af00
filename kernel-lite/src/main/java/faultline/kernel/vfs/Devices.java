package faultline.kernel.vfs;

import faultline.kernel.Errno;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The drivers behind character device nodes, by device number.
public final class Devices {

    /// Opens a device; ENXIO, EIO, EBUSY as the driver sees fit.
    @FunctionalInterface
    public interface Driver {
        OpenFile open(VfsPath path, int flags);
    }

    private final Map<Long, Driver> drivers = new ConcurrentHashMap<>();

    public void register(int major, int minor, Driver driver) {
        drivers.put(FileMode.makeDevice(major, minor), driver);
    }

    public void unregister(int major, int minor) {
        drivers.remove(FileMode.makeDevice(major, minor));
    }

    /// Opens the device of a node; ENXIO when nobody drives it.
    public OpenFile open(long device, VfsPath path, int flags) {
        Driver driver = drivers.get(device);
        if (driver == null) {
            throw Errno.ENXIO.exception();
        }
        return driver.open(path, flags);
    }
}
