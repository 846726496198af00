package faultline.core.step;

/// A named point at which a schedule may switch threads and a trace may record: one shared access of the kernel or
/// the machine. Implemented by enums, one per subject, so that a step's name is the field's word for it.
public interface Step {

    /// The enum constant's name.
    String name();
}
