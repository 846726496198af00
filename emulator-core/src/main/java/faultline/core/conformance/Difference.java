package faultline.core.conformance;

/// A case in which the oracle is known to do otherwise than the model, which does what the manual
/// says; docs/conformance.md lists them.
///
/// @param what the case
/// @param here what the model does, and the manual's section if the two are not equally right
/// @param there what the oracle does
/// @param treatment what the machine makes of it
public record Difference(String what, String here, String there, Treatment treatment) {

    /// How a difference is kept out of the results.
    public enum Treatment {
        /// No case of this kind is made.
        NOT_TRIED("not tried"),
        /// It is tried, and what it differs in is not compared.
        NOT_COMPARED("not compared");

        private final String text;

        Treatment(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
