/// Tests that every architecture has to pass, as base classes: an architecture's test names what it
/// brings, and adds what only it has. They come to the other modules in this module's test jar.
@NullMarked
package faultline.core.testing;

import org.jspecify.annotations.NullMarked;
