/// The command line. Finds architectures with `ServiceLoader`, so that none is named here.
module faultline.cli {
    requires com.fasterxml.jackson.databind;
    requires HdrHistogram;
    requires faultline.guests;
    requires faultline.kernel;
    requires info.picocli;
    requires jdk.unsupported;
    requires org.jline;

    uses faultline.core.conformance.ConformancePort;
    uses faultline.kernel.arch.KernelPort;

    opens faultline.cli to
            info.picocli;
}
