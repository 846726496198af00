package faultline.cli.debug;

/// A debugger command that cannot be done; the message is for the user.
final class CommandError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CommandError(String message) {
        super(message, null, false, false);
    }
}
