-- What other languages and triggers call, in transactions of their own: it happens when they commit. A role that calls
-- these functions needs them and the schema, and no right to a table, where it could forge anything; so they run with
-- the rights of their owner, and nobody has them by default.

-- Refuses what is no id or name in Java either, where characters are counted in UTF-16.
create function dbosj.require_name(what text, value text) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    as $$
    begin
        if value is null then
            raise exception '% must not be null', what using errcode = 'null_value_not_allowed';
        end if;
        if value !~ '[^\u0009-\u000d\u001c-\u0020\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]' then
            raise exception '% must not be blank', what using errcode = 'invalid_parameter_value';
        end if;
        if length(value) + length(regexp_replace(value, '[\u0001-\uffff]', '', 'g')) > 255 then
            raise exception '% is longer than 255 characters: ''%…''', what, left(value, 40)
                  using errcode = 'string_data_right_truncation';
        end if;
    end
    $$;

-- The limit is what Java accepts by default.
create function dbosj.require_size(what text, value text) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if octet_length(value) > 16777216 then
            raise exception '% has % bytes, 16777216 are allowed', what, octet_length(value)
                  using errcode = 'program_limit_exceeded', hint = 'Store it elsewhere and pass a reference.';
        end if;
    end
    $$;

-- Enqueues a workflow by name and returns its id. An id that exists with the same name is joined.
create function dbosj.enqueue_workflow(
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

        insert into dbosj.workflow_status (
               workflow_id, uid, status, name, queue_name, priority, owner_epoch, attempts, progress, resume_requested,
               created_at, input)
        values (id, ('x' || translate(left(gen_random_uuid()::text, 18), '-', ''))::bit(64)::bigint, 'ENQUEUED',
                workflow_name, enqueue_workflow.queue_name, enqueue_workflow.priority, 0, 0, 0, false,
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

-- Sends a message to a workflow, which receives it once. Of all under one key the first is kept.
create function dbosj.send_message(
    destination_id text, -- the workflow's id
    message json,
    topic text default null,
    idempotency_key text default null,
    notify boolean default false -- as above
) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    as $$
    #variable_conflict use_column
    declare
        destination bigint;
    begin
        perform dbosj.require_name('destination id', destination_id);
        if send_message.topic is not null then
            perform dbosj.require_name('topic', send_message.topic);
        end if;
        if idempotency_key is not null then
            perform dbosj.require_name('idempotency key', idempotency_key);
        end if;
        if coalesce(json_typeof(send_message.message), 'null') = 'null' then
            raise exception 'a message must not be null: it would look as if none had come'
                  using errcode = 'null_value_not_allowed';
        end if;
        perform dbosj.require_size('the message', send_message.message::text);

        select w.sequence into destination from dbosj.workflow_status w where w.workflow_id = destination_id;
        if not found then
            raise exception 'there is no workflow % to send a message to', destination_id
                  using errcode = 'no_data_found';
        end if;
        insert into dbosj.notifications (workflow_sequence, message_id, topic, message, created_at)
        values (destination, coalesce(idempotency_key, gen_random_uuid()::text), coalesce(send_message.topic, ''),
                send_message.message::text, dbosj.now_ms())
            on conflict (workflow_sequence, message_id) do nothing;
        if notify then
            perform pg_notify('dbosj', 'ARRIVAL');
        end if;
    end
    $$;

revoke execute on function dbosj.enqueue_workflow, dbosj.send_message from public;

insert into dbosj.schema_version values (3, dbosj.now_ms());
