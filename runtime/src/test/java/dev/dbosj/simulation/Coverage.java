package dev.dbosj.simulation;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** Which operations of the public API the simulation has called. */
final class Coverage {
    private static final Set<String> CALLED = new HashSet<>();

    private Coverage() {}

    /** @param operation as {@code DBOS.runStep(Func1,Object)} */
    static void mark(String operation) {
        CALLED.add(operation);
    }

    static Set<String> called() {
        return new TreeSet<>(CALLED);
    }
}
