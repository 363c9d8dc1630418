-- Events, limits for all executors together, priority.
create table workflow_events (
    workflow_sequence integer not null,
    key               text    not null,
    value             text    not null,
    primary key (workflow_sequence, key)
) strict, without rowid;

-- What came from outside and may come again, with its answer: a repeat is known by its number.
create table submissions (
    nonce      integer primary key,
    answer     text    not null, -- the ids that were changed, as JSON
    created_at integer not null
) strict;

create index submission_by_age on submissions (created_at);

alter table queues add column concurrency integer;

alter table workflow_status add column priority integer not null default 0;

drop index workflow_ready;
create index workflow_ready on workflow_status (queue_name, name, priority) where status = 'ENQUEUED';

drop index workflow_owned;
create index workflow_owned on workflow_status (executor_id, queue_name) where executor_id is not null;
create index workflow_stopping on workflow_status (executor_id)
    where status = 'CANCELLED' and executor_id is not null;
