//! Sources as offices keep them, read as an agent reads them: from files and from real servers.

mod configured;
mod databases;
mod envelopes;
mod exports;
mod folders;
mod headers;
mod lacking;
mod mariadb;
mod mysql;
mod office;
mod pages;
mod parts;
mod places;
mod proposals;
mod sheets;
mod spoilt;
mod strangers;
mod tables;
mod templates;
mod titles;
mod twins;
mod unlisted;
mod watched;
