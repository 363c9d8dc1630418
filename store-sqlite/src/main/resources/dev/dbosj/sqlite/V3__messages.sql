-- What was ever sent to a workflow, so that it is not accepted again. The sequence is the order of acceptance.
create table notifications (
    sequence          integer primary key,
    workflow_sequence integer not null, -- the workflow that is to receive it
    message_id        text    not null,
    topic             text    not null, -- empty for none
    message           text,             -- null once it was received
    created_at        integer not null
) strict;

create unique index notification_by_id on notifications (workflow_sequence, message_id);
create index notification_unread on notifications (workflow_sequence, topic) where message is not null;
