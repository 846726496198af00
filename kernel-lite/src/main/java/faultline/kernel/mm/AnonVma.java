package faultline.kernel.mm;

/// The family of VMAs whose anonymous pages may have a common past: `anon_vma`. Only its identity
/// counts here, in the rules for merging.
final class AnonVma {}
