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

insert into dbosj.schema_version values (7, dbosj.now_ms());
