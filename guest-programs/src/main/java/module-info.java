/// Small guest programs and what they must print.
module faultline.guests {
    requires static org.jspecify;

    exports faultline.guests;
}
