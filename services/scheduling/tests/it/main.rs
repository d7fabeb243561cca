//! Stories of scheduling, told on SQLite and on PostgreSQL, from the registry's feed to the wire.

mod booking;
mod conflicts;
mod deviations;
mod follow;
mod hours;
mod kept;
mod mended;
mod queue;
mod races;
mod replicas;
mod rules;
mod slots;
mod source;
mod standing;
mod synced;
mod synced_again;
mod synced_rights;
mod texts;
mod world;
