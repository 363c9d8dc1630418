-- So that those which have failed are found among a million that have not; these are in no other of the partial indexes.
create index workflow_stopped on workflow_status (status)
    where status in ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED');
