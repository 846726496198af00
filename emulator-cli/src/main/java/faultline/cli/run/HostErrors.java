package faultline.cli.run;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// Host file errors as people say them.
public final class HostErrors {

    private HostErrors() {}

    /// With the file's name in front.
    public static String full(IOException e) {
        return e instanceof FileSystemException failed ? failed.getFile() + ": " + reason(e) : reason(e);
    }

    /// Why an operation failed, without the file's name, which the caller has already said.
    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file";
            case FileAlreadyExistsException _ -> "file exists";
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException failed when failed.getReason() != null -> String.valueOf(failed.getReason());
            default -> String.valueOf(e.getMessage());
        };
    }
}
