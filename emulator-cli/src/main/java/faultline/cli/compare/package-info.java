/// `faultline compare`: one program under several fault designs. [CompareCommand] is where it
/// begins, [Comparison] runs, [DesignRuns] has the figures of one design, [CompareTable] and
/// [CompareJson] show them.
///
/// One thread, and one machine at a time: machines beside each other would measure the host.
@NullMarked
package faultline.cli.compare;

import org.jspecify.annotations.NullMarked;
