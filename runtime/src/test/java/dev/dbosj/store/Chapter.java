package dev.dbosj.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** What the chapters of the contract have in common: a store under test, its clock, and words for what is done. */
interface Chapter {
    String QUEUE = "queue";
    String NAME = "work";
    AtomicLong NONCES = new AtomicLong();
    Duration LEASE = Duration.ofSeconds(30);

    SystemDatabase db();

    /** One more connection to the same database. */
    SystemDatabase another();

    ManualTime time();

    /** A workflow named "work" on the queue "queue"; its uid follows from its id. */
    default NewWorkflow workflow(String id) {
        return new NewWorkflow(id, id.hashCode(), NAME, QUEUE, 0, "{\"positionalArgs\":[\"" + id + "\"]}", null, null);
    }

    default NewWorkflow named(String name, NewWorkflow like) {
        return new NewWorkflow(
                like.workflowId(), like.uid(), name, like.queueName(), like.priority(), like.input(),
                like.parentId(), like.executorId());
    }

    default NewWorkflow onQueue(String queueName, NewWorkflow like) {
        return new NewWorkflow(
                like.workflowId(), like.uid(), like.name(), queueName, like.priority(), like.input(),
                like.parentId(), like.executorId());
    }

    default NewWorkflow childOf(String parentId, NewWorkflow like) {
        return new NewWorkflow(
                like.workflowId(), like.uid(), like.name(), like.queueName(), like.priority(), like.input(),
                parentId, like.executorId());
    }

    default NewWorkflow startedBy(String executorId, NewWorkflow like) {
        return new NewWorkflow(
                like.workflowId(), like.uid(), like.name(), like.queueName(), like.priority(), like.input(),
                like.parentId(), executorId);
    }

    default NewWorkflow withUid(long uid, NewWorkflow like) {
        return new NewWorkflow(
                like.workflowId(), uid, like.name(), like.queueName(), like.priority(), like.input(),
                like.parentId(), like.executorId());
    }

    default NewWorkflow ofPriority(int priority, NewWorkflow like) {
        return new NewWorkflow(
                like.workflowId(), like.uid(), like.name(), like.queueName(), priority, like.input(),
                like.parentId(), like.executorId());
    }

    default Effect.Insert inserting(NewWorkflow... workflows) {
        return new Effect.Insert(List.of(workflows), true);
    }

    default void insert(NewWorkflow... workflows) {
        assertThat(apply(inserting(workflows))).isEqualTo(Outcome.APPLIED);
    }

    default void insert(String... ids) {
        insert(Arrays.stream(ids).map(this::workflow).toArray(NewWorkflow[]::new));
    }

    /** A new member that knows the workflow "work". */
    default String join(String executorId) {
        db().join(new ExecutorInfo(executorId, "app", Set.of(NAME), LEASE, Instant.EPOCH, false));
        return executorId;
    }

    /** A workflow that runs on a new executor of its own. */
    default Owner running(String id) {
        insert(startedBy(join("executor of " + id), workflow(id)));
        return new Owner(id, 1);
    }

    /** Claims from the queue "queue". */
    default List<ClaimedWorkflow> claim(String executorId, int slots) {
        return db().claim(new ClaimRequest(executorId, Map.of(QUEUE, slots), Set.of(NAME))).workflows();
    }

    default List<String> claimIds(String executorId, int slots) {
        return claim(executorId, slots).stream().map(claimed -> claimed.owner().workflowId()).toList();
    }

    default Checkpoint step(int number, String output) {
        return new Checkpoint(number, "step " + number, output, null, null, time().now(), time().now());
    }

    default Command recording(Owner owner, Checkpoint checkpoint) {
        return new Command(owner, checkpoint, Effect.NOTHING);
    }

    default Effect finishing(String output) {
        return new Effect.Finish(WorkflowState.SUCCESS, output, null);
    }

    default Effect cancelling(String... ids) {
        return new Effect.Change(NONCES.incrementAndGet(), List.of(ids), Effect.Amendment.CANCEL);
    }

    default Effect resuming(String... ids) {
        return new Effect.Change(NONCES.incrementAndGet(), List.of(ids), Effect.Amendment.RESUME);
    }

    default Effect defining(WorkflowQueue queue) {
        return new Effect.Define(NONCES.incrementAndGet(), queue);
    }

    default Effect setting(String key, String value) {
        return new Effect.SetEvent(key, value);
    }

    /** A message on the topic "topic"; its text follows from its id. */
    default Effect sending(String workflowId, String messageId) {
        return sending(workflowId, messageId, "topic");
    }

    default Effect sending(String workflowId, String messageId, String topic) {
        return new Effect.Send(workflowId, messageId, topic, "\"" + messageId + "\"");
    }

    default Effect receiving(String messageId) {
        return new Effect.Receive(messageId);
    }

    default Effect releasing() {
        return new Effect.Release(null, false);
    }

    default Outcome apply(Command command) {
        return db().apply(List.of(command)).getFirst();
    }

    /** From outside of any workflow. */
    default Outcome apply(Effect effect) {
        return apply(new Command(null, null, effect));
    }

    default Outcome apply(Owner owner, Effect effect) {
        return apply(new Command(owner, null, effect));
    }

    default Outcome record(Owner owner, int number) {
        return apply(recording(owner, step(number, "\"" + number + "\"")));
    }

    default WorkflowStatus status(String id) {
        return db().workflow(id);
    }

    default WorkflowState state(String id) {
        return status(id).status();
    }

    default List<Checkpoint> history(String id) {
        return db().history(Map.of(id, 0), 1_000).get(id).checkpoints();
    }

    default List<Awaited> results(String... ids) {
        return Arrays.stream(ids).<Awaited>map(Awaited.Result::new).toList();
    }

    default List<Integer> steps(String id) {
        return history(id).stream().map(Checkpoint::step).toList();
    }

    /** All that can be seen of the database, to say that something left no trace. */
    default Map<String, Object> everything() {
        var everything = new LinkedHashMap<String, Object>();
        everything.put("queues", db().queues());
        everything.put("executors", db().executors());
        for (var workflow : db().workflows(WorkflowFilter.all()))
            everything.put(
                    workflow.workflowId(),
                    List.of(workflow, history(workflow.workflowId()), db().events(workflow.workflowId())));
        return everything;
    }

    default String[] ids(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
    }
}
