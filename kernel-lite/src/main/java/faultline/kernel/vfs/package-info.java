/// Files: names, inodes, open files and descriptors, and the seams to tasks and architecture.
///
/// Read [Inode], [Dentry] and [VfsPath] (what there is), [PathWalk] and [FileOpener] (how it is
/// found), [OpenFile] and [FdTable] (how it is used); then `root.PrivateRoot` for what a guest sees.
/// The file systems are the sub-packages `mem`, `host`, `proc` and `dev`; streams of bytes are
/// `pipe`, `tty` and `event`.
///
/// Locks: names change under the namespace's tree lock; an inode's contents under its sleeping
/// content lock, which ranks above all of memory management; everything else under a plain monitor
/// that is never held across a step, a wait, a page-cache call or an access to user memory. Waits
/// sleep on a [PollQueue] through [Waiting], which signals interrupt.
@NullMarked
package faultline.kernel.vfs;

import org.jspecify.annotations.NullMarked;
