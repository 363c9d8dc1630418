package dev.dbosj.cli;

import java.util.function.Supplier;

/** The command line asks for something impossible; the help says what is possible. */
final class WrongUsage extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongUsage(String message) {
        super(message);
    }

    /** What the library refuses of an option's value is the command line's fault. */
    static <T> T unlessPossible(Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException impossible) {
            throw new WrongUsage(impossible.getMessage());
        }
    }
}
