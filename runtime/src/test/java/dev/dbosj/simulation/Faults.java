package dev.dbosj.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** What goes wrong between the processes and the system database; how often is drawn from the seed as well. */
final class Faults {
    private static final int PER_MILLE = 1_000;

    /** What becomes of one call. */
    enum Fate {
        /** It is carried out and answered, perhaps late. */
        DELIVERED,
        /** It is not carried out, and the caller is told so. */
        REFUSED,
        /** It is not carried out, and the caller cannot know. */
        LOST,
        /** It is carried out, and the caller cannot know. */
        ANSWER_LOST,
        /** The caller cannot know, and it is carried out later, when the caller has gone on. */
        LATE
    }

    private final SplittableRandom random;
    private final SeededScheduler scheduler;
    private final Duration longestStall;
    private int refused;
    private int lost;
    private int answerLost;
    private int late;
    private int stalled;
    private int slow;
    private long awayUntil;
    private long count;
    private final Map<SimulatedProcess, Long> deaf = new HashMap<>();
    private final Map<SimulatedProcess, Long> cutOff = new HashMap<>();

    /** @param longestStall how long an answer may take, and a lost message may still be under way */
    Faults(SplittableRandom random, SeededScheduler scheduler, Weather weather, Duration longestStall) {
        this.random = random;
        this.scheduler = scheduler;
        this.longestStall = longestStall;
        slow = random.nextInt(PER_MILLE);
        if (weather != Weather.STORM) return;
        refused = severity();
        lost = severity();
        answerLost = severity();
        late = severity();
        stalled = severity();
    }

    /** Many worlds lack many faults, so that each of them is seen alone as well. */
    private int severity() {
        return switch (random.nextInt(6)) {
            case 0 -> 5;
            case 1 -> 20;
            case 2 -> 60;
            case 3 -> 150;
            default -> 0;
        };
    }

    /** How much has gone wrong, to processes as well. */
    long count() {
        return count;
    }

    /** Something else goes wrong. */
    void another() {
        count++;
    }

    /** The database is away for everybody. */
    void away(Duration howLong) {
        awayUntil = Math.max(awayUntil, scheduler.nanos() + howLong.toNanos());
    }

    /** The heartbeats of the process do not come through. */
    void deafen(SimulatedProcess process, Duration howLong) {
        process.note("no heartbeat comes through for " + howLong);
        deaf.put(process, scheduler.nanos() + howLong.toNanos());
    }

    /** The process cannot reach the database. */
    void cutOff(SimulatedProcess process, Duration howLong) {
        process.note("is cut off for " + howLong);
        cutOff.put(process, scheduler.nanos() + howLong.toNanos());
    }

    boolean isDeaf(SimulatedProcess process) {
        return scheduler.nanos() < deaf.getOrDefault(process, 0L);
    }

    Duration longestStall() {
        return longestStall;
    }

    /** From now on nothing goes wrong; messages take their time all the same. */
    void heal() {
        deaf.clear();
        cutOff.clear();
        awayUntil = 0;
        refused = lost = answerLost = late = stalled = 0;
    }

    Fate ofWrite(SimulatedProcess process) {
        return counted(drawForWrite(process));
    }

    private Fate counted(Fate fate) {
        if (fate != Fate.DELIVERED) count++;
        return fate;
    }

    private Fate drawForWrite(SimulatedProcess process) {
        if (isAway(process)) return random.nextInt(10) == 0 ? Fate.LOST : Fate.REFUSED;
        int chance = random.nextInt(PER_MILLE);
        if ((chance -= refused) < 0) return Fate.REFUSED;
        if ((chance -= lost) < 0) return Fate.LOST;
        if ((chance -= answerLost) < 0) return Fate.ANSWER_LOST;
        if ((chance -= late) < 0) return Fate.LATE;
        return Fate.DELIVERED;
    }

    Fate ofRead(SimulatedProcess process) {
        return counted(isAway(process) || random.nextInt(PER_MILLE) < refused ? Fate.REFUSED : Fate.DELIVERED);
    }

    private boolean isAway(SimulatedProcess process) {
        return scheduler.nanos() < Math.max(awayUntil, cutOff.getOrDefault(process, 0L));
    }

    /** How long a message is under way, in either direction. */
    Duration delay() {
        if (random.nextInt(PER_MILLE) < stalled) {
            count++;
            return stall();
        }
        return random.nextInt(PER_MILLE) < slow ? Duration.ofNanos(random.nextLong(5_000_000)) : Duration.ZERO;
    }

    /** Anything from nothing to the longest stall, short ones as often as long ones. */
    Duration stall() {
        return Duration.ofNanos((long) Math.pow(longestStall.toNanos(), random.nextDouble()));
    }
}
