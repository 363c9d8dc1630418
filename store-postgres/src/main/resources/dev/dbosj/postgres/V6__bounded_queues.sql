-- Bounded queues, keys of workflows, rates, and since when a workflow has waited for its turn. Processes of the versions
-- before go on; what they enqueue does not count against a bound.

alter table dbosj.workflow_status
    add column counted boolean not null default false, -- whether it counts against a bound
    add column keyed boolean not null default false; -- whether it was accepted with a key

-- Whoever makes a workflow ready makes its row here, so that is the time since when it has waited.
alter table dbosj.workflow_ready add column since bigint not null default dbosj.now_ms();
alter table dbosj.workflow_ready_in_partition add column since bigint not null default dbosj.now_ms();

create or replace function dbosj.move_workflow() returns trigger
    language plpgsql
    as $$
    declare
        -- What was delayed has waited since it was due, also if nobody looked.
        since bigint := dbosj.now_ms();
    begin
        if tg_op = 'UPDATE' and old.status = 'DELAYED' then
            since := least(since, old.wake_at);
        end if;
        if tg_op <> 'INSERT' then
            if old.status = 'ENQUEUED' and old.partition_key = '' then
                delete from dbosj.workflow_ready r
                 where r.queue_name = old.queue_name and r.name = old.name
                   and r.priority = coalesce(old.rank, old.priority) and r.sequence = old.sequence;
            elsif old.status = 'ENQUEUED' then
                delete from dbosj.workflow_ready_in_partition r
                 where r.queue_name = old.queue_name and r.name = old.name and r.partition_key = old.partition_key
                   and r.rank = coalesce(old.rank, old.priority) and r.sequence = old.sequence;
            end if;
            if old.status = 'DELAYED' then
                delete from dbosj.workflow_delayed d where d.wake_at = old.wake_at and d.sequence = old.sequence;
            end if;
            if old.executor_id is not null then
                delete from dbosj.workflow_owned o
                 where o.executor_id = old.executor_id and o.queue_name = old.queue_name and o.sequence = old.sequence;
            end if;
        end if;
        if tg_op <> 'DELETE' then
            if new.status = 'ENQUEUED' and new.partition_key = '' then
                insert into dbosj.workflow_ready (queue_name, name, priority, sequence, since)
                values (new.queue_name, new.name, coalesce(new.rank, new.priority), new.sequence, since);
            elsif new.status = 'ENQUEUED' then
                insert into dbosj.workflow_ready_in_partition (queue_name, name, partition_key, rank, sequence, since)
                values (new.queue_name, new.name, new.partition_key, coalesce(new.rank, new.priority), new.sequence,
                        since);
            end if;
            if new.status = 'DELAYED' then
                insert into dbosj.workflow_delayed values (new.wake_at, new.sequence);
            end if;
            if new.executor_id is not null then
                insert into dbosj.workflow_owned (executor_id, queue_name, partition_key, sequence, cancelled)
                values (new.executor_id, new.queue_name, new.partition_key, new.sequence, new.status = 'CANCELLED');
            end if;
        end if;
        return null;
    end
    $$;

alter table dbosj.queues
    add column max_depth integer,
    add column block bigint; -- how long who enqueues waits for room, in milliseconds

-- How many counted workflows wait for their first start: in the queues that have ever had a bound. Who enqueues there
-- locks the row. A row for each change that was not added yet keeps those who claim from waiting for them.
create table dbosj.queue_depths (
    queue_name text   collate "C" primary key,
    depth      bigint not null
) with (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 1);

create table dbosj.queue_depth_changes (
    queue_name text     collate "C" not null,
    change     smallint not null
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 1);

create index depth_change_by_queue on dbosj.queue_depth_changes (queue_name);

-- Who holds which key. Those that can be put off hold theirs among the workflows of their name while they are DELAYED.
create table dbosj.workflow_keys (
    queue_name        text   collate "C" not null,
    scope             text   collate "C" not null, -- the name, or empty
    key               text   collate "C" not null,
    workflow_sequence bigint not null,
    workflow_id       text   collate "C" not null,
    latest_start      bigint, -- null for those that cannot be put off
    primary key (queue_name, scope, key)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 1);

create index key_by_holder on dbosj.workflow_keys (workflow_sequence);

create function dbosj.waits_for_first_start(status text, owner_epoch bigint) returns boolean
    language sql immutable
    return owner_epoch = 0 and status in ('ENQUEUED', 'DELAYED');

-- A counted workflow begins or ends to wait for its first start, or one with a key may have lost it.
create function dbosj.follow_workflow() returns trigger
    language plpgsql
    as $$
    declare
        waited boolean := dbosj.waits_for_first_start(old.status, old.owner_epoch);
        waits boolean := tg_op = 'UPDATE' and dbosj.waits_for_first_start(new.status, new.owner_epoch);
        ended boolean := tg_op = 'DELETE'
                or new.status in ('SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED');
    begin
        if old.counted and waited <> waits then
            insert into dbosj.queue_depth_changes (queue_name, change)
            values (old.queue_name, case when waits then 1 else -1 end);
        end if;
        if old.keyed and (ended or old.status = 'DELAYED') then
            delete from dbosj.workflow_keys k
             where k.workflow_sequence = old.sequence and (ended or k.latest_start is not null);
        end if;
        return null;
    end
    $$;

create trigger workflow_followed after update on dbosj.workflow_status
    for each row when ((old.counted or old.keyed) and old.status <> new.status)
    execute function dbosj.follow_workflow();

create trigger workflow_followed_to_its_end after delete on dbosj.workflow_status
    for each row when (old.counted or old.keyed)
    execute function dbosj.follow_workflow();

-- How fast queues go on each executor: the last word of each counts, and for some seconds only.
create table dbosj.queue_reports (
    executor_id         text             collate "C" not null,
    queue_name          text             collate "C" not null,
    starts_per_second   double precision not null,
    finishes_per_second double precision not null,
    reported_at         bigint           not null,
    primary key (executor_id, queue_name)
) with (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 1);

-- As before, and refuses a queue that is full. Until the commit nobody else enqueues on a bounded queue.
create or replace function dbosj.enqueue_workflow(
    workflow_name text,
    queue_name text,
    positional_args json[] default '{}', -- one for each argument of the workflow
    workflow_id text default null, -- null for a new one
    priority integer default 0, -- lower ones go first
    notify boolean default false -- whether workers hear of it at the commit; who notifies commits one after the other
) returns text
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    as $$
    #variable_conflict use_column
    declare
        id text := coalesce(enqueue_workflow.workflow_id, gen_random_uuid()::text);
        input text := '{"positionalArgs":[' || array_to_string(positional_args, ',', 'null') || ']}';
        taken_by text;
        definition dbosj.queues;
        bounded boolean;
        waiting bigint;
    begin
        perform dbosj.require_name('workflow name', workflow_name);
        perform dbosj.require_name('queue name', enqueue_workflow.queue_name);
        perform dbosj.require_name('workflow id', id);
        if enqueue_workflow.priority is null or enqueue_workflow.priority < 0 then
            raise exception 'priority % is outside 0..2147483647', enqueue_workflow.priority
                  using errcode = 'invalid_parameter_value';
        end if;
        if positional_args is null or array_ndims(positional_args) > 1 then
            raise exception 'positional_args must be an array with one element for each argument'
                  using errcode = 'invalid_parameter_value';
        end if;
        perform dbosj.require_size('the arguments', input);
        select q.* into definition from dbosj.queues q where q.name = enqueue_workflow.queue_name;
        if definition.state = 'DRAINING' then
            raise exception 'queue ''%'' is drained and takes no workflow more', enqueue_workflow.queue_name
                  using errcode = 'object_not_in_prerequisite_state';
        end if;
        bounded := definition.max_depth is not null;
        if bounded then
            perform from dbosj.queue_depths d where d.queue_name = enqueue_workflow.queue_name for no key update;
        end if;

        insert into dbosj.workflow_status (
               workflow_id, uid, status, name, queue_name, priority, rank, owner_epoch, attempts, progress, resume_requested,
               counted, created_at, input)
        values (id, ('x' || translate(left(gen_random_uuid()::text, 18), '-', ''))::bit(64)::bigint, 'ENQUEUED',
                workflow_name, enqueue_workflow.queue_name, enqueue_workflow.priority,
                dbosj.now_ms() + enqueue_workflow.priority * definition.priority_aging,
                0, 0, 0, false,
                bounded, dbosj.now_ms(), input)
            on conflict (workflow_id) do nothing;
        if not found then
            select w.name into taken_by from dbosj.workflow_status w where w.workflow_id = id;
            if taken_by <> workflow_name then
                raise exception 'id % is taken by a workflow named ''%''; choose another id', id, taken_by
                      using errcode = 'unique_violation';
            end if;
        elsif bounded then
            with gone as (
                delete from dbosj.queue_depth_changes c where c.queue_name = enqueue_workflow.queue_name
                returning c.change
            )
            select coalesce(sum(gone.change), 0) into waiting from gone;
            update dbosj.queue_depths d
               set depth = d.depth + waiting + 1
             where d.queue_name = enqueue_workflow.queue_name
            returning d.depth - 1 into waiting;
            if waiting >= definition.max_depth then
                raise exception 'queue ''%'' is full: % workflows wait, and % may', enqueue_workflow.queue_name, waiting,
                      definition.max_depth
                      using errcode = 'configuration_limit_exceeded';
            end if;
        end if;
        if notify then
            perform pg_notify('dbosj', 'WORK');
        end if;
        return id;
    end
    $$;

insert into dbosj.schema_version values (6, dbosj.now_ms());
