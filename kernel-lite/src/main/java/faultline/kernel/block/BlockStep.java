package faultline.kernel.block;

import faultline.core.step.Step;

/// The steps of the block device.
public enum BlockStep implements Step {
    SUBMIT
}
