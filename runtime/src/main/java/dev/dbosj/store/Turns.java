package dev.dbosj.store;

import java.util.ArrayList;
import java.util.List;

/** Lets the partitions of a queue take turns. */
public final class Turns {
    /** A claim takes no more of a queue with partitions: what it looks at grows with the square of that. */
    public static final int MOST = 100;

    private Turns() {}

    /** The first of each, then the second of each, and so on, until there are so many. */
    public static <T> List<T> taken(List<List<T>> partitions, int most) {
        var taken = new ArrayList<T>();
        for (int round = 0; taken.size() < most; round++) {
            int before = taken.size();
            for (var partition : partitions)
                if (round < partition.size() && taken.size() < most) taken.add(partition.get(round));
            if (taken.size() == before) break;
        }
        return taken;
    }
}
