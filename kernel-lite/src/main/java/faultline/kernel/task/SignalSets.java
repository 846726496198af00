package faultline.kernel.task;

/// A thread's signal sets as `/proc/PID/status` shows them, one bit a signal.
record SignalSets(long threadPending, long sharedPending, long blocked, long ignored, long caught) {}
