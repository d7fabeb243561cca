//! The services that sources sync to, as commands choose among them.

use clap::Args as ClapArgs;
use mpp_api::Document as _;
use mpp_api::{document, scheduling::HoursRule, sync::sync_service_client::SyncServiceClient};
use mpp_client::Channel;
use mpp_core::Result;

use crate::{client::Client, service::Service};

/// Which service is meant.
#[derive(ClapArgs, Clone, Copy)]
pub struct At {
    /// Only at this service: the registry for services, scheduling for hours rules; else both are
    /// asked.
    #[arg(long, value_name = "SERVICE")]
    service: Option<Service>,
}

impl At {
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

/// A client of federation at a service.
pub fn sync(client: &Client, service: Service) -> Result<SyncServiceClient<Channel>> {
    Ok(SyncServiceClient::new(client.channel(service)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_looked_for_where_its_kind_is_kept() {
        let of = |service, record: &str| At { service }.services(record);
        assert_eq!(of(None, ""), Service::SYNCING);
        assert_eq!(of(None, "units/a/services/kk"), [Service::Registry]);
        assert_eq!(of(None, "hoursRules/mal_libur"), [Service::Scheduling]);
        assert_eq!(of(Some(Service::Registry), "hoursRules/mal_libur"), [Service::Registry]);
    }
}
