package dev.dbosj.lincheck;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** A lane that empties itself after it has been looked at: what comes in between is lost. */
@Param(name = "value", gen = IntGen.class, conf = "1:3")
public class LaneTwin {
    private volatile List<Integer> waiting = List.of();

    @Operation
    public synchronized void append(@Param(name = "value") int value) {
        var longer = new ArrayList<>(waiting);
        longer.add(value);
        waiting = longer;
    }

    @Operation(nonParallelGroup = "writer")
    public String take() {
        var taken = waiting;
        waiting = List.of();
        return taken.toString();
    }
}
