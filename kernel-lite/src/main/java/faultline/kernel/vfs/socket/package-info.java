/// Local sockets: unix(7)'s streams, datagrams and sequenced packets, with descriptors and
/// credentials that travel with the bytes.
///
/// Read [UnixSocket] first. All sockets of a machine share one lock, that of their [UnixDomain]: a
/// monitor held for a few instructions and never across a wait, a step or an access to user memory.
@NullMarked
package faultline.kernel.vfs.socket;

import org.jspecify.annotations.NullMarked;
