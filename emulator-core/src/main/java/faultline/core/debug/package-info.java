/// The debugger core that the REPL and later front ends share.
///
/// It knows stops, breakpoints and watchpoints, and no front end. Commands come from the front
/// end's thread and take effect while the vCPUs stand still.
@NullMarked
package faultline.core.debug;

import org.jspecify.annotations.NullMarked;
