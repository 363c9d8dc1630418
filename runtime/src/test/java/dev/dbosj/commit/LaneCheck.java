package dev.dbosj.commit;

import dev.dbosj.lincheck.Invocations;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import java.util.ArrayList;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** What two runs hand in is taken once, in the order of each; after a refusal nothing of that run is. */
@Param(name = "value", gen = IntGen.class, conf = "1:3")
public class LaneCheck {
    private final Lane lane = new Lane(Invocations.STILL);
    private final Chain first = new Chain(new Owner("first", 1), "e");
    private final Chain second = new Chain(new Owner("second", 1), "e");
    private final Chain marker = new Chain(new Owner("marker", 1), "e");

    public LaneCheck() {
        Invocations.another();
    }

    @Operation
    public void appendToFirst(@Param(name = "value") int value) {
        lane.append(pending(first, value));
    }

    @Operation
    public void appendToSecond(@Param(name = "value") int value) {
        lane.append(pending(second, value));
    }

    /** A command of its own comes first, so that there is always something to take. */
    @Operation(nonParallelGroup = "writer")
    public String apply() {
        lane.append(pending(marker, 0));
        return answer(Outcome.APPLIED);
    }

    @Operation(nonParallelGroup = "writer")
    public String refuse() {
        lane.append(pending(marker, 0));
        return answer(new Outcome.Refused(Outcome.Reason.BAD_DATA, "no"));
    }

    private String answer(Outcome outcome) {
        var batch = lane.take();
        var taken = new ArrayList<String>();
        var outcomes = new ArrayList<Outcome>();
        for (var pending : batch) {
            boolean isMarker = pending.chain() == marker;
            outcomes.add(isMarker ? Outcome.APPLIED : outcome);
            var event = (Effect.SetEvent) pending.command().effect();
            if (!isMarker) taken.add(event.key() + event.value());
        }
        lane.complete(batch, outcomes);
        taken.sort(null); // those of different runs in any order
        return taken.toString();
    }

    private static Pending pending(Chain chain, int value) {
        return new Pending(chain, null, new Effect.SetEvent(chain.owner().workflowId(), String.valueOf(value)));
    }

}
