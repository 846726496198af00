package faultline.core.isa.processor.form;

/// A row or method the processor does not accept; becomes a compiler error at the method.
public final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public Refusal(String message) {
        super(message);
    }
}
