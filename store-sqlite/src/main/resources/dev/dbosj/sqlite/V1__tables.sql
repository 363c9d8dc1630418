-- One row for each workflow, in the order of acceptance, which is its place in its queue too.
-- Payloads come last, so that what changes can be read without them. Times are epoch milliseconds.
create table workflow_status (
    sequence         integer primary key,
    workflow_id      text    not null,
    uid              integer not null,
    status           text    not null,
    name             text    not null,
    queue_name       text    not null,
    parent_id        text,
    executor_id      text,
    owner_epoch      integer not null,
    attempts         integer not null,
    progress         integer not null, -- how many checkpoints there were when an attempt was last counted
    resume_requested integer not null,
    wake_at          integer,
    created_at       integer not null,
    started_at       integer,
    completed_at     integer,
    input            text,
    output           text,
    error            text
) strict;

create unique index workflow_by_id on workflow_status (workflow_id);
create index workflow_by_parent on workflow_status (parent_id) where parent_id is not null;

-- A finished workflow is in none of these. The sequence is the last column of every index.
create index workflow_ready on workflow_status (queue_name, name) where status = 'ENQUEUED';
create index workflow_delayed on workflow_status (wake_at) where status = 'DELAYED';
create index workflow_owned on workflow_status (executor_id, status) where executor_id is not null;

-- Checkpoints are appended, and found by a narrow index of numbers: keyed by the workflow's id, the same batch
-- would write three times as many pages.
create table operation_outputs (
    workflow_sequence integer not null,
    step              integer not null,
    name              text    not null,
    output            text,
    error             text,
    child_id          text,
    started_at        integer,
    completed_at      integer
) strict;

create unique index operation_by_step on operation_outputs (workflow_sequence, step);

create table queues (
    name               text    primary key,
    worker_concurrency integer,
    version            integer not null
) strict, without rowid;

-- The number is the byte of the file of executor locks that the executor holds; it is never given out twice.
create table executors (
    number      integer primary key autoincrement,
    executor_id text    not null unique,
    application text    not null,
    names       text    not null,
    lease       integer not null,
    heartbeat   integer not null,
    dead        integer not null
) strict;
