-- Watches from within the database. Who writes is told by the name of the connection, who owns by the row: what is
-- written for a workflow by anybody but its owner is a stale write. What is noted commits with what it is about.
create schema lab;

create table lab.members (executor_id text primary key, worker text not null);

create table lab.stale (what text not null, workflow_id text not null, writer text, owner text);

-- How many workflows of a limited queue had an owner when a claim was made, and how many at the most the same one.
create table lab.claims (queue_name text not null, holders integer not null, of_one integer not null);

create function lab.writer() returns text
    language sql stable
    return current_setting('application_name');

create function lab.watch_members() returns trigger
    language plpgsql as $$
    begin
        insert into lab.members values (new.executor_id, lab.writer());
        return null;
    end
    $$;

create trigger members after insert on dbosj.executors
    for each row execute function lab.watch_members();

-- Whether the row's owner, if it has not let go in this very transaction, is somebody else than the writer.
create function lab.is_foreign(owner text, version xid) returns boolean
    language sql stable
    return case when owner is null then version::text <> pg_current_xact_id()::xid::text
                else not exists (select from lab.members m where m.executor_id = owner and m.worker = lab.writer()) end;

create function lab.watch_rows_of_runs() returns trigger
    language plpgsql
    set enable_hashjoin = on
    as $$
    begin
        insert into lab.stale
        select distinct tg_table_name, w.workflow_id, lab.writer(), w.executor_id
          from fresh f
          join dbosj.workflow_status w on w.sequence = f.workflow_sequence
         where lab.is_foreign(w.executor_id, w.xmin);
        return null;
    end
    $$;

create trigger checkpoints after insert on dbosj.operation_outputs
    referencing new table as fresh
    for each statement execute function lab.watch_rows_of_runs();

create trigger checkpoints_changed after update on dbosj.operation_outputs
    referencing new table as fresh
    for each statement execute function lab.watch_rows_of_runs();

create trigger events after insert on dbosj.workflow_events
    referencing new table as fresh
    for each statement execute function lab.watch_rows_of_runs();

create trigger events_changed after update on dbosj.workflow_events
    referencing new table as fresh
    for each statement execute function lab.watch_rows_of_runs();

create function lab.watch_inserts() returns trigger
    language plpgsql
    set enable_hashjoin = on
    as $$
    begin
        insert into lab.stale
        select 'inserted as claimed', f.workflow_id, lab.writer(), f.executor_id
          from fresh f
         where f.executor_id is not null and lab.is_foreign(f.executor_id, '0')
         union all
        select 'inserted as child', f.workflow_id, lab.writer(), parent.executor_id
          from fresh f
          join dbosj.workflow_status parent on parent.workflow_id = f.parent_id
         where lab.is_foreign(parent.executor_id, parent.xmin);
        return null;
    end
    $$;

create trigger inserts after insert on dbosj.workflow_status
    referencing new table as fresh
    for each statement execute function lab.watch_inserts();

create function lab.watch_updates() returns trigger
    language plpgsql
    set enable_hashjoin = on
    as $$
    begin
        insert into lab.stale
        select 'outcome ' || n.status, n.workflow_id, lab.writer(), o.executor_id
          from before o
          join after n on n.sequence = o.sequence
         where (n.status, n.output, n.error) is distinct from (o.status, o.output, o.error)
           and n.status in ('SUCCESS', 'ERROR', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')
           and (o.executor_id is null or lab.is_foreign(o.executor_id, '0'))
         union all
        select 'claim', n.workflow_id, lab.writer(), o.executor_id
          from before o
          join after n on n.sequence = o.sequence
         where n.executor_id is not null and n.executor_id is distinct from o.executor_id
           and (o.executor_id is not null or o.status <> 'ENQUEUED' or n.owner_epoch <= o.owner_epoch
                or lab.is_foreign(n.executor_id, '0'))
         union all
        select 'epoch ' || n.owner_epoch, n.workflow_id, lab.writer(), o.executor_id
          from before o
          join after n on n.sequence = o.sequence
         where n.owner_epoch < o.owner_epoch;

        insert into lab.claims
        select holders.queue_name, sum(holders.count), max(holders.count)
          from (select w.queue_name, w.executor_id, count(*) as count
                  from dbosj.workflow_status w
                 where w.executor_id is not null and w.queue_name in (
                    select q.name
                      from before o
                      join after n on n.sequence = o.sequence
                      join dbosj.queues q on q.name = n.queue_name
                     where o.executor_id is null and n.executor_id is not null and q.concurrency is not null)
                 group by w.queue_name, w.executor_id) holders
         group by holders.queue_name;
        return null;
    end
    $$;

create trigger updates after update on dbosj.workflow_status
    referencing old table as before new table as after
    for each statement execute function lab.watch_updates();
