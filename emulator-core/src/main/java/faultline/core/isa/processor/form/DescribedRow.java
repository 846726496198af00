package faultline.core.isa.processor.form;

/// A row of any notation: its text and the method it stands above.
public interface DescribedRow {

    String text();

    Meaning meaning();
}
