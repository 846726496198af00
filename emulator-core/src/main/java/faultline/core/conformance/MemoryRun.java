package faultline.core.conformance;

/// Bytes at an address.
public record MemoryRun(long at, byte[] bytes) {}
