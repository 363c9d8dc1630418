-- Functions, because all that a function needs comes in one message, and it begins when that message is complete: a
-- process that is stopped while it sends holds no lock. Each statement in them sees what was committed when it begins.
-- Their settings keep plans that were made while the tables were small from reading large ones through.
--
-- A function is never changed, for processes of an older version may still call it: a new version gets a new name.

-- The regular case of a batch. Whatever is out of the ordinary ends it with an error, which undoes all; then the store
-- goes through the commands one by one. A unique violation means the same.
create function dbosj.apply_batch(
    patience text, -- how long to wait for others who have locked something; null for as long as it takes
    owners text[], epochs bigint[], -- runs; from here on they are meant by their places, from 1
    members text[], -- executors that claim workflows which they insert
    new_ids text[], new_uids bigint[], new_names text[], new_queues text[], new_priorities integer[],
    new_parents text[], new_executors text[], new_inputs text[],
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
        now bigint;
    begin
        if patience is not null then
            perform set_config('lock_timeout', patience, true);
        end if;
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
            with inserted as (
                insert into dbosj.workflow_status (
                       workflow_id, uid, status, name, queue_name, priority, parent_id, executor_id, owner_epoch,
                       attempts, progress, resume_requested, created_at, started_at, input)
                select fresh.workflow_id, fresh.uid,
                       case when fresh.executor_id is null then 'ENQUEUED' else 'PENDING' end,
                       fresh.name, fresh.queue_name, fresh.priority, fresh.parent_id, fresh.executor_id,
                       case when fresh.executor_id is null then 0 else 1 end,
                       0, 0, false, now, case when fresh.executor_id is not null then now end, fresh.input
                  from unnest(new_ids, new_uids, new_names, new_queues,
                              new_priorities, new_parents, new_executors, new_inputs)
                       with ordinality
                       fresh (workflow_id, uid, name, queue_name, priority, parent_id, executor_id, input, place)
                 order by fresh.place
                returning sequence, name, queue_name, priority, executor_id
            ), owned as (
                insert into dbosj.workflow_owned (executor_id, queue_name, sequence, cancelled)
                select inserted.executor_id, inserted.queue_name, inserted.sequence, false
                  from inserted
                 where inserted.executor_id is not null
            )
            insert into dbosj.workflow_ready (queue_name, name, priority, sequence)
            select inserted.queue_name, inserted.name, inserted.priority, inserted.sequence
              from inserted
             where inserted.executor_id is null;
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
            select w.queue_name, w.name, w.priority, w.sequence
              from unnest(release_owners, release_times) released (owner, until)
              join dbosj.workflow_status w on w.sequence = sequences[released.owner]
             where released.until is null;
        end if;
        perform set_config('dbosj.places', '', true);
    end
    $$;

-- Makes those claimable whose time has come: so many of them, the rest with the next call.
create function dbosj.wake_workflows(now bigint) returns void
    language plpgsql
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set jit = off
    as $$
    begin
        update dbosj.workflow_status woken
           set status = 'ENQUEUED', wake_at = null
         where woken.sequence in (
            select w.sequence
              from dbosj.workflow_delayed d
              join dbosj.workflow_status w on w.sequence = d.sequence
             where d.wake_at <= now and w.status = 'DELAYED'
             order by d.wake_at
             limit 10000
               for no key update of w skip locked);
    end
    $$;

-- Claims what is ready. A queue is searched name by name, each name in its own order: work that nobody here knows is
-- stepped over at once, however much of it there is.
create function dbosj.claim_workflows(
    claimant text,
    queue_names text[], queue_slots integer[], -- queues, and how many of each at the most
    known text[], -- the names that the claimant knows
    most integer, -- of all queues together
    most_bytes bigint, -- no further one once the inputs hold so much
    sent_bytes bigint -- inputs beyond are not in the answer, but null: who is stopped while a long answer comes would
                      -- keep the transaction from its commit, and its locks from those who take over
) returns table (
    claimed_turn bigint, claimed_id text, claimed_epoch bigint, claimed_uid bigint, claimed_name text,
    claimed_queue text, claimed_input text, claimed_attempts integer)
    language plpgsql
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set jit = off
    as $$
    declare
        now bigint := dbosj.now_ms();
        ready_places integer[]; -- which names are ready in which of the queues
        ready_names text[];
        locked text[]; -- the limited queues that are ours until the commit
        sequences bigint[]; -- what is claimed, in order
        queues text[];
        names text[];
        priorities integer[];
        sent boolean[]; -- whether the input is in the answer
    begin
        if exists (select from dbosj.workflow_delayed d where d.wake_at <= now) then
            perform dbosj.wake_workflows(now);
        end if;

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
        if ready_names is null then
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
                 where q.name = any (queue_names) and q.concurrency is not null
                 order by q.name
                   for no key update skip locked) locking;

        with queue as materialized (
            select wanted.place, wanted.name,
                   case when q.concurrency is null then wanted.slots
                        when q.name = any (locked) then least(wanted.slots, q.concurrency - (
                            select count(*)
                              from dbosj.executors e
                              join dbosj.workflow_owned o on o.executor_id = e.executor_id
                             where o.queue_name = q.name))
                        else 0 end as slots
              from unnest(queue_names, queue_slots) with ordinality wanted (name, slots, place)
              left join dbosj.queues q on q.name = wanted.name
        ), head as (
            select queue.place, queue.slots, found.*
              from unnest(ready_places, ready_names) ready (place, name)
              join queue on queue.place = ready.place and queue.slots > 0
             cross join lateral (
                    select r.queue_name, r.name, r.priority, r.sequence, octet_length(w.input) as bytes
                      from dbosj.workflow_ready r
                      join dbosj.workflow_status w on w.sequence = r.sequence
                     where r.queue_name = queue.name and r.name = ready.name and w.status = 'ENQUEUED'
                     order by r.priority, r.sequence
                     limit queue.slots
                       for no key update of w skip locked) found
        ), ranked as (
            select head.*, row_number() over (partition by head.place order by head.priority, head.sequence) as rank
              from head
        ), chosen as (
            select ranked.*,
                   row_number() over (order by ranked.place, ranked.priority, ranked.sequence) as turn,
                   coalesce(sum(ranked.bytes) over (
                        order by ranked.place, ranked.priority, ranked.sequence
                        rows between unbounded preceding and 1 preceding), 0) as bytes_before
              from ranked
             where ranked.rank <= ranked.slots
        )
        select array_agg(chosen.sequence order by chosen.turn), array_agg(chosen.queue_name order by chosen.turn),
               array_agg(chosen.name order by chosen.turn), array_agg(chosen.priority order by chosen.turn),
               array_agg(chosen.bytes_before + chosen.bytes <= sent_bytes order by chosen.turn)
          into sequences, queues, names, priorities, sent
          from chosen
         where chosen.turn <= most and chosen.bytes_before < most_bytes;
        if sequences is null then
            return;
        end if;

        perform set_config('dbosj.places', 'written', true);
        -- Later statements, because one of them may have left and entered its place since the last one began.
        delete from dbosj.workflow_ready r
         using unnest(queues, names, priorities, sequences) left_by (queue_name, name, priority, sequence)
         where r.queue_name = left_by.queue_name and r.name = left_by.name
           and r.priority = left_by.priority and r.sequence = left_by.sequence;
        insert into dbosj.workflow_owned (executor_id, queue_name, sequence, cancelled)
        select claimant, entered.queue_name, entered.sequence, false
          from unnest(queues, sequences) entered (queue_name, sequence);
        return query
        update dbosj.workflow_status w
           set status = 'PENDING', executor_id = claimant, owner_epoch = w.owner_epoch + 1, started_at = now
          from unnest(sequences, sent) with ordinality claimed (sequence, sent, turn)
         where w.sequence = claimed.sequence
        returning claimed.turn, w.workflow_id, w.owner_epoch, w.uid, w.name, w.queue_name,
                  case when claimed.sent then w.input end, w.attempts;
        perform set_config('dbosj.places', '', true);
    end
    $$;

-- The inputs that were not in the answer to a claim.
create function dbosj.read_inputs(wanted_ids text[]) returns table (read_id text, read_input text)
    language plpgsql
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set jit = off
    as $$
    begin
        return query
        select w.workflow_id, w.input
          from dbosj.workflow_status w
         where w.workflow_id = any (wanted_ids);
    end
    $$;

-- Pages of recorded checkpoints. What is measured here does not come to the client in vain: a page ends with the row
-- that fills it; one row more than the limit shows that there are more.
create function dbosj.read_history(
    wanted_ids text[], from_steps integer[],
    most_rows integer, -- of each page
    page_bytes bigint, -- no further row once a page holds so much
    read_bytes bigint -- no further page once all together hold so much
) returns table (
    read_step integer, read_name text, read_output text, read_error text, read_child text, read_start bigint,
    read_end bigint, read_id text, read_found bigint, read_size bigint)
    language plpgsql stable
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set jit = off
    as $$
    begin
        return query
        select placed.step, placed.name, placed.output, placed.error, placed.child_id, placed.started_at,
               placed.completed_at, placed.workflow_id, placed.found, placed.size
          from (
            select sized.*, min(sized.total - sized.size) over (partition by sized.place) as before_page
              from (
                select wanted.place, wanted.workflow_id, page.*,
                       sum(page.size) over (order by wanted.place, page.step) as total
                  from unnest(wanted_ids, from_steps) with ordinality wanted (workflow_id, from_step, place)
                 cross join lateral (
                    select recorded.*,
                           count(*) over () as found,
                           coalesce(sum(recorded.size) over (
                                order by recorded.step
                                rows between unbounded preceding and 1 preceding), 0) as before_step
                      from (
                        select o.step, o.name, o.output, o.error, o.child_id, o.started_at, o.completed_at,
                               (coalesce(octet_length(o.output), 0)
                                + coalesce(octet_length(o.error), 0))::bigint as size
                          from dbosj.operation_outputs o
                         where o.workflow_sequence = (
                                select w.sequence
                                  from dbosj.workflow_status w
                                 where w.workflow_id = wanted.workflow_id)
                           and o.step >= wanted.from_step
                         order by o.step
                         limit most_rows + 1) recorded) page
                 where page.before_step < page_bytes) sized) placed
         where placed.before_page < read_bytes
         order by placed.place, placed.step;
    end
    $$;

-- What has arrived of all that a process waits for: ends of workflows, with their status, and values of events.
create function dbosj.find_arrivals(
    result_ids text[],
    event_ids text[], event_keys text[],
    message_ids text[], message_topics text[]
) returns table (
    arrived_id text, -- the workflow
    arrived_as text, -- state, key or topic
    arrived_value text, -- output, value or message
    arrived_more text, -- error, nothing, or the id of the message
    arrived_kind text)
    language plpgsql stable
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set jit = off
    as $$
    begin
        return query
        select w.workflow_id, w.status, w.output, w.error, 'result'
          from unnest(result_ids) wanted (workflow_id)
          join dbosj.workflow_status w on w.workflow_id = wanted.workflow_id
         where w.status in ('SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')
           and not w.resume_requested
         union all
        select w.workflow_id, e.key, e.value, null, 'event'
          from unnest(event_ids, event_keys) wanted (workflow_id, key)
          join dbosj.workflow_status w on w.workflow_id = wanted.workflow_id
          join dbosj.workflow_events e on e.workflow_sequence = w.sequence and e.key = wanted.key
         union all
        select w.workflow_id, oldest.topic, oldest.message, oldest.message_id, 'message'
          from unnest(message_ids, message_topics) wanted (workflow_id, topic)
          join dbosj.workflow_status w on w.workflow_id = wanted.workflow_id
         cross join lateral (
                select n.topic, n.message, n.message_id
                  from dbosj.notifications n
                 where n.workflow_sequence = w.sequence and n.topic = wanted.topic and n.message is not null
                 order by n.sequence
                 limit 1) oldest;
    end
    $$;

insert into dbosj.schema_version values (2, dbosj.now_ms());
