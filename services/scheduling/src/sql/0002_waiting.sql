-- Who waits anywhere today, and since when: for the metrics, which must not read past days.
create index ticket_waiting_since on ticket_queue (date, issued_at) where state = 1;
