-- Partitions, aging priorities, rate limits, pauses. A partition key is empty for none. In a queue lower ranks go first,
-- then lower sequences.
alter table workflow_status add column partition_key text not null default '';
alter table workflow_status add column rank integer not null default 0;

update workflow_status set rank = priority where priority <> 0;

drop index workflow_ready;
create index workflow_ready on workflow_status (queue_name, name, partition_key, rank) where status = 'ENQUEUED';

drop index workflow_owned;
create index workflow_owned on workflow_status (executor_id, queue_name, partition_key) where executor_id is not null;

alter table queues add column state text not null default 'ACTIVE';
alter table queues add column rate_starts integer;
alter table queues add column rate_period integer;
alter table queues add column partition_concurrency integer;
alter table queues add column partition_worker_concurrency integer;
alter table queues add column partition_rate_starts integer;
alter table queues add column partition_rate_period integer;
alter table queues add column priority_aging integer;

-- What counts against its rate limit: ends of spans of time, and the starts in each.
alter table queues add column recent_starts text;

-- What counts against the rate limits of partitions. Rows of those that were not served lately mean nothing.
create table queue_partitions (
    queue_name    text    not null,
    partition_key text    not null,
    recent_starts text    not null,
    forget_at     integer not null,
    primary key (queue_name, partition_key)
) strict, without rowid;

create index partition_by_age on queue_partitions (forget_at);
