-- Failed attempts, dead letters, retry policies.
create table workflow_attempts (
    workflow_sequence integer not null,
    number            integer not null, -- from 1, of all that have failed
    attempt           integer not null, -- from 1, of those that the retry policy counts
    error             text    not null,
    step              integer,          -- the operation that was the workflow's undoing
    dead              integer not null, -- whether it was the last one
    executor_id       text,
    started_at        integer,
    ended_at          integer not null,
    primary key (workflow_sequence, number)
) strict, without rowid;

alter table queues add column retry_policy text;
alter table queues add column attempt_timeout integer;
