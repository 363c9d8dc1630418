package dev.dbosj.simulation;

import dev.dbosj.store.Arrival;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Command;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.Tick;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Stores with one mistake each, which the simulation must find. */
final class BrokenStores {
    private BrokenStores() {}

    /** Does not look at epochs: whoever has owned a workflow may go on writing. */
    static SystemDatabase withoutEpochTest(SystemDatabase store) {
        return new Passing(store) {
            @Override
            public List<Outcome> apply(List<Command> batch) {
                return store.apply(batch.stream().map(this::underCurrentEpoch).toList());
            }

            private Command underCurrentEpoch(Command command) {
                if (command.owner() == null) return command;
                var row = store.workflow(command.owner().workflowId());
                if (row == null) return command;
                return new Command(new Owner(row.workflowId(), row.epoch()), command.checkpoint(), command.effect());
            }
        };
    }

    /** Gives a workflow that was taken over to its heir under the epoch that its former owner had. */
    static SystemDatabase withoutRaisedEpochs(SystemDatabase store) {
        return new UnraisedEpochs(store);
    }

    /** Has no primary key on checkpoints: what is recorded twice is there twice. */
    static SystemDatabase withoutPrimaryKey(SystemDatabase store) {
        return new Passing(store) {
            private final Map<String, List<Checkpoint>> twins = new HashMap<>();

            @Override
            public List<Outcome> apply(List<Command> batch) {
                var outcomes = new ArrayList<Outcome>();
                for (var command : batch) {
                    boolean twin = command.checkpoint() != null && isRecorded(command);
                    var outcome = store.apply(List.of(command)).getFirst();
                    if (twin && outcome instanceof Outcome.Applied)
                        twinsOf(command.owner().workflowId()).add(command.checkpoint());
                    outcomes.add(outcome);
                }
                return outcomes;
            }

            private List<Checkpoint> twinsOf(String workflowId) {
                return twins.computeIfAbsent(workflowId, id -> new ArrayList<>());
            }

            private boolean isRecorded(Command command) {
                var workflowId = command.owner().workflowId();
                int step = command.checkpoint().step();
                return store.history(Map.of(workflowId, step), 1).get(workflowId).checkpoints().stream()
                        .anyMatch(checkpoint -> checkpoint.step() == step);
            }

            @Override
            public Map<String, HistoryPage> history(Map<String, Integer> fromStep, int limit) {
                var pages = new LinkedHashMap<>(store.history(fromStep, limit));
                pages.replaceAll((id, page) -> {
                    var all = new ArrayList<>(page.checkpoints());
                    all.addAll(twinsOf(id));
                    all.sort(Comparator.comparing(Checkpoint::step));
                    return new HistoryPage(all, page.last());
                });
                return pages;
            }
        };
    }

    /** Acknowledges now and then what it has not written. */
    static SystemDatabase withoutDurability(SystemDatabase store) {
        return new Passing(store) {
            private static final int COMMITS_PER_LOSS = 20;
            private int commits;

            @Override
            public List<Outcome> apply(List<Command> batch) {
                if (++commits % COMMITS_PER_LOSS != 0) return store.apply(batch);
                return Collections.nCopies(batch.size(), Outcome.APPLIED);
            }
        };
    }

    /** Says of every executor that its process is certainly dead. */
    static SystemDatabase thatTakesOverTheLiving(SystemDatabase store) {
        return new Passing(store) {
            @Override
            public Tick tick(String executorId, boolean heartbeat) {
                var tick = store.tick(executorId, heartbeat);
                var others = tick.others().stream().map(this::gone).toList();
                return new Tick(tick.alive(), tick.now(), tick.cancelled(), others, tick.queuesVersion());
            }

            private ExecutorInfo gone(ExecutorInfo other) {
                return new ExecutorInfo(
                        other.executorId(), other.application(), other.names(), other.lease(), other.heartbeat(), true);
            }
        };
    }

    private static final class UnraisedEpochs extends Passing {
        /** How much higher the true epochs are than those that are told. */
        private final Map<String, Long> hidden = new HashMap<>();
        private final Set<String> heirless = new HashSet<>();

        UnraisedEpochs(SystemDatabase store) {
            super(store);
        }

        private Owner told(Owner owner) {
            return new Owner(owner.workflowId(), owner.epoch() - hidden(owner.workflowId()));
        }

        private Owner meant(Owner owner) {
            return owner == null ? null : new Owner(owner.workflowId(), owner.epoch() + hidden(owner.workflowId()));
        }

        private long hidden(String workflowId) {
            return hidden.getOrDefault(workflowId, 0L);
        }

        private void hide(String workflowId) {
            hidden.merge(workflowId, 1L, Long::sum);
        }

        @Override
        public int takeOver(ExecutorInfo dead, int limit) {
            var owned = store.owned(dead.executorId());
            int taken = store.takeOver(dead, limit);
            for (var owner : owned) {
                if (store.workflow(owner.workflowId()).epoch() == owner.epoch()) continue;
                hide(owner.workflowId());
                heirless.add(owner.workflowId());
            }
            return taken;
        }

        @Override
        public List<Outcome> apply(List<Command> batch) {
            return store.apply(batch.stream().map(command ->
                    new Command(meant(command.owner()), command.checkpoint(), command.effect())).toList());
        }

        @Override
        public Map<Owner, Owner> renew(String executorId, Collection<Owner> owners) {
            var renewed = new LinkedHashMap<Owner, Owner>();
            store.renew(executorId, owners.stream().map(this::meant).toList())
                    .forEach((old, now) -> renewed.put(told(old), told(now)));
            return renewed;
        }

        @Override
        public Tick tick(String executorId, boolean heartbeat) {
            var tick = store.tick(executorId, heartbeat);
            var cancelled = new LinkedHashSet<Owner>();
            tick.cancelled().forEach(owner -> cancelled.add(told(owner)));
            return new Tick(tick.alive(), tick.now(), cancelled, tick.others(), tick.queuesVersion());
        }

        @Override
        public List<ClaimedWorkflow> claim(ClaimRequest request) {
            return store.claim(request).stream().map(this::inherited).toList();
        }

        private ClaimedWorkflow inherited(ClaimedWorkflow claimed) {
            if (heirless.remove(claimed.owner().workflowId())) hide(claimed.owner().workflowId());
            return new ClaimedWorkflow(
                    told(claimed.owner()), claimed.uid(), claimed.name(), claimed.queueName(), claimed.input(),
                    claimed.attempts(), claimed.hasHistory());
        }

        @Override
        public List<Owner> owned(String executorId) {
            return store.owned(executorId).stream().map(this::told).toList();
        }

        @Override
        public WorkflowStatus workflow(String workflowId) {
            var row = store.workflow(workflowId);
            return row == null ? null : told(row);
        }

        @Override
        public List<WorkflowStatus> workflows(WorkflowFilter filter) {
            return store.workflows(filter).stream().map(this::told).toList();
        }

        private WorkflowStatus told(WorkflowStatus row) {
            long epoch = told(new Owner(row.workflowId(), row.epoch())).epoch();
            return new WorkflowStatus(
                    row.workflowId(), row.status(), row.name(), row.queueName(), row.input(), row.output(), row.error(),
                    row.executorId(), epoch, row.attempts(), row.parentId(), row.createdAt(), row.startedAt(),
                    row.completedAt());
        }
    }

    /** Hands everything on. */
    private static class Passing implements SystemDatabase {
        final SystemDatabase store;

        Passing(SystemDatabase store) {
            this.store = store;
        }

        @Override
        public void migrate() {
            store.migrate();
        }

        @Override
        public Instant now() {
            return store.now();
        }

        @Override
        public List<Outcome> apply(List<Command> batch) {
            return store.apply(batch);
        }

        @Override
        public Map<Owner, Owner> renew(String executorId, Collection<Owner> owners) {
            return store.renew(executorId, owners);
        }

        @Override
        public void join(ExecutorInfo executor) {
            store.join(executor);
        }

        @Override
        public Tick tick(String executorId, boolean heartbeat) {
            return store.tick(executorId, heartbeat);
        }

        @Override
        public int takeOver(ExecutorInfo dead, int limit) {
            return store.takeOver(dead, limit);
        }

        @Override
        public void leave(String executorId) {
            store.leave(executorId);
        }

        @Override
        public List<ClaimedWorkflow> claim(ClaimRequest request) {
            return store.claim(request);
        }

        @Override
        public List<Owner> owned(String executorId) {
            return store.owned(executorId);
        }

        @Override
        public Map<String, HistoryPage> history(Map<String, Integer> fromStep, int limit) {
            return store.history(fromStep, limit);
        }

        @Override
        public List<Arrival> arrivals(Collection<? extends Awaited> awaited) {
            return store.arrivals(awaited);
        }

        @Override
        public Map<String, String> events(String workflowId) {
            return store.events(workflowId);
        }

        @Override
        public List<WorkflowStatus> workflows(WorkflowFilter filter) {
            return store.workflows(filter);
        }

        @Override
        public WorkflowStatus workflow(String workflowId) {
            return store.workflow(workflowId);
        }

        @Override
        public List<WorkflowQueue> queues() {
            return store.queues();
        }

        @Override
        public List<ExecutorInfo> executors() {
            return store.executors();
        }

        @Override
        public Map<String, Long> unserved() {
            return store.unserved();
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
