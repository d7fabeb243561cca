//! The service whose answers a state holds.

use mpp_core::{Error, Reason, Result};
use sqlx::Row;

use super::{Store, failed};
use crate::model::destination::Destination;

impl Store {
    /// Makes sure that what is known here are answers of this service and not of another.
    ///
    /// # Errors
    /// They are another service's: nothing of what that one holds is held here.
    pub async fn check_service(&self, wanted: Destination) -> Result<()> {
        match self.service().await? {
            Some(known) if known != wanted.name() => {
                let text = format!(
                    "the agent's state holds answers of {known}, and the configuration says \
                     service = \"{}\": give the records for each a state of their own, by another \
                     file as state",
                    wanted.name()
                );
                Err(Error::new(Reason::SourceConfig, text))
            }
            _ => Ok(()),
        }
    }

    /// The same, and keeps in mind that it is this service from now on.
    ///
    /// # Errors
    /// Those of [`Self::check_service`].
    pub async fn keep_service(&self, wanted: Destination) -> Result<()> {
        self.check_service(wanted).await?;
        sqlx::query("INSERT OR IGNORE INTO setting VALUES ('service', ?)")
            .bind(wanted.name())
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(failed)
    }

    /// A state from before there was a choice is the registry's.
    async fn service(&self) -> Result<Option<String>> {
        let row = sqlx::query("SELECT value FROM setting WHERE name = 'service'")
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        let of_before = self.checkpoint().await?.map(|_| Destination::Registry.name().to_owned());
        Ok(row.map(|row| row.get(0)).or(of_before))
    }
}
