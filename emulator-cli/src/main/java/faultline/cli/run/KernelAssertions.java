package faultline.cli.run;

/// The kernel's assertions, inside which it records the locks that a thread holds.
///
/// A class has them on or off from its first use to the end of the process, and a lock that one class records
/// and another does not would look like one that nobody took. So a process whose machines are not all checked
/// switches them on before the first.
public final class KernelAssertions {

    private KernelAssertions() {}

    /// Switches them on in classes that are not used yet.
    public static void enable() {
        ClassLoader.getSystemClassLoader().setPackageAssertionStatus("faultline.kernel", true);
    }
}
