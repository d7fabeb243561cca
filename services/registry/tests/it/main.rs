//! The registry's stories, told to a served registry with real tokens, on both databases.

mod accounting;
mod catalog;
mod clients;
mod contract;
mod directory;
mod federation;
mod feed;
mod given;
mod handover;
mod hostile;
mod lacks;
mod loading;
mod nothing;
mod ownership;
mod paging;
mod plain;
mod publisher;
mod push;
mod pusher;
mod regions;
mod replicas;
mod search;
mod sources;
mod world;
mod writes;
