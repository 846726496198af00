/// The command line. Finds architectures with `ServiceLoader`, so that none is named here.
module faultline.cli {
    requires faultline.guests;
    requires faultline.kernel;
    requires info.picocli;
    requires org.jline;

    opens faultline.cli to
            info.picocli;
}
