/// What an architecture offers the machine. Read [Architecture] first.
@NullMarked
package faultline.core.arch;

import org.jspecify.annotations.NullMarked;
