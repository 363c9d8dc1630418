-- What listings need to find few among a million.

-- Those that have ended, but not well. An index of workflow_status on its status would say the same, and no claim and no
-- outcome would be HOT any more; this costs only those who are in it.
create table dbosj.workflow_stopped (
    status   text   collate "C" not null,
    sequence bigint not null,
    primary key (status, sequence)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 1);

create function dbosj.note_stopped() returns trigger
    language plpgsql
    as $$
    begin
        if tg_op <> 'INSERT' then
            delete from dbosj.workflow_stopped s where s.status = old.status and s.sequence = old.sequence;
        end if;
        if tg_op <> 'DELETE' and new.status in ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED') then
            insert into dbosj.workflow_stopped (status, sequence) values (new.status, new.sequence);
        end if;
        return null;
    end
    $$;

create trigger workflow_stops_at_once after insert on dbosj.workflow_status
    for each row when (new.status in ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'))
    execute function dbosj.note_stopped();

create trigger workflow_stops after update on dbosj.workflow_status
    for each row when (
        old.status <> new.status
        and (old.status in ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')
             or new.status in ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')))
    execute function dbosj.note_stopped();

create trigger workflow_stopped_deleted after delete on dbosj.workflow_status
    for each row when (old.status in ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'))
    execute function dbosj.note_stopped();

insert into dbosj.workflow_stopped (status, sequence)
select w.status, w.sequence
  from dbosj.workflow_status w
 where w.status in ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED');

-- An entry for each 32 pages, made when they are full.
create index workflow_by_age on dbosj.workflow_status using brin (created_at)
    with (pages_per_range = 32, autosummarize = on);

insert into dbosj.schema_version values (5, dbosj.now_ms());
