package dev.dbosj.simulation;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** One thing that a simulated workflow does. */
sealed interface Op {
    /** The ways to write a step. */
    enum Form {
        FUNC1("func1Step", 1),
        PROC1("proc1Step", 1),
        FUNC2("func2Step", 1),
        PROC2("proc2Step", 1),
        FUNC3("func3Step", 1),
        PROC3("proc3Step", 1),
        ANNOTATED("annotated", 3),
        BLOCK("block", 1),
        PROC_BLOCK("procedure block", 1),
        OPTIONS("block with options", 2),
        PROC_OPTIONS("procedure block with options", 4),
        TYPED("typed block", 3),
        BATCH("batchStep", 3);

        final String stepName;
        final int maxAttempts;

        Form(String stepName, int maxAttempts) {
            this.stepName = stepName;
            this.maxAttempts = maxAttempts;
        }

        boolean returnsValue() {
            return !stepName.startsWith("proc");
        }
    }

    /** The kinds of workflows: shapes of methods, and ways to register them. */
    enum Shape {
        FUNC0("func0", "Func0"),
        FUNC1("func1", "Func1,Object"),
        FUNC2("func2", "Func2,Object,Object"),
        FUNC3("func3", "Func3,Object,Object,Object"),
        PROC0("proc0", "Proc0"),
        PROC1("proc1", "Proc1,Object"),
        PROC2("proc2", "Proc2,Object,Object"),
        PROC3("proc3", "Proc3,Object,Object,Object"),
        INSTANCE("func1@second", "Func1,Object"),
        STATIC("ofClass", "Func1,Object"),
        FUNCTION("function", "Func1,Object"),
        /** Only some executors know it, so it is enqueued by name alone. */
        RARE("func1@rare", "Func1,Object");

        private static final List<Shape> COMMON = Stream.of(values()).filter(shape -> shape != RARE).toList();

        final String workflowName;
        final String parameters;

        Shape(String workflowName, String parameters) {
            this.workflowName = workflowName;
            this.parameters = parameters;
        }

        static Shape of(String workflowName) {
            for (var shape : values()) if (shape.workflowName.equals(workflowName)) return shape;
            throw new IllegalArgumentException(workflowName);
        }

        /** One that every executor knows. */
        static Shape draw(SplittableRandom random) {
            return COMMON.get(random.nextInt(COMMON.size()));
        }

        static Shape drawByName(SplittableRandom random) {
            return values()[random.nextInt(values().length)];
        }

        boolean returnsValue() {
            return !parameters.startsWith("Proc");
        }

        /** The arguments of its method. */
        Object[] arguments(Plan plan) {
            return switch (parameters.split(",").length) {
                case 1 -> new Object[0];
                case 2 -> new Object[] {plan};
                case 3 -> new Object[] {plan, Programs.SALT};
                default -> new Object[] {plan, Programs.SALT, 3};
            };
        }

        boolean takesPlan() {
            return parameters.contains("Object");
        }
    }

    /**
     * What a step's body does.
     *
     * @param crashes how often it exhausts the virtual machine before it gets through
     */
    record Work(long value, Duration duration, int failures, boolean stubborn, int crashes) {
        static Work draw(SplittableRandom random) {
            int failures = random.nextInt(4) == 0 ? random.nextInt(1, 5) : 0;
            boolean stubborn = random.nextInt(4) == 0;
            int crashes = random.nextInt(50) == 0 ? random.nextInt(1, 4) : 0;
            return new Work(random.nextLong(), duration(random), failures, stubborn, crashes);
        }

        static Work of(long value) {
            return new Work(value, Duration.ZERO, 0, false, 0);
        }

        /** Mostly nothing, rarely longer than any lease. */
        private static Duration duration(SplittableRandom random) {
            int kind = random.nextInt(40);
            if (kind == 0) return Duration.ofMillis(random.nextLong(40_000));
            if (kind < 5) return Duration.ofMillis(random.nextLong(2_000));
            return kind < 15 ? Duration.ofMillis(random.nextLong(50)) : Duration.ZERO;
        }
    }

    record Step(Form form, Work work) implements Op {}

    /** @param id null for a generated one; otherwise what the id is, or ends with if it is the parent's own */
    record Child(Shape shape, boolean enqueued, int priority, String id, boolean shared, Plan plan) implements Op {}

    record Children(int count, boolean named, long seed, int level) implements Op {
        Plan plan(int index) {
            return new Plan(seed + index, level);
        }
    }

    /** A child on the queue that may refuse it. */
    record Commission(Errand errand) implements Op {}

    /** @param timeout null to wait for ever */
    record Await(int child, Duration timeout) implements Op {}

    record Sleep(Duration duration) implements Op {}

    record Now() implements Op {}

    record Uuid() implements Op {}

    /** More calls in a row than a page of history, or than may be under way. */
    record Burst(int calls) implements Op {}

    /** A step whose result the database refuses: the workflow ends there, and nobody else is hurt. */
    record Poison() implements Op {
        static final String VALUE = "poison";
    }

    /**
     * A step that fails the first so many times that it gets so far, and whose exception the workflow does not catch: only
     * another attempt of the workflow gets beyond it.
     */
    record Risk(long value, int failures) implements Op {
        static final String NAME = "risk";
        static final String MESSAGE = "the risk was too high";
    }

    /** Asks for more time. */
    record Extend(Duration timeout) implements Op {}

    record CancelChild(int child) implements Op {}

    record LookAtChild(int child) implements Op {}

    record StartInStep(long number, Plan plan) implements Op {}

    record Inline(Plan plan) implements Op {}

    /** Every value is set once, so that a reader's value tells when it was set. */
    record SetEvent(Key key, long value) implements Op {}

    /** An event that is set again and again, with a step after each time. */
    record Progress(int times, long value) implements Op {
        SetEvent event(int time) {
            return new SetEvent(Key.PROGRESS, value + time);
        }

        Step step(int time) {
            return new Step(Form.BLOCK, Work.of(value + time));
        }
    }

    /**
     * Waits for an event of a child, or reads one of the workflow's own.
     *
     * @param timeout that of {@link #FOR_EVER} ends with the child at the latest
     */
    record GetEvent(boolean own, int child, Key key, Duration timeout) implements Op {
        static final Duration FOR_EVER = Duration.ofDays(10_000);
    }

    /** The keys of events; the last one holds a list. */
    enum Key {
        STATE,
        PROGRESS,
        LIST;

        static Key draw(SplittableRandom random) {
            return values()[random.nextInt(values().length)];
        }

        static Key drawPlain(SplittableRandom random) {
            return random.nextBoolean() ? STATE : PROGRESS;
        }

        /** A value as JSON. */
        String json(long value) {
            return this == LIST ? "[" + value + ",1]" : Long.toString(value);
        }
    }

    /** To whom a message goes: nobody is an id that does not exist. */
    enum To {
        CHILD,
        ITSELF,
        NOBODY
    }

    /** What a message is about; those of the last one are lists. */
    enum Topic {
        NONE,
        NEWS,
        LIST;

        static Topic draw(SplittableRandom random) {
            return random.nextBoolean() ? NEWS : values()[random.nextInt(values().length)];
        }

        /** How a checkpoint begins. */
        String recorded() {
            return "{\"topic\":" + (this == NONE ? null : "\"" + name() + "\"");
        }
    }

    /** Every text is sent once. */
    record Send(To to, int child, Topic topic, long value) implements Op {}

    /** A message that a step sends, at each of its attempts. */
    record Post(int child, long value) implements Op {}

    record Receive(Topic topic, Duration timeout) implements Op {}

    /** Messages of a workflow to itself: first all are sent, then as many received, with a step after each. */
    record Letters(int times, long value) implements Op {
        Send send(int time) {
            return new Send(To.ITSELF, 0, Topic.NEWS, value + time);
        }

        Receive receive() {
            return new Receive(Topic.NEWS, Duration.ofSeconds(1));
        }

        Step step(int time) {
            return new Step(Form.BLOCK, Work.of(value + time));
        }
    }

    static Op draw(SplittableRandom random, int level) {
        boolean leaf = level == Plan.LEAF;
        int rare = random.nextInt(400);
        if (rare == 0) return new Burst(random.nextInt(200, 1_200));
        if (rare < 5) return new Poison();
        if (rare < 21) return new Risk(random.nextLong(), random.nextInt(1, 5));
        if (rare < 27) return new Extend(Duration.ofMillis(random.nextLong(1, 60_000)));
        int kind = random.nextInt(leaf ? 66 : 136);
        if (kind < 36) return new Step(Form.values()[random.nextInt(Form.values().length)], Work.draw(random));
        if (kind < 40) return new Sleep(Duration.ofMillis(random.nextLong(random.nextInt(5) == 0 ? 20_000 : 500)));
        if (kind < 44) return new Now();
        if (kind < 48) return new Uuid();
        if (kind < 50) return leaf ? new Now() : new Inline(new Plan(random.nextLong(), Plan.LEAF));
        if (kind < 56) return new SetEvent(Key.draw(random), random.nextLong());
        if (kind < 57) return new Progress(random.nextInt(2, 8), random.nextLong());
        if (kind < 60) return getOwnEvent(random);
        if (kind < 63) return receive(random);
        if (kind < 65) return new Letters(random.nextInt(1, 5), random.nextLong());
        if (kind < 66) return new Send(To.NOBODY, 0, Topic.draw(random), random.nextLong());
        if (kind < 84) return child(random, level);
        if (kind < 89) return new Children(random.nextInt(4), random.nextInt(3) == 0, random.nextLong(), level + 1);
        if (kind < 95) return new Await(random.nextInt(8), Duration.ofMillis(random.nextLong(5_000)));
        if (kind < 106) return new Await(random.nextInt(8), null);
        if (kind < 109) return new CancelChild(random.nextInt(8));
        if (kind < 112) return new LookAtChild(random.nextInt(8));
        if (kind < 115) return new StartInStep(random.nextInt(1000), Plan.draw(random, level + 1));
        if (kind < 122) return getEvent(random);
        if (kind < 128) return new Send(To.CHILD, random.nextInt(8), Topic.draw(random), random.nextLong());
        if (kind < 130) return new Post(random.nextInt(8), random.nextLong());
        return new Commission(Errand.draw(random));
    }

    private static Op getOwnEvent(SplittableRandom random) {
        var timeout = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(random.nextLong(300));
        return new GetEvent(true, 0, Key.drawPlain(random), timeout);
    }

    private static Op receive(SplittableRandom random) {
        var timeout = random.nextInt(4) == 0 ? Duration.ZERO : Duration.ofMillis(random.nextLong(3_000));
        return new Receive(Topic.draw(random), timeout);
    }

    private static Op getEvent(SplittableRandom random) {
        var timeout = switch (random.nextInt(3)) {
            case 0 -> Duration.ZERO;
            case 1 -> Duration.ofMillis(random.nextLong(3_000));
            default -> GetEvent.FOR_EVER;
        };
        return new GetEvent(false, random.nextInt(8), Key.drawPlain(random), timeout);
    }

    private static Op child(SplittableRandom random, int level) {
        var shape = Shape.draw(random);
        boolean enqueued = random.nextBoolean();
        var plan = Plan.draw(random, level + 1);
        int priority = Plan.priority(random);
        return switch (random.nextInt(5)) {
            case 0 -> new Child(shape, enqueued, priority, "-x" + random.nextInt(1000), false, plan);
            case 1 -> sharedChild(random, enqueued);
            default -> new Child(shape, enqueued, priority, null, false, plan);
        };
    }

    /** A child whose id others use as well, sometimes for a workflow of another name. */
    private static Op sharedChild(SplittableRandom random, boolean enqueued) {
        var shape = random.nextInt(4) == 0 ? Shape.FUNC3 : Shape.FUNC1;
        int number = random.nextInt(Plan.SHARED);
        return new Child(shape, enqueued, 0, Plan.shared(number), true, new Plan(number, Plan.LEAF));
    }
}
