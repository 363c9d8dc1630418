package dev.dbosj.simulation;

import dev.dbosj.DBOSClient;
import dev.dbosj.exceptions.DuplicateWorkflowException;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.QueueFullException;
import dev.dbosj.exceptions.QueueNotRegisteredException;
import dev.dbosj.exceptions.ResultTimeoutException;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.Redrive;
import dev.dbosj.workflow.TypeRef;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What needs no workflow code: enqueueing by name, results, events, messages, cancelling, resuming, looking. */
final class ClientCalls {
    private final SplittableRandom random;
    private final World world;
    private final SimulatedProcess process;
    private final DBOSClient client;

    ClientCalls(SplittableRandom random, World world, SimulatedProcess process, DBOSClient client) {
        this.random = random;
        this.world = world;
        this.process = process;
        this.client = client;
    }

    // ---- starting ---------------------------------------------------------------------------------------------------

    void enqueue() {
        switch (random.nextInt(10)) {
            case 8, 9 -> enqueueErrand();
            case 0 -> enqueueAll();
            case 1 -> enqueueUnknown();
            case 2, 3 -> enqueueJob();
            default -> enqueueOne();
        }
    }

    private void enqueueOne() {
        var shape = Op.Shape.drawByName(random);
        var plan = world.isShow() ? Plan.drawShow(random) : Plan.draw(random, 0);
        int priority = Plan.priority(random);
        var delay = Plan.delay(random);
        WorkflowHandle<?> handle;
        if (priority == 0 && delay == null) {
            Coverage.mark("DBOSClient.enqueue(String,String,Object[])");
            handle = client.enqueue(plan.queue(), shape.workflowName, shape.arguments(plan));
        } else {
            Coverage.mark("DBOSClient.enqueue(WorkflowOptions,String,String,Object[])");
            var options = WorkflowOptions.defaults().priority(priority).delay(delay);
            handle = client.enqueue(options, plan.queue(), shape.workflowName, shape.arguments(plan));
        }
        acknowledged(handle);
        world.requirePriority(handle.workflowId(), priority);
    }

    private void enqueueErrand() {
        var errand = Errand.draw(random);
        try {
            acknowledged(client.enqueue(errand.options(), Errand.QUEUE, Errand.WORKFLOW, errand.plan()));
        } catch (QueueFullException | DuplicateWorkflowException refused) {
            process.note("client: " + refused.getMessage());
        }
    }

    private void enqueueJob() {
        int number = random.nextInt(Plan.JOBS);
        var plan = new Plan(number, 1);
        var options = WorkflowOptions.id(Plan.job(number)).priority(Plan.priority(random));
        acknowledged(client.enqueue(options, plan.queue(), Op.Shape.FUNC1.workflowName, plan));
    }

    private void enqueueAll() {
        Coverage.mark("DBOSClient.enqueueAll(String,String,Collection)");
        long seed = random.nextLong();
        int level = random.nextInt(Plan.LEAF + 1);
        var name = random.nextBoolean() ? Op.Shape.RARE.workflowName : Op.Shape.PROC1.workflowName;
        var plans = LongStream.range(0, random.nextInt(6)).mapToObj(i -> new Plan(seed + i, level)).toList();
        client.enqueueAll(Plan.queue(level), name, plans).forEach(this::acknowledged);
    }

    /** It waits for ever, and costs nobody anything. */
    private void enqueueUnknown() {
        client.enqueue(Plan.queue(random.nextInt(Plan.LEAF + 1)), Programs.UNKNOWN);
    }

    private void acknowledged(WorkflowHandle<?> handle) {
        Coverage.mark("WorkflowHandle.workflowId()");
        process.note("client: enqueued " + handle.workflowId());
        world.acknowledged(handle.workflowId());
    }

    // ---- results ----------------------------------------------------------------------------------------------------

    private WorkflowHandle<?> anyHandle() {
        var known = world.anyKnown(random);
        if (known == null) return null;
        if (random.nextBoolean()) {
            Coverage.mark("DBOSClient.retrieveWorkflow(String,Class)");
            return client.retrieveWorkflow(known, Long.class);
        }
        Coverage.mark("DBOSClient.retrieveWorkflow(String,TypeRef)");
        return client.retrieveWorkflow(known, new TypeRef<Long>() {});
    }

    void getResult() {
        var handle = anyHandle();
        if (handle == null) return;
        Coverage.mark("WorkflowHandle.getResult()");
        result(handle, null);
    }

    void getResultInTime() {
        var handle = anyHandle();
        if (handle == null) return;
        Coverage.mark("WorkflowHandle.getResult(Duration)");
        result(handle, Duration.ofMillis(random.nextLong(3_000)));
    }

    /** Whatever it says must agree with what is on disk. */
    private void result(WorkflowHandle<?> handle, Duration timeout) {
        var id = handle.workflowId();
        var ending = world.auditor().ends().reading(process, id);
        try {
            var result = timeout == null ? handle.getResult() : handle.getResult(timeout);
            process.note("client: result of " + id + " is " + result);
            ending.sawSuccess();
            world.requireOutput(id, String.valueOf(result));
        } catch (WorkflowCancelledException cancelled) {
            ending.sawCancelled();
        } catch (WorkflowFailedException failed) {
            ending.sawFailure();
        } catch (ResultTimeoutException late) {
            if (timeout == null) throw late;
        }
    }

    // ---- events -----------------------------------------------------------------------------------------------------

    /** Waits until the event is there, or its workflow has ended, however long that takes. */
    void awaitEvent() {
        var known = world.anyKnown(random);
        if (known != null) readEvent(known, Op.Key.draw(random), Op.GetEvent.FOR_EVER);
    }

    /** Looks at one event again and again. */
    void watchEvent() {
        var known = world.isShow() ? world.anyNew(random) : world.anyKnown(random);
        if (known == null) return;
        for (int looks = random.nextInt(2, 8); looks > 0; looks--) {
            var timeout = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(random.nextLong(1_000));
            readEvent(known, Op.Key.PROGRESS, timeout);
        }
    }

    void getEvent() {
        var known = world.anyKnown(random);
        if (known == null) return;
        switch (random.nextInt(4)) {
            case 0 -> readAllEvents(known);
            case 1 -> readEventOfMany();
            case 2 -> readEvent(known, Op.Key.draw(random), Duration.ZERO);
            default -> readEvent(known, Op.Key.draw(random), Duration.ofMillis(random.nextLong(3_000)));
        }
    }

    private void readEvent(String id, Op.Key key, Duration timeout) {
        var reading = reading(id, key);
        String json;
        if (key == Op.Key.LIST) {
            Coverage.mark("DBOSClient.getEvent(String,String,TypeRef,Duration)");
            var value = client.getEvent(id, key.name(), new TypeRef<List<Long>>() {}, timeout);
            json = value.map(list -> key.json(list.getFirst())).orElse(null);
        } else {
            Coverage.mark("DBOSClient.getEvent(String,String,Class,Duration)");
            json = client.getEvent(id, key.name(), Long.class, timeout).map(key::json).orElse(null);
        }
        process.note("client: event " + key + " of " + id + " is " + json);
        reading.saw(json, timeout);
    }

    private void readAllEvents(String id) {
        Coverage.mark("DBOSClient.getEvents(String)");
        var readings = Stream.of(Op.Key.values()).map(key -> reading(id, key)).toList();
        var events = client.getEvents(id);
        for (var key : Op.Key.values()) readings.get(key.ordinal()).saw(events.get(key.name()), Duration.ZERO);
    }

    private void readEventOfMany() {
        Coverage.mark("DBOSClient.getEvents(Collection,String,Class)");
        var key = Op.Key.drawPlain(random);
        var ids = IntStream.range(0, random.nextInt(1, 6)).mapToObj(i -> world.anyKnown(random)).toList();
        var readings = new HashMap<String, EventWitness.Reading>();
        ids.forEach(id -> readings.put(id, reading(id, key)));
        var events = client.getEvents(ids, key.name(), Long.class);
        readings.forEach((id, reading) -> {
            var value = events.get(id);
            reading.saw(value == null ? null : key.json(value), Duration.ZERO);
        });
    }

    private EventWitness.Reading reading(String id, Op.Key key) {
        return world.auditor().events().reading(process, id, key.name());
    }

    // ---- messages ---------------------------------------------------------------------------------------------------

    /** What is acknowledged has been accepted, and under one key once. */
    void send() {
        var known = world.anyKnown(random);
        if (known == null) return;
        var text = LiveProgram.text("client", random.nextLong());
        var topic = Op.Topic.NEWS.name();
        switch (random.nextInt(4)) {
            case 0 -> {
                Coverage.mark("DBOSClient.send(String,Object)");
                client.send(known, text);
            }
            case 1 -> {
                Coverage.mark("DBOSClient.send(String,Object,String)");
                client.send(known, text, topic);
            }
            case 2 -> {
                Coverage.mark("DBOSClient.send(String,Object,String,String)");
                var key = "key of " + text;
                for (int times = random.nextInt(1, 3); times > 0; times--) client.send(known, text, topic, key);
            }
            default -> {
                Coverage.mark("DBOSClient.send(String,Object,TypeRef,String,String)");
                client.send(known, List.of(text), new TypeRef<List<String>>() {}, Op.Topic.LIST.name(), null);
                text = null;
            }
        }
        if (text != null) world.auditor().messages().acknowledged(known, "\"" + text + "\"");
    }

    // ---- changing ---------------------------------------------------------------------------------------------------

    void cancel() {
        var known = world.anyKnown(random);
        if (known == null) return;
        if (random.nextInt(6) == 0) {
            cancelSome();
            return;
        }
        process.note("client: cancels " + known);
        if (random.nextBoolean()) {
            Coverage.mark("DBOSClient.cancelWorkflow(String)");
            client.cancelWorkflow(known);
        } else {
            Coverage.mark("WorkflowHandle.cancel()");
            client.retrieveWorkflow(known, Long.class).cancel();
        }
        process.note("client: cancelled " + known);
        world.auditor().cancelled(process, known);
    }

    private void cancelSome() {
        Coverage.mark("DBOSClient.cancelWorkflows(WorkflowFilter)");
        process.note("client: cancels some");
        for (var id : client.cancelWorkflows(some())) {
            process.note("client: cancelled " + id);
            world.auditor().cancelled(process, id);
        }
    }

    private WorkflowFilter some() {
        return WorkflowFilter.all().queueName(Plan.queue(random.nextInt(Plan.LEAF + 1)))
                .newestFirst(random.nextBoolean()).limit(random.nextInt(1, 4));
    }

    void resume() {
        var known = world.anyKnown(random);
        if (known == null) return;
        if (random.nextInt(6) == 0) {
            Coverage.mark("DBOSClient.resumeWorkflows(WorkflowFilter)");
            process.note("client: resumes " + client.resumeWorkflows(some()));
            return;
        }
        Coverage.mark("DBOSClient.resumeWorkflow(String)");
        process.note("client: resumes " + known);
        client.resumeWorkflow(known);
    }

    /** Lets dead letters be tried again, as they are or from their last step on. */
    void redrive() {
        var dead = world.anyDead(random);
        switch (random.nextInt(5)) {
            case 0 -> {
                Coverage.mark("DBOSClient.redriveWorkflows(WorkflowFilter)");
                noteRedriven(client.redriveWorkflows(WorkflowFilter.all().limit(random.nextInt(1, 10))));
            }
            case 1 -> {
                Coverage.mark("DBOSClient.redriveWorkflows(WorkflowFilter,RateLimit)");
                var rate = new RateLimit(random.nextInt(1, 4), Duration.ofMillis(random.nextLong(1, 3_000)));
                noteRedriven(client.redriveWorkflows(WorkflowFilter.all().queueName(Plan.queue(random.nextInt(Plan.LEAF + 1))), rate));
            }
            case 2 -> {
                var id = dead == null ? world.anyKnown(random) : dead;
                if (id == null) return;
                Coverage.mark("DBOSClient.redriveWorkflow(String)");
                client.redriveWorkflow(id);
            }
            default -> {
                if (dead == null) return;
                Coverage.mark("DBOSClient.redriveWorkflow(String,Redrive)");
                var how = Redrive.asItIs().delay(Duration.ofMillis(random.nextLong(5_000)));
                var step = world.lastRepeatableStep(dead);
                if (step != null) {
                    world.ledger().redriven(dead, step);
                    how = how.fromStep(step);
                }
                client.redriveWorkflow(dead, how);
            }
        }
    }

    private void noteRedriven(List<String> ids) {
        process.note("client: redrove " + ids);
    }

    /** Removes dead letters for which nobody waits any more, and whose ids nobody uses again. */
    void purge() {
        var dead = world.anyForsaken(random);
        var parent = dead == null ? world.anyKnown(random) : dead.parentId();
        if (parent == null) return;
        try {
            // What is no dead letter stays.
            Coverage.mark("DBOSClient.purgeWorkflow(String)");
            client.purgeWorkflow(dead == null ? parent + "-0" : dead.workflowId());
        } catch (NoSuchWorkflowException gone) {
            process.note("client: " + gone.getMessage());
        }
        if (random.nextBoolean()) return;
        Coverage.mark("DBOSClient.purgeWorkflows(WorkflowFilter)");
        client.purgeWorkflows(WorkflowFilter.all().parentId(parent).idPrefix(parent + "-"));
    }

    /** Holds a queue up for a while. Whoever dies meanwhile leaves it so; when all faults have ended somebody looks after it. */
    void holdUp() {
        var queue = Plan.queue(random.nextInt(Plan.LEAF + 1));
        try {
            if (random.nextInt(3) > 0) {
                Coverage.mark("DBOSClient.pauseQueue(String)");
                client.pauseQueue(queue);
                process.sleep(Duration.ofMillis(random.nextLong(3_000)));
            } else {
                Coverage.mark("DBOSClient.drainQueue(String,Duration)");
                boolean empty = client.drainQueue(queue, Duration.ofMillis(random.nextLong(3_000)));
                process.note("client: " + queue + (empty ? " is drained" : " is not empty yet"));
            }
            Coverage.mark("DBOSClient.resumeQueue(String)");
            client.resumeQueue(queue);
        } catch (QueueNotRegisteredException early) {
            process.note("client: " + early.getMessage());
        }
    }

    // ---- looking ----------------------------------------------------------------------------------------------------

    void look() {
        var known = world.anyKnown(random);
        switch (random.nextInt(10)) {
            case 9 -> {
                if (known == null) return;
                Coverage.mark("DBOSClient.listWorkflowAttempts(String)");
                client.listWorkflowAttempts(known);
            }
            case 8 -> count();
            case 7 -> {
                Coverage.mark("DBOSClient.queueStats()");
                client.queueStats();
            }
            case 0 -> {
                Coverage.mark("DBOSClient.listWorkflows(WorkflowFilter)");
                int expected = world.knownCount();
                var everything = WorkflowFilter.all().limit(100_000).payloads(random.nextBoolean());
                int size = client.listWorkflows(everything).size();
                if (size < expected) world.breach("I3: a listing shows " + size + " workflows of " + expected);
            }
            case 1 -> {
                Coverage.mark("DBOSClient.listQueues()");
                client.listQueues();
            }
            case 2, 3 -> {
                Coverage.mark("DBOSClient.registerQueue(WorkflowQueue)");
                client.registerQueue(world.redefined(random));
            }
            case 4 -> {
                if (known == null) return;
                Coverage.mark("DBOSClient.getWorkflow(String)");
                client.getWorkflow(known);
            }
            case 5 -> {
                if (known == null) return;
                Coverage.mark("WorkflowHandle.getStatus()");
                anyHandle().getStatus();
            }
            default -> {
                if (known == null) return;
                Coverage.mark("DBOSClient.listWorkflowSteps(String)");
                client.listWorkflowSteps(known);
            }
        }
    }

    private void count() {
        switch (random.nextInt(4)) {
            case 0 -> {
                Coverage.mark("DBOSClient.countWorkflows()");
                int expected = world.knownCount();
                long counted = client.countWorkflows().values().stream().mapToLong(Long::longValue).sum();
                if (counted < expected) world.breach("I3: there are " + counted + " workflows of " + expected);
            }
            case 1 -> {
                Coverage.mark("DBOSClient.listExecutors()");
                client.listExecutors();
            }
            case 2 -> {
                Coverage.mark("DBOSClient.unservedWorkflows()");
                client.unservedWorkflows();
            }
            default -> {
                Coverage.mark("DBOSClient.databaseInfo()");
                client.databaseInfo();
            }
        }
    }
}
