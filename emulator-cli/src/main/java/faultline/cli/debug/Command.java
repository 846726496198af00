package faultline.cli.debug;

import java.util.List;

/// One command of the debugger.
///
/// @param names the first is its own, the others are short for it
/// @param synopsis how it is written
/// @param help what it does, the first line for the list of all commands
/// @param symbols whether its words may be names of the program's symbols, for completion
record Command(List<String> names, String synopsis, String help, boolean symbols, Action action) {

    /// What a command does with the text behind its name.
    @FunctionalInterface
    interface Action {
        void run(String arguments) throws InterruptedException;
    }

    static Command plain(String names, String synopsis, String help, Action action) {
        return new Command(List.of(names.split(" ")), synopsis, help, false, action);
    }

    static Command withSymbols(String names, String synopsis, String help, Action action) {
        return new Command(List.of(names.split(" ")), synopsis, help, true, action);
    }

    String name() {
        return names.getFirst();
    }

    String headline() {
        return help.lines().findFirst().orElse("");
    }
}
