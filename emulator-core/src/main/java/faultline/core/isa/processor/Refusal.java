package faultline.core.isa.processor;

/// A row or method the processor does not accept; becomes a compiler error at the method.
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Refusal(String message) {
        super(message);
    }
}
