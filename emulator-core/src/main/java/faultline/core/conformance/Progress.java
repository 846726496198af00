package faultline.core.conformance;

/// Is told, from time to time, how far a run is.
@FunctionalInterface
public interface Progress {

    /// `done` cases of `all`, `failed` of them differently.
    void at(long done, long all, long failed);
}
