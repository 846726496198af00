package faultline.cli.run;

/// The version of the whole project.
public final class Version {

    public static final String NUMBER = "0.1.0";

    private Version() {}
}
