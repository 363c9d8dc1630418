-- Bounded queues, keys of workflows, rates. Since when an ENQUEUED workflow has waited is its wake_at, or its created_at.

-- Whether a workflow counts against a bound, and whether it was accepted with a key.
alter table workflow_status add column counted integer not null default 0;
alter table workflow_status add column keyed integer not null default 0;

-- How long who enqueues on a full queue waits for room, in milliseconds.
alter table queues add column max_depth integer;
alter table queues add column block integer;

-- How many counted workflows wait for their first start: in the queues that have ever had a bound. A row for each
-- change that was not added yet keeps those who claim from those who enqueue.
create table queue_depths (
    queue_name text    primary key,
    depth      integer not null
) strict, without rowid;

create table queue_depth_changes (
    queue_name text    not null,
    change     integer not null
) strict;

create index depth_change_by_queue on queue_depth_changes (queue_name);

-- Who holds which key. Those that can be put off hold theirs among the workflows of their name while they are DELAYED.
create table workflow_keys (
    queue_name        text    not null,
    scope             text    not null, -- the name, or empty
    key               text    not null,
    workflow_sequence integer not null,
    workflow_id       text    not null,
    latest_start      integer, -- null for those that cannot be put off
    primary key (queue_name, scope, key)
) strict, without rowid;

create index key_by_holder on workflow_keys (workflow_sequence);

create trigger workflow_counted after update of status on workflow_status
    when old.counted
     and (old.owner_epoch = 0 and old.status in ('ENQUEUED', 'DELAYED'))
         <> (new.owner_epoch = 0 and new.status in ('ENQUEUED', 'DELAYED'))
    begin insert into queue_depth_changes (queue_name, change) values (old.queue_name, case when old.status in ('ENQUEUED', 'DELAYED') then -1 else 1 end); end;

create trigger workflow_keyed after update of status on workflow_status
    when old.keyed and (
        new.status in ('SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')
        or old.status = 'DELAYED' and new.status <> 'DELAYED')
    begin delete from workflow_keys where workflow_sequence = old.sequence and (latest_start is not null or new.status in ('SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')); end;

-- How fast queues go on each executor: the last word of each counts, and for some seconds only.
create table queue_reports (
    executor_id         text    not null,
    queue_name          text    not null,
    starts_per_second   real    not null,
    finishes_per_second real    not null,
    reported_at         integer not null,
    primary key (executor_id, queue_name)
) strict, without rowid;
