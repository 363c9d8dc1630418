-- Partitions, aging priorities, rate limits, delays, pauses. Processes of the version before go on with the functions that
-- they know: they never see what stands in a partition, but know nothing of rate limits and pauses.

-- A column with a constant default costs nothing, however long the table is.
alter table dbosj.workflow_status
    add column partition_key text collate "C" not null default '', -- empty for none
    add column rank bigint; -- its place in its queue: lower ones go first, then lower sequences; null for the priority

alter table dbosj.workflow_ready alter column priority type bigint;

-- Like workflow_ready, of those with a partition key.
create table dbosj.workflow_ready_in_partition (
    queue_name    text    collate "C" not null,
    name          text    collate "C" not null,
    partition_key text    collate "C" not null,
    rank          bigint  not null,
    sequence      bigint  not null,
    primary key (queue_name, name, partition_key, rank, sequence)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 1);

alter table dbosj.workflow_owned add column partition_key text collate "C" not null default '';

create index workflow_owned_in_partition on dbosj.workflow_owned (executor_id, queue_name, partition_key)
 where partition_key <> '';

alter table dbosj.queues
    add column state text collate "C" not null default 'ACTIVE',
    add column rate_starts integer,
    add column rate_period bigint,
    add column partition_concurrency integer,
    add column partition_worker_concurrency integer,
    add column partition_rate_starts integer,
    add column partition_rate_period bigint,
    add column priority_aging bigint,
    add column span_ends bigint[] not null default '{}', -- what counts against its rate limit, see recent_starts
    add column span_starts integer[] not null default '{}';

create index queue_with_aging on dbosj.queues (name) where priority_aging is not null;

-- What counts against the rate limits of partitions. Rows of those that were not served lately mean nothing.
create table dbosj.queue_partitions (
    queue_name    text      collate "C" not null,
    partition_key text      collate "C" not null,
    span_ends     bigint[]  not null,
    span_starts   integer[] not null,
    forget_at     bigint    not null,
    primary key (queue_name, partition_key)
) with (fillfactor = 50, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 1);

create index partition_by_age on dbosj.queue_partitions (forget_at);

create or replace function dbosj.move_workflow() returns trigger
    language plpgsql
    as $$
    begin
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
                insert into dbosj.workflow_ready (queue_name, name, priority, sequence)
                values (new.queue_name, new.name, coalesce(new.rank, new.priority), new.sequence);
            elsif new.status = 'ENQUEUED' then
                insert into dbosj.workflow_ready_in_partition (queue_name, name, partition_key, rank, sequence)
                values (new.queue_name, new.name, new.partition_key, coalesce(new.rank, new.priority), new.sequence);
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

-- How many more a rate limit lets start. Starts are gathered in spans of time, of which there are at most some 130: each
-- counts until its span has ended and the period has passed since, so no window of that length holds too many.
create function dbosj.rate_room(most integer, period bigint, span_ends bigint[], span_starts integer[], now bigint)
    returns integer
    language sql immutable
    return case when most is null then 2147483647 else greatest(0, most - coalesce((
        select sum(span.starts)
          from unnest(span_ends, span_starts) span (ends, starts)
         where span.ends + period > now), 0))::integer end;

-- How many milliseconds until the oldest of those starts does not count any more; null if none counts.
create function dbosj.rate_pause(period bigint, span_ends bigint[], now bigint) returns bigint
    language sql immutable
    return (select min(span.ends) + period - now from unnest(span_ends) span (ends) where span.ends + period > now);

-- The spans with so many more starts, and without those that do not count any more.
create function dbosj.rate_spans(
    more integer, period bigint, now bigint, inout span_ends bigint[], inout span_starts integer[])
    language plpgsql immutable
    as $$
    declare
        width bigint := greatest(1, period / 128);
        ends bigint := (now / width) * width + width;
    begin
        select coalesce(array_agg(span.ends order by span.place), '{}'),
               coalesce(array_agg(span.starts order by span.place), '{}')
          into span_ends, span_starts
          from unnest(span_ends, span_starts) with ordinality span (ends, starts, place)
         where span.ends + period > now;
        if span_ends[cardinality(span_ends)] >= ends then
            span_starts[cardinality(span_starts)] := span_starts[cardinality(span_starts)] + more;
        else
            span_ends := span_ends || ends;
            span_starts := span_starts || more;
        end if;
    end
    $$;

-- As apply_batch.
create function dbosj.apply_batch_v4(
    patience text, -- how long to wait for others who have locked something
    owners text[], epochs bigint[], -- runs; from here on they are meant by their places, from 1
    members text[], -- executors that claim workflows which they insert
    new_ids text[], new_uids bigint[], new_names text[], new_queues text[], new_priorities integer[],
    new_partitions text[], new_delays bigint[], new_parents text[], new_executors text[], new_inputs text[],
    step_owners integer[], step_numbers integer[], step_names text[], step_outputs text[], step_errors text[],
    step_children text[], step_starts bigint[], step_ends bigint[],
    event_owners integer[], event_keys text[], event_values text[],
    sent_to text[], sent_ids text[], sent_topics text[], sent_messages text[],
    receive_owners integer[], receive_ids text[],
    finish_owners integer[], finish_statuses text[], finish_outputs text[], finish_errors text[],
    release_owners integer[], release_times bigint[]
) returns void
    language plpgsql
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set jit = off
    as $$
    declare
        sequences bigint[]; -- of the owners, and what else is known of them
        executors text[];
        queues text[];
        destinations bigint[];
        living bigint;
        received bigint;
        aging boolean;
        now bigint;
    begin
        perform set_config('lock_timeout', patience, true);
        perform set_config('dbosj.places', 'written', true); -- not as a setting of the function: only superusers may
        if members is not null then
            -- Until the commit nobody declares it dead, which would miss what is inserted here. Whoever does locks the
            -- executor first and then its workflows, so this comes first here too.
            select count(*) into living
              from (select
                      from dbosj.executors e
                     where e.executor_id = any (members) and not e.dead
                     order by e.executor_id
                       for key share) alive;
            if living <> cardinality(members) then
                raise exception 'an executor is no member any more' using errcode = 'DBJ01';
            end if;
        end if;
        if owners is not null then
            -- The lock is as strong as this on purpose: with a weaker one, or none, a takeover could pass between this
            -- look and the commit. In the order of their numbers, so that nobody waits for each other.
            select array_agg(held.sequence order by held.place),
                   array_agg(held.executor_id order by held.place),
                   array_agg(held.queue_name order by held.place)
              into sequences, executors, queues
              from (select w.sequence, w.executor_id, w.queue_name, owner.place
                      from unnest(owners, epochs) with ordinality owner (workflow_id, epoch, place)
                      join dbosj.workflow_status w on w.workflow_id = owner.workflow_id
                     where w.owner_epoch = owner.epoch and w.status = 'PENDING'
                     order by w.sequence
                       for no key update of w) held;
            if coalesce(cardinality(sequences), 0) <> cardinality(owners) then
                raise exception 'a run has lost its workflow' using errcode = 'DBJ01';
            end if;
        end if;
        now := dbosj.now_ms();
        if new_ids is not null then
            aging := exists (select from dbosj.queues q where q.priority_aging is not null);
            with inserted as (
                insert into dbosj.workflow_status (
                       workflow_id, uid, status, name, queue_name, partition_key, priority, rank, parent_id,
                       executor_id, owner_epoch, attempts, progress, resume_requested, wake_at, created_at, started_at,
                       input)
                select fresh.workflow_id, fresh.uid,
                       case when fresh.executor_id is not null then 'PENDING'
                            when fresh.delay is not null then 'DELAYED'
                            else 'ENQUEUED' end,
                       fresh.name, fresh.queue_name, coalesce(fresh.partition_key, ''), fresh.priority,
                       case when aging then (
                            select now + fresh.priority * q.priority_aging
                              from dbosj.queues q
                             where q.name = fresh.queue_name) end,
                       fresh.parent_id, fresh.executor_id,
                       case when fresh.executor_id is null then 0 else 1 end,
                       0, 0, false, now + fresh.delay, now, case when fresh.executor_id is not null then now end,
                       fresh.input
                  from unnest(new_ids, new_uids, new_names, new_queues, new_priorities,
                              new_partitions, new_delays, new_parents, new_executors, new_inputs)
                       with ordinality
                       fresh (workflow_id, uid, name, queue_name, priority,
                              partition_key, delay, parent_id, executor_id, input, place)
                 order by fresh.place
                returning sequence, status, name, queue_name, partition_key, coalesce(rank, priority) as rank,
                          executor_id, wake_at
            ), owned as (
                insert into dbosj.workflow_owned (executor_id, queue_name, partition_key, sequence, cancelled)
                select inserted.executor_id, inserted.queue_name, inserted.partition_key, inserted.sequence, false
                  from inserted
                 where inserted.executor_id is not null
            ), delayed as (
                insert into dbosj.workflow_delayed (wake_at, sequence)
                select inserted.wake_at, inserted.sequence
                  from inserted
                 where inserted.status = 'DELAYED'
            ), in_partitions as (
                insert into dbosj.workflow_ready_in_partition (queue_name, name, partition_key, rank, sequence)
                select inserted.queue_name, inserted.name, inserted.partition_key, inserted.rank, inserted.sequence
                  from inserted
                 where inserted.status = 'ENQUEUED' and inserted.partition_key <> ''
            )
            insert into dbosj.workflow_ready (queue_name, name, priority, sequence)
            select inserted.queue_name, inserted.name, inserted.rank, inserted.sequence
              from inserted
             where inserted.status = 'ENQUEUED' and inserted.partition_key = '';
        end if;
        if step_owners is not null then
            insert into dbosj.operation_outputs (
                   workflow_sequence, step, name, output, error, child_id, started_at, completed_at)
            select sequences[made.owner], made.step, made.name, made.output, made.error, made.child_id,
                   made.started_at, made.completed_at
              from unnest(step_owners, step_numbers, step_names, step_outputs,
                          step_errors, step_children, step_starts, step_ends)
                   made (owner, step, name, output, error, child_id, started_at, completed_at);
        end if;
        if event_owners is not null then
            insert into dbosj.workflow_events (workflow_sequence, key, value)
            select sequences[happened.owner], happened.key, happened.value
              from unnest(event_owners, event_keys, event_values) happened (owner, key, value)
                on conflict (workflow_sequence, key) do update
               set value = excluded.value;
        end if;
        if sent_to is not null then
            select array_agg(w.sequence order by sent.place) into destinations
              from unnest(sent_to) with ordinality sent (workflow_id, place)
              join dbosj.workflow_status w on w.workflow_id = sent.workflow_id;
            if coalesce(cardinality(destinations), 0) <> cardinality(sent_to) then
                raise exception 'there is no such workflow' using errcode = 'DBJ01';
            end if;
            insert into dbosj.notifications (workflow_sequence, message_id, topic, message, created_at)
            select sent.destination, sent.message_id, sent.topic, sent.message, now
              from unnest(destinations, sent_ids, sent_topics, sent_messages) with ordinality
                   sent (destination, message_id, topic, message, place)
             order by sent.place
                on conflict (workflow_sequence, message_id) do nothing;
        end if;
        if receive_owners is not null then
            update dbosj.notifications n
               set message = null
              from unnest(receive_owners, receive_ids) wanted (owner, message_id)
             where n.workflow_sequence = sequences[wanted.owner] and n.message_id = wanted.message_id
               and n.message is not null;
            get diagnostics received = row_count;
            if received <> cardinality(receive_owners) then
                raise exception 'there is no such message' using errcode = 'DBJ01';
            end if;
        end if;
        if finish_owners is not null then
            update dbosj.workflow_status w
               set status = finished.status, output = finished.output, error = finished.error,
                   executor_id = null, completed_at = now
              from unnest(finish_owners, finish_statuses, finish_outputs, finish_errors)
                   finished (owner, status, output, error)
             where w.sequence = sequences[finished.owner];
            delete from dbosj.workflow_owned o
             using unnest(finish_owners) finished (owner)
             where o.executor_id = executors[finished.owner] and o.queue_name = queues[finished.owner]
               and o.sequence = sequences[finished.owner];
        end if;
        if release_owners is not null then
            update dbosj.workflow_status w
               set status = case when released.until is null then 'ENQUEUED' else 'DELAYED' end,
                   wake_at = released.until, executor_id = null, owner_epoch = w.owner_epoch + 1
              from unnest(release_owners, release_times) released (owner, until)
             where w.sequence = sequences[released.owner];
            delete from dbosj.workflow_owned o
             using unnest(release_owners) released (owner)
             where o.executor_id = executors[released.owner] and o.queue_name = queues[released.owner]
               and o.sequence = sequences[released.owner];
            insert into dbosj.workflow_delayed (wake_at, sequence)
            select released.until, sequences[released.owner]
              from unnest(release_owners, release_times) released (owner, until)
             where released.until is not null;
            insert into dbosj.workflow_ready (queue_name, name, priority, sequence)
            select w.queue_name, w.name, coalesce(w.rank, w.priority), w.sequence
              from unnest(release_owners, release_times) released (owner, until)
              join dbosj.workflow_status w on w.sequence = sequences[released.owner]
             where released.until is null and w.partition_key = '';
            insert into dbosj.workflow_ready_in_partition (queue_name, name, partition_key, rank, sequence)
            select w.queue_name, w.name, w.partition_key, coalesce(w.rank, w.priority), w.sequence
              from unnest(release_owners, release_times) released (owner, until)
              join dbosj.workflow_status w on w.sequence = sequences[released.owner]
             where released.until is null and w.partition_key <> '';
        end if;
        perform set_config('dbosj.places', '', true);
    end
    $$;

-- What is ready in a queue with partitions: they take turns, a workflow each, from the one after that key. The rows are
-- locked. A row without a sequence says for how many milliseconds a rate limit holds back more.
create function dbosj.take_turns_v4(
    claimant text, wanted_queue text, slots integer, after_key text, known text[], now bigint
) returns table (
    turn bigint, taken_sequence bigint, taken_name text, taken_partition text, taken_rank bigint, taken_bytes integer,
    taken_fresh boolean, pause bigint)
    language plpgsql
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set jit = off
    as $$
    declare
        -- What is looked at grows with the square of that.
        most integer := least(slots, 100);
        limits dbosj.queues;
        names text[];
        key text := after_key;
        wrapped boolean := false;
        keys text[] := '{}';
        frees integer[] := '{}';
        rooms integer[] := '{}';
        free integer;
        room integer;
        spans dbosj.queue_partitions;
        held_back bigint;
    begin
        select q.* into limits from dbosj.queues q where q.name = wanted_queue;
        with recursive present (name) as (
            (select r.name
               from dbosj.workflow_ready_in_partition r
              where r.queue_name = wanted_queue
              order by r.name
              limit 1)
             union all
            select next.name
              from present
             cross join lateral (
                    select r.name
                      from dbosj.workflow_ready_in_partition r
                     where r.queue_name = wanted_queue and r.name > present.name
                     order by r.name
                     limit 1) next
        )
        select coalesce(array_agg(present.name), '{}') into names from present where present.name = any (known);

        while cardinality(keys) < most loop
            select min(next.partition_key) into key
              from unnest(names) ready (name)
             cross join lateral (
                    select r.partition_key
                      from dbosj.workflow_ready_in_partition r
                     where r.queue_name = wanted_queue and r.name = ready.name and r.partition_key > key
                     order by r.partition_key
                     limit 1) next;
            if key is null and not wrapped then
                wrapped := true;
                key := '';
                -- Those without a key stand together, like a partition without limits.
                if exists (select
                             from unnest(known) ready (name)
                             join dbosj.workflow_ready r on r.queue_name = wanted_queue and r.name = ready.name) then
                    keys := array_append(keys, '');
                    frees := frees || most;
                    rooms := rooms || 2147483647;
                end if;
                continue;
            end if;
            exit when key is null or wrapped and key > after_key;

            free := most;
            room := 2147483647;
            if limits.partition_worker_concurrency is not null then
                free := least(free, limits.partition_worker_concurrency - (
                    select count(*)
                      from dbosj.workflow_owned o
                     where o.executor_id = claimant and o.queue_name = wanted_queue and o.partition_key = key
                       and o.partition_key <> ''));
            end if;
            if limits.partition_concurrency is not null then
                free := least(free, limits.partition_concurrency - (
                    select count(*)
                      from dbosj.executors e
                      join dbosj.workflow_owned o on o.executor_id = e.executor_id
                     where o.queue_name = wanted_queue and o.partition_key = key and o.partition_key <> ''));
            end if;
            if free > 0 and limits.partition_rate_starts is not null then
                select p.* into spans
                  from dbosj.queue_partitions p
                 where p.queue_name = wanted_queue and p.partition_key = key;
                if found then
                    room := dbosj.rate_room(limits.partition_rate_starts, limits.partition_rate_period,
                                            spans.span_ends, spans.span_starts, now);
                else
                    room := limits.partition_rate_starts;
                end if;
                if room = 0 then
                    held_back := least(held_back,
                                       dbosj.rate_pause(limits.partition_rate_period, spans.span_ends, now));
                    -- Its turn is given to others, unless what comes first was started before.
                    if (select first.owner_epoch
                          from unnest(names) ready (name)
                         cross join lateral (
                                select w.owner_epoch, r.rank, r.sequence
                                  from dbosj.workflow_ready_in_partition r
                                  join dbosj.workflow_status w on w.sequence = r.sequence
                                 where r.queue_name = wanted_queue and r.name = ready.name and r.partition_key = key
                                 order by r.rank, r.sequence
                                 limit 1) first
                         order by first.rank, first.sequence
                         limit 1) = 0 then
                        free := 0;
                    end if;
                end if;
            end if;
            if free > 0 then
                keys := array_append(keys, key);
                frees := frees || free;
                rooms := rooms || room;
            end if;
        end loop;

        return query
        with counted as (
            select head.*, chosen.key, chosen.place as key_place, chosen.free, chosen.room,
                   row_number() over turns as place,
                   count(*) filter (where head.fresh) over turns as fresh_place
              from unnest(keys, frees, rooms) with ordinality chosen (key, free, room, place)
             cross join lateral (
                select found.*
                  from unnest(names) ready (name)
                 cross join lateral (
                    select r.name, r.rank, r.sequence, octet_length(w.input) as bytes, w.owner_epoch = 0 as fresh
                      from dbosj.workflow_ready_in_partition r
                      join dbosj.workflow_status w on w.sequence = r.sequence
                     where r.queue_name = wanted_queue and r.name = ready.name and r.partition_key = chosen.key
                       and w.status = 'ENQUEUED'
                     order by r.rank, r.sequence
                     -- Each may have to make up for all the others, which have one at least.
                     limit most - cardinality(keys) + 1
                       for no key update of w skip locked) found
                 where chosen.key <> ''
                 union all
                select loose.*
                  from unnest(known) ready (name)
                 cross join lateral (
                    select r.name, r.priority as rank, r.sequence, octet_length(w.input) as bytes,
                           w.owner_epoch = 0 as fresh
                      from dbosj.workflow_ready r
                      join dbosj.workflow_status w on w.sequence = r.sequence
                     where r.queue_name = wanted_queue and r.name = ready.name and w.status = 'ENQUEUED'
                     order by r.priority, r.sequence
                     limit most - cardinality(keys) + 1
                       for no key update of w skip locked) loose
                 where chosen.key = '') head
            window turns as (partition by chosen.place order by head.rank, head.sequence)
        )
        (select row_number() over (order by counted.place, counted.key_place),
                counted.sequence, counted.name, counted.key, counted.rank, counted.bytes, counted.fresh, null::bigint
           from counted
          where counted.place <= counted.free and (not counted.fresh or counted.fresh_place <= counted.room)
          order by 1
          limit most)
         union all
        select 0, null, null, null, null, null, null, held_back where held_back is not null
         union all
        -- The next look finds no room, and says how long that lasts.
        select 0, null, null, null, null, null, null, 0
         where exists (
            select from counted where counted.fresh and counted.room between 1 and counted.fresh_place - 1);
    end
    $$;

-- Claims what is ready, in the order of priority and acceptance. A queue is searched name by name, each name in its own
-- order: work that nobody here knows is stepped over at once, however much of it there is. A row with the turn 0 says, in
-- the place of the uid, after how many milliseconds there may be more.
create function dbosj.claim_workflows_v4(
    claimant text,
    queue_names text[], queue_slots integer[], -- queues, and how many of each at the most
    after_keys text[], -- of queues with partitions the key after which a turn begins
    known text[], -- the names that the claimant knows
    most integer, -- of all queues together
    most_bytes bigint, -- no further one once the inputs hold so much
    sent_bytes bigint -- inputs beyond are not in the answer, but null: who is stopped while a long answer comes would
                      -- keep the transaction from its commit, and its locks from those who take over
) returns table (
    claimed_turn bigint, claimed_id text, claimed_epoch bigint, claimed_uid bigint, claimed_name text,
    claimed_queue text, claimed_partition text, claimed_input text, claimed_attempts integer)
    language plpgsql
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set jit = off
    as $$
    declare
        now bigint := dbosj.now_ms();
        due bigint;
        again bigint; -- in so many milliseconds there may be more
        ready_places integer[]; -- which names are ready in which of the queues
        ready_names text[];
        turn_places integer[]; -- which of the queues have partitions now
        locked text[]; -- the limited queues that are ours until the commit
        slots integer[]; -- what the limits for all executors leave of each queue
        rooms integer[]; -- and what its rate limit leaves
        pauses bigint[]; -- and how long that leaves no more
        sequences bigint[]; -- what is claimed, in order
        queues text[];
        names text[];
        partitions text[];
        ranks bigint[];
        fresh boolean[]; -- whether it is started for the first time
        sent boolean[]; -- whether the input is in the answer
        stopped_short boolean; -- whether there may be more at once
    begin
        select min(d.wake_at) into due from dbosj.workflow_delayed d;
        if due <= now then
            perform dbosj.wake_workflows(now);
            select min(d.wake_at) into due from dbosj.workflow_delayed d;
        end if;
        again := case when due is not null then greatest(0, due - now) end;

        with recursive present (place, queue_name, name) as (
            select queue.place, queue.name, head.name
              from unnest(queue_names) with ordinality queue (name, place)
             cross join lateral (
                    select r.name
                      from dbosj.workflow_ready r
                     where r.queue_name = queue.name
                     order by r.name
                     limit 1) head
             union all
            select present.place, present.queue_name, next.name
              from present
             cross join lateral (
                    select r.name
                      from dbosj.workflow_ready r
                     where r.queue_name = present.queue_name and r.name > present.name
                     order by r.name
                     limit 1) next
        )
        select array_agg(present.place), array_agg(present.name) into ready_places, ready_names
          from present
         where present.name = any (known);
        select array_agg(queue.place) into turn_places
          from unnest(queue_names) with ordinality queue (name, place)
         where exists (select from dbosj.workflow_ready_in_partition r where r.queue_name = queue.name);
        if ready_names is null and turn_places is null then
            return query
            select 0::bigint, null::text, null::bigint, again, null::text, null::text, null::text, null::text, null::integer
             where again is not null;
            return;
        end if;

        -- Until the commit nobody declares it dead, which would miss what is claimed here.
        perform from dbosj.executors e where e.executor_id = claimant and not e.dead for key share;
        if not found then
            return;
        end if;

        -- Who claims from a limited queue locks it first, and counts in a later statement. A queue that is locked by
        -- somebody else, or was limited just now, is left alone.
        select array_agg(locking.name) into locked
          from (select q.name
                  from dbosj.queues q
                 where q.name = any (queue_names)
                   and (q.concurrency is not null or q.rate_starts is not null
                        or q.partition_concurrency is not null or q.partition_rate_starts is not null)
                 order by q.name
                   for no key update skip locked) locking;
        now := dbosj.now_ms();

        select array_agg(queue.slots order by queue.place), array_agg(queue.room order by queue.place),
               array_agg(queue.pause order by queue.place)
          into slots, rooms, pauses
          from (
            select wanted.place,
                   case when q.name is null then wanted.slots
                        when q.state = 'PAUSED' then 0
                        when coalesce(q.concurrency, q.rate_starts, q.partition_concurrency, q.partition_rate_starts)
                             is null then wanted.slots
                        when q.name <> all (coalesce(locked, '{}')) then 0
                        when q.concurrency is null then wanted.slots
                        else least(wanted.slots, q.concurrency - (
                            select count(*)
                              from dbosj.executors e
                              join dbosj.workflow_owned o on o.executor_id = e.executor_id
                             where o.queue_name = q.name)) end as slots,
                   dbosj.rate_room(q.rate_starts, q.rate_period, q.span_ends, q.span_starts, now) as room,
                   dbosj.rate_pause(q.rate_period, q.span_ends, now) as pause
              from unnest(queue_names, queue_slots) with ordinality wanted (name, slots, place)
              left join dbosj.queues q on q.name = wanted.name) queue;

        with head as (
            select ready.place, found.*
              from unnest(ready_places, ready_names) ready (place, name)
             cross join lateral (
                    select r.queue_name, r.name, '' as partition_key, r.priority as rank, r.sequence,
                           octet_length(w.input) as bytes, w.owner_epoch = 0 as fresh
                      from dbosj.workflow_ready r
                      join dbosj.workflow_status w on w.sequence = r.sequence
                     where r.queue_name = queue_names[ready.place] and r.name = ready.name and w.status = 'ENQUEUED'
                     order by r.priority, r.sequence
                     limit slots[ready.place]
                       for no key update of w skip locked) found
             where slots[ready.place] > 0 and ready.place <> all (coalesce(turn_places, '{}'))
        ), ranked as (
            select head.*, row_number() over (partition by head.place order by head.rank, head.sequence) as turn
              from head
             union all
            select queue.place, queue_names[queue.place], taken.taken_name, taken.taken_partition, taken.taken_rank,
                   taken.taken_sequence, coalesce(taken.taken_bytes, 0), taken.taken_fresh,
                   case when taken.taken_sequence is null then -taken.pause - 1 else taken.turn end
              from unnest(turn_places) queue (place)
             cross join lateral dbosj.take_turns_v4(
                    claimant, queue_names[queue.place], slots[queue.place], after_keys[queue.place], known, now) taken
             where slots[queue.place] > 0
        ), rated as (
            select ranked.*,
                   count(*) filter (where ranked.fresh) over (partition by ranked.place order by ranked.turn) as started
              from ranked
             where ranked.sequence is not null
        ), chosen as (
            select rated.*,
                   row_number() over in_all as turn_in_all,
                   coalesce(sum(rated.bytes) over (
                        in_all rows between unbounded preceding and 1 preceding), 0) as bytes_before
              from rated
             where rated.turn <= slots[rated.place] and (not rated.fresh or rated.started <= rooms[rated.place])
            window in_all as (order by rated.place, rated.turn)
        )
        select array_agg(chosen.sequence order by chosen.turn_in_all) filter (where chosen.fits),
               array_agg(chosen.queue_name order by chosen.turn_in_all) filter (where chosen.fits),
               array_agg(chosen.name order by chosen.turn_in_all) filter (where chosen.fits),
               array_agg(chosen.partition_key order by chosen.turn_in_all) filter (where chosen.fits),
               array_agg(chosen.rank order by chosen.turn_in_all) filter (where chosen.fits),
               array_agg(chosen.fresh order by chosen.turn_in_all) filter (where chosen.fits),
               array_agg(chosen.bytes_before + chosen.bytes <= sent_bytes order by chosen.turn_in_all)
                    filter (where chosen.fits),
               least(again,
                     (select min(-ranked.turn - 1) from ranked where ranked.sequence is null and ranked.turn < -1),
                     (select min(pauses[rated.place])
                        from rated
                       where rated.fresh and rated.started > rooms[rated.place] and rooms[rated.place] = 0)),
               bool_or(chosen.turn_in_all <= most and not chosen.fits)
                   or bool_or(chosen.turn = 100 and chosen.place = any (turn_places))
                   or exists (select from ranked where ranked.sequence is null and ranked.turn = -1)
                   or exists (select from rated where rated.fresh and rated.started > rooms[rated.place])
          into sequences, queues, names, partitions, ranks, fresh, sent, again, stopped_short
          from (select chosen.*,
                       chosen.turn_in_all <= most and chosen.bytes_before < most_bytes as fits
                  from chosen) chosen;
        -- Where a rate left room for some of them, the next look finds none left, and says how long that lasts.
        if stopped_short and sequences is not null then
            again := 0;
        end if;
        if again is not null then
            return query
            select 0::bigint, null::text, null::bigint, again, null::text, null::text, null::text, null::text, null::integer;
        end if;
        if sequences is null then
            return;
        end if;

        if exists (select from dbosj.queues q where q.name = any (queues) and q.rate_starts is not null) then
            update dbosj.queues q
               set (span_ends, span_starts) = (
                    select spans.span_ends, spans.span_starts
                      from dbosj.rate_spans(begun.starts, q.rate_period, now, q.span_ends, q.span_starts) spans)
              from (select first.queue_name, count(*)::integer as starts
                      from unnest(queues, fresh) first (queue_name, fresh)
                     where first.fresh
                     group by first.queue_name) begun
             where q.name = begun.queue_name and q.rate_starts is not null;
        end if;
        if turn_places is not null
           and exists (select from dbosj.queues q where q.name = any (queues) and q.partition_rate_starts is not null) then
            insert into dbosj.queue_partitions as partition (
                   queue_name, partition_key, span_ends, span_starts, forget_at)
            select begun.queue_name, begun.partition_key, spans.span_ends, spans.span_starts,
                   now + 2 * q.partition_rate_period
              from (select first.queue_name, first.partition_key, count(*)::integer as starts
                      from unnest(queues, partitions, fresh) first (queue_name, partition_key, fresh)
                     where first.fresh and first.partition_key <> ''
                     group by first.queue_name, first.partition_key) begun
              join dbosj.queues q on q.name = begun.queue_name and q.partition_rate_starts is not null
              left join dbosj.queue_partitions p
                on p.queue_name = begun.queue_name and p.partition_key = begun.partition_key
             cross join lateral dbosj.rate_spans(
                    begun.starts, q.partition_rate_period, now,
                    coalesce(p.span_ends, '{}'), coalesce(p.span_starts, '{}')) spans
                on conflict (queue_name, partition_key) do update
               set span_ends = excluded.span_ends, span_starts = excluded.span_starts, forget_at = excluded.forget_at;
            delete from dbosj.queue_partitions p where p.forget_at < now and p.queue_name = any (locked);
        end if;

        perform set_config('dbosj.places', 'written', true);
        -- Later statements, because one of them may have left and entered its place since the last one began.
        delete from dbosj.workflow_ready r
         using unnest(queues, names, partitions, ranks, sequences) left_by (queue_name, name, partition_key, rank, sequence)
         where r.queue_name = left_by.queue_name and r.name = left_by.name
           and r.priority = left_by.rank and r.sequence = left_by.sequence and left_by.partition_key = '';
        if turn_places is not null then
            delete from dbosj.workflow_ready_in_partition r
             using unnest(queues, names, partitions, ranks, sequences)
                   left_by (queue_name, name, partition_key, rank, sequence)
             where r.queue_name = left_by.queue_name and r.name = left_by.name
               and r.partition_key = left_by.partition_key and r.rank = left_by.rank and r.sequence = left_by.sequence;
        end if;
        insert into dbosj.workflow_owned (executor_id, queue_name, partition_key, sequence, cancelled)
        select claimant, entered.queue_name, entered.partition_key, entered.sequence, false
          from unnest(queues, partitions, sequences) entered (queue_name, partition_key, sequence);
        return query
        update dbosj.workflow_status w
           set status = 'PENDING', executor_id = claimant, owner_epoch = w.owner_epoch + 1, started_at = now
          from unnest(sequences, sent) with ordinality claimed (sequence, sent, turn)
         where w.sequence = claimed.sequence
        returning claimed.turn, w.workflow_id, w.owner_epoch, w.uid, w.name, w.queue_name,
                  nullif(w.partition_key, ''), case when claimed.sent then w.input end, w.attempts;
        perform set_config('dbosj.places', '', true);
    end
    $$;

-- As before; it keeps to the aging of its queue, and refuses one that is drained.
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
        if exists (select from dbosj.queues q where q.name = enqueue_workflow.queue_name and q.state = 'DRAINING') then
            raise exception 'queue ''%'' is drained and takes no workflow more', enqueue_workflow.queue_name
                  using errcode = 'object_not_in_prerequisite_state';
        end if;

        insert into dbosj.workflow_status (
               workflow_id, uid, status, name, queue_name, priority, rank, owner_epoch, attempts, progress, resume_requested,
               created_at, input)
        values (id, ('x' || translate(left(gen_random_uuid()::text, 18), '-', ''))::bit(64)::bigint, 'ENQUEUED',
                workflow_name, enqueue_workflow.queue_name, enqueue_workflow.priority,
                (select dbosj.now_ms() + enqueue_workflow.priority * q.priority_aging
                   from dbosj.queues q
                  where q.name = enqueue_workflow.queue_name),
                0, 0, 0, false,
                dbosj.now_ms(), input)
            on conflict (workflow_id) do nothing;
        if not found then
            select w.name into taken_by from dbosj.workflow_status w where w.workflow_id = id;
            if taken_by <> workflow_name then
                raise exception 'id % is taken by a workflow named ''%''; choose another id', id, taken_by
                      using errcode = 'unique_violation';
            end if;
        end if;
        if notify then
            perform pg_notify('dbosj', 'WORK');
        end if;
        return id;
    end
    $$;

insert into dbosj.schema_version values (4, dbosj.now_ms());
