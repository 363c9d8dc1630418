-- Failed attempts, dead letters, retry policies.
create table dbosj.workflow_attempts (
    workflow_sequence bigint  not null,
    number            integer not null, -- from 1, of all that have failed
    attempt           integer not null, -- from 1, of those that the retry policy counts
    error             text    not null,
    step              integer,          -- the operation that was the workflow's undoing
    dead              boolean not null, -- whether it was the last one
    executor_id       text    collate "C",
    started_at        bigint,
    ended_at          bigint  not null,
    primary key (workflow_sequence, number)
) with (autovacuum_vacuum_cost_delay = 1);

alter table dbosj.queues
    add column retry_policy text, -- JSON
    add column attempt_timeout bigint;

-- Like workflow_ready, of dead letters. They are rare, so a trigger writes it whoever changes a workflow.
create table dbosj.workflow_dead (
    queue_name text   collate "C" not null,
    sequence   bigint not null,
    primary key (queue_name, sequence)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 1);

create function dbosj.move_dead_letter() returns trigger
    language plpgsql
    as $$
    begin
        if tg_op = 'UPDATE' and new.status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED' then
            insert into dbosj.workflow_dead (queue_name, sequence) values (new.queue_name, new.sequence);
        else
            delete from dbosj.workflow_dead d where d.queue_name = old.queue_name and d.sequence = old.sequence;
        end if;
        return null;
    end
    $$;

create trigger workflow_died after update on dbosj.workflow_status
    for each row when (
        old.status <> new.status
        and (new.status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED' or old.status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'))
    execute function dbosj.move_dead_letter();

create trigger workflow_purged after delete on dbosj.workflow_status
    for each row when (old.status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')
    execute function dbosj.move_dead_letter();

insert into dbosj.workflow_dead (queue_name, sequence)
select w.queue_name, w.sequence
  from dbosj.workflow_status w
 where w.status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED';

insert into dbosj.schema_version values (5, dbosj.now_ms());
