package faultline.core.isa;

import faultline.core.engine.Decoded;

/// A decoded instruction that becomes a generated node.
public abstract class FormInsn extends Decoded {

    /// The form or variant of which its node was made.
    int variant;
}
