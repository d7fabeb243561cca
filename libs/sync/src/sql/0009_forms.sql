-- The form in which the client of the session writes services; see mpp.sync.v1.Hello.forms.
alter table sync_lease add column form bigint not null default 1;
