//! The services that sources sync to, as commands choose among them.

use clap::Args as ClapArgs;
use mpp_api::Document as _;
use mpp_api::{document, scheduling::HoursRule, sync::sync_service_client::SyncServiceClient};
use mpp_client::Channel;
use mpp_core::{Error, Reason, Result};

use crate::{client::Client, service::Service};

/// Which service is meant.
#[derive(ClapArgs, Clone, Copy)]
pub struct ServiceChoice {
    /// Only at this service: the registry for services, scheduling for hours rules; else both are
    /// asked.
    #[arg(long, value_name = "SERVICE")]
    service: Option<Service>,
}

impl ServiceChoice {
    /// The services to ask: the one that was named, or the one that keeps the record, if there is a
    /// name, or all.
    pub fn services(self, record: &str) -> Vec<Service> {
        match (self.service, document::kind_of(record)) {
            (Some(service), _) => vec![service],
            (None, None) => Service::SYNCING.to_vec(),
            (None, Some(HoursRule::KIND)) => vec![Service::Scheduling],
            (None, Some(_)) => vec![Service::Registry],
        }
    }
}

/// Services that could not be asked, or have refused, beside what the others have done.
#[derive(Default)]
pub struct Failures {
    of: Vec<(Service, Error)>,
    is_answered: bool,
}

impl Failures {
    /// The answer of a service; `None` if it failed, which is told at the end. A service that has
    /// no such method does not sync, and has nothing to tell.
    pub fn note_answer<T>(&mut self, service: Service, answer: Result<T>) -> Option<T> {
        match answer {
            Ok(answer) => {
                self.is_answered = true;
                return Some(answer);
            }
            Err(error) if error.reason() == Reason::Unimplemented => {}
            Err(error) => self.of.push((service, error)),
        }
        None
    }

    /// Fails if a service has failed and none has answered: then there is nothing else to tell.
    ///
    /// # Errors
    /// The same as [`Failures::finish`].
    pub fn unless_answered(&self) -> Result<()> {
        if self.is_answered { Ok(()) } else { self.finish() }
    }

    /// Fails if any service has: with the first failure, naming all, and only once if all say the
    /// same.
    ///
    /// # Errors
    /// The failure of the first service that failed, once the others' results were told.
    pub fn finish(&self) -> Result<()> {
        let Some((_, first)) = self.of.first() else { return Ok(()) };
        let (reason, message) = (first.reason(), first.message());
        if self.of.len() > 1 && self.of.iter().all(|(_, error)| error.message() == message) {
            return Err(Error::new(reason, message));
        }
        let told = |(service, error): &(Service, Error)| {
            format!("{}: {}", service.name(), error.message())
        };
        let all: Vec<String> = self.of.iter().map(told).collect();
        Err(Error::new(reason, all.join("; ")))
    }
}

/// A client of federation at a service.
pub fn sync(client: &Client, service: Service) -> Result<SyncServiceClient<Channel>> {
    Ok(SyncServiceClient::new(client.channel(service)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_looked_for_where_its_kind_is_kept() {
        let of = |service, record: &str| ServiceChoice { service }.services(record);
        assert_eq!(of(None, ""), Service::SYNCING);
        assert_eq!(of(None, "units/a/services/kk"), [Service::Registry]);
        assert_eq!(of(None, "hoursRules/mal_libur"), [Service::Scheduling]);
        assert_eq!(of(Some(Service::Registry), "hoursRules/mal_libur"), [Service::Registry]);
    }

    #[test]
    fn what_one_service_has_done_is_told_where_the_other_fails() {
        let mut failed = Failures::default();
        assert_eq!(failed.note_answer(Service::Registry, Ok(3)), Some(3));
        let none = Error::new(Reason::Unimplemented, "no such method");
        assert_eq!(failed.note_answer::<i32>(Service::Scheduling, Err(none)), None);
        assert!(failed.finish().is_ok(), "a service that does not sync has not failed");
        let mut failed = Failures::default();
        let away = Error::new(Reason::Unavailable, "is away");
        assert_eq!(failed.note_answer::<i32>(Service::Scheduling, Err(away)), None);
        let error = failed.finish().expect_err("it has failed");
        assert_eq!((error.reason(), error.message()), (Reason::Unavailable, "scheduling: is away"));
    }

    #[test]
    fn a_refusal_of_all_is_told_alone_and_once() {
        let mut failed = Failures::default();
        for service in Service::SYNCING {
            let refused = Error::new(Reason::PermissionDenied, "an officer releases it");
            assert_eq!(failed.note_answer::<i32>(service, Err(refused)), None);
        }
        let error = failed.unless_answered().expect_err("nobody has answered");
        assert_eq!(error.message(), "an officer releases it");
        failed.note_answer(Service::Registry, Ok(1));
        assert!(failed.unless_answered().is_ok(), "there is something to tell before");
    }
}
