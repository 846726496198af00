package faultline.kernel.vfs;

/// The tree of mounts that paths are looked up in, and the one lock under which names change.
public final class Namespace {}
