package dev.dbosj.simulation;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Claim;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.Tick;
import dev.dbosj.store.WorkflowKey;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
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
import java.util.TreeMap;

/** Stores with one mistake each, which the simulation must find. */
final class BrokenStores {
    private static final int MANY = 1_000;

    private BrokenStores() {}

    /** Does not look at epochs: whoever has owned a workflow may go on writing. */
    static SystemDatabase withoutEpochTest(SystemDatabase store) {
        return new PassingStore(store) {
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
        return new PassingStore(store) {
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
        return new PassingStore(store) {
            private static final int COMMITS_PER_LOSS = 20;
            private int commits;

            @Override
            public List<Outcome> apply(List<Command> batch) {
                if (++commits % COMMITS_PER_LOSS != 0) return store.apply(batch);
                return Collections.nCopies(batch.size(), Outcome.APPLIED);
            }
        };
    }

    /** Accepts whatever it is asked to. */
    static SystemDatabase withoutBounds(SystemDatabase store) {
        return new PassingStore(store) {
            @Override
            public List<Outcome> apply(List<Command> batch) {
                return store.apply(batch.stream().map(BrokenStores::unguarded).toList());
            }
        };
    }

    private static Command unguarded(Command command) {
        if (!(command.effect() instanceof Effect.Insert insert)) return command;
        if (insert.workflows().stream().anyMatch(row -> row.key() != null)) return command;
        return new Command(command.owner(), command.checkpoint(), new Effect.Insert(insert.workflows(), insert.join()));
    }

    /** Lets several workflows hold one key. */
    static SystemDatabase withoutKeys(SystemDatabase store) {
        return new PassingStore(store) {
            @Override
            public List<Outcome> apply(List<Command> batch) {
                return store.apply(batch.stream().map(BrokenStores::withOwnKeys).toList());
            }
        };
    }

    private static Command withOwnKeys(Command command) {
        if (!(command.effect() instanceof Effect.Insert insert)) return command;
        var rows = insert.workflows().stream()
                .map(row -> row.key() == null ? row : new NewWorkflow(
                        row.workflowId(), row.uid(), row.name(), row.queueName(), row.priority(), row.partitionKey(),
                        row.delay(), row.startAt(), new WorkflowKey(row.workflowId(), row.key().longestDelay()),
                        row.input(), row.parentId(), row.executorId()))
                .toList();
        return new Command(
                command.owner(), command.checkpoint(), new Effect.Insert(rows, insert.join(), insert.guarded()));
    }

    /** Says of every executor that its process is certainly dead. */
    static SystemDatabase thatTakesOverTheLiving(SystemDatabase store) {
        return new PassingStore(store) {
            @Override
            public Tick tick(String executorId, boolean heartbeat) {
                var tick = store.tick(executorId, heartbeat);
                var others = tick.others().stream().map(BrokenStores::gone).toList();
                return new Tick(tick.alive(), tick.now(), tick.cancelled(), others, tick.queuesVersion());
            }
        };
    }

    /** Knows how many a limit leaves from before it had the lock, when another executor was claiming as well. */
    static SystemDatabase withLimitsReadBeforeTheLock(SystemDatabase store) {
        return new PassingStore(store) {
            private final Map<String, WorkflowQueue> limits = new HashMap<>();
            private final Map<String, Long> heldBefore = new HashMap<>();

            @Override
            public List<Outcome> apply(List<Command> batch) {
                return store.apply(batch.stream().map(this::withoutLimit).toList());
            }

            private Command withoutLimit(Command command) {
                if (!(command.effect() instanceof Effect.Define define)) return command;
                limits.put(define.queue().name(), define.queue());
                var unlimited = new Effect.Define(define.nonce(), define.queue().concurrency(null));
                return new Command(command.owner(), command.checkpoint(), unlimited);
            }

            @Override
            public List<WorkflowQueue> queues() {
                return store.queues().stream().map(queue -> limits.get(queue.name())).toList();
            }

            @Override
            public Claim claim(ClaimRequest request) {
                var slots = new LinkedHashMap<>(request.slots());
                slots.replaceAll((queue, wanted) -> Math.min(wanted, left(queue)));
                slots.values().removeIf(wanted -> wanted == 0);
                return store.claim(new ClaimRequest(request.executorId(), slots, request.names(), request.inAll(), request.after()));
            }

            private int left(String queue) {
                if (!limits.containsKey(queue) || limits.get(queue).concurrency() == null) return Integer.MAX_VALUE;
                var rows = store.workflows(WorkflowFilter.all().queueName(queue).limit(100_000));
                long held = rows.stream().filter(row -> row.executorId() != null).count();
                Long before = heldBefore.put(queue, held);
                return (int) Math.max(0, limits.get(queue).concurrency() - (before == null ? held : before));
            }
        };
    }

    /** Takes an event from whoever sets it, also from one who has lost the workflow. */
    static SystemDatabase thatLetsZombiesSetEvents(SystemDatabase store) {
        return new PassingStore(store) {
            private final Map<String, Map<String, String>> setByZombies = new HashMap<>();

            @Override
            public List<Outcome> apply(List<Command> batch) {
                var outcomes = store.apply(batch);
                for (int i = 0; i < batch.size(); i++)
                    if (batch.get(i).effect() instanceof Effect.SetEvent event
                            && outcomes.get(i) instanceof Outcome.Fenced)
                        setByZombies.computeIfAbsent(batch.get(i).owner().workflowId(), id -> new TreeMap<>())
                                .put(event.key(), event.value());
                return outcomes;
            }

            @Override
            public Map<String, String> events(String workflowId) {
                var events = new TreeMap<>(store.events(workflowId));
                events.putAll(setByZombies.getOrDefault(workflowId, Map.of()));
                return events;
            }
        };
    }

    /** Claims in the order of acceptance alone. */
    static SystemDatabase withoutPriorities(SystemDatabase store) {
        return new PassingStore(store) {
            @Override
            public List<Outcome> apply(List<Command> batch) {
                return store.apply(batch.stream().map(this::withoutPriority).toList());
            }

            private Command withoutPriority(Command command) {
                if (!(command.effect() instanceof Effect.Insert insert)) return command;
                var workflows = insert.workflows().stream().map(this::withoutPriority).toList();
                return new Command(command.owner(), command.checkpoint(), new Effect.Insert(workflows, insert.join()));
            }

            private NewWorkflow withoutPriority(NewWorkflow row) {
                return new NewWorkflow(
                        row.workflowId(), row.uid(), row.name(), row.queueName(), 0, row.input(), row.parentId(),
                        row.executorId());
            }
        };
    }

    /** Applies a change again that comes again. */
    static SystemDatabase withoutNonces(SystemDatabase store) {
        return new PassingStore(store) {
            private long nonces;

            @Override
            public List<Outcome> apply(List<Command> batch) {
                return store.apply(batch.stream().map(this::anew).toList());
            }

            private Command anew(Command command) {
                if (!(command.effect() instanceof Effect.Change change)) return command;
                var again = new Effect.Change(nonces++, change.workflowIds(), change.amendment());
                return new Command(command.owner(), command.checkpoint(), again);
            }
        };
    }

    /** Records what a run receives, and leaves it there. */
    static SystemDatabase thatKeepsWhatWasReceived(SystemDatabase store) {
        return new PassingStore(store) {
            @Override
            public List<Outcome> apply(List<Command> batch) {
                return store.apply(batch.stream().map(this::withoutReceipt).toList());
            }

            private Command withoutReceipt(Command command) {
                return command.effect() instanceof Effect.Receive
                        ? new Command(command.owner(), command.checkpoint(), Effect.NOTHING)
                        : command;
            }
        };
    }

    /** Takes a message that comes again for another one. */
    static SystemDatabase withoutMessageIds(SystemDatabase store) {
        return new PassingStore(store) {
            private long messages;

            @Override
            public List<Outcome> apply(List<Command> batch) {
                return store.apply(batch.stream().map(this::anew).toList());
            }

            private Command anew(Command command) {
                if (!(command.effect() instanceof Effect.Send send)) return command;
                var again = new Effect.Send(send.workflowId(), "message " + messages++, send.topic(), send.message());
                return new Command(command.owner(), command.checkpoint(), again);
            }
        };
    }

    /** Takes for its own whatever is under way when an executor starts. */
    static SystemDatabase thatSweepAtTheStart(SystemDatabase store) {
        return new PassingStore(store) {
            @Override
            public void join(ExecutorInfo executor) {
                store.join(executor);
                for (var other : store.tick(executor.executorId(), false).others()) store.takeOver(gone(other), MANY);
            }
        };
    }

    /** Compares heartbeats, which are by the database's clock, with the clock of a host that is an hour ahead. */
    static SystemDatabase withLeasesByAHostsClock(SystemDatabase store) {
        return new PassingStore(store) {
            @Override
            public Tick tick(String executorId, boolean heartbeat) {
                var tick = store.tick(executorId, heartbeat);
                var hosts = tick.now().plus(Duration.ofHours(1));
                var others = tick.others().stream()
                        .map(other -> other.heartbeat().plus(other.lease()).isBefore(hosts) ? gone(other) : other)
                        .toList();
                return new Tick(tick.alive(), tick.now(), tick.cancelled(), others, tick.queuesVersion());
            }
        };
    }

    /** Takes it for granted that a write without an answer was not done: no late copy of it has to be fenced. */
    static SystemDatabase thatTakeExceptionsForUnwritten(SystemDatabase store) {
        return new PassingStore(store) {
            @Override
            public Map<Owner, Owner> renew(String executorId, Collection<Owner> owners) {
                var same = new LinkedHashMap<Owner, Owner>();
                for (var owner : store.owned(executorId)) if (owners.contains(owner)) same.put(owner, owner);
                return same;
            }
        };
    }

    private static ExecutorInfo gone(ExecutorInfo other) {
        return new ExecutorInfo(
                other.executorId(), other.application(), other.names(), other.lease(), other.heartbeat(), true);
    }

    private static final class UnraisedEpochs extends PassingStore {
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
        public Claim claim(ClaimRequest request) {
            var claim = store.claim(request);
            return new Claim(claim.workflows().stream().map(this::inherited).toList(), claim.again());
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
                    row.workflowId(), row.status(), row.name(), row.queueName(), row.priority(),
                    row.partitionKey(), row.input(), row.output(), row.error(),
                    row.executorId(), epoch, row.attempts(), row.parentId(), row.createdAt(), row.delayUntil(),
                    row.startedAt(),
                    row.completedAt());
        }
    }
}
