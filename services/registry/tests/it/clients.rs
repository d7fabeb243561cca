//! The calls that stories make again and again.

use mpp_api::{
    registry::{
        Counter, CreateCounterRequest, CreateMallRequest, CreateOfferingRequest,
        CreateServiceRequest, CreateUnitRequest, Mall, Offering, Service, Unit,
    },
    sync::{CreateSourceRequest, Source},
};
use tonic::Status;

use crate::{
    given::text,
    world::{COUNTER, Clients},
};

type Answer<T> = Result<T, Status>;

impl Clients {
    pub async fn create_unit(&mut self, id: &str, unit: Unit) -> Answer<Unit> {
        let request =
            CreateUnitRequest { unit_id: id.into(), unit: Some(unit), ..Default::default() };
        Ok(self.directory.create_unit(request).await?.into_inner().unit.expect("a unit"))
    }

    pub async fn create_mall(&mut self, id: &str, mall: Mall) -> Answer<Mall> {
        let request =
            CreateMallRequest { mall_id: id.into(), mall: Some(mall), ..Default::default() };
        Ok(self.directory.create_mall(request).await?.into_inner().mall.expect("a mall"))
    }

    pub async fn create_counter(
        &mut self,
        mall: &str,
        id: &str,
        counter: Counter,
    ) -> Answer<Counter> {
        let request = CreateCounterRequest {
            parent: mall.into(),
            counter_id: id.into(),
            counter: Some(counter),
            ..Default::default()
        };
        Ok(self.directory.create_counter(request).await?.into_inner().counter.expect("a counter"))
    }

    pub async fn create_service(
        &mut self,
        unit: &str,
        id: &str,
        service: Service,
    ) -> Answer<Service> {
        let request = CreateServiceRequest {
            parent: unit.into(),
            service_id: id.into(),
            service: Some(service),
            ..Default::default()
        };
        Ok(self.catalog.create_service(request).await?.into_inner().service.expect("a service"))
    }

    /// Proposes at Banyuwangi's counter of Dukcapil.
    pub async fn propose(&mut self, id: &str, offering: Offering) -> Answer<Offering> {
        let request = CreateOfferingRequest {
            parent: COUNTER.into(),
            offering_id: id.into(),
            offering: Some(offering),
            ..Default::default()
        };
        Ok(self.catalog.create_offering(request).await?.into_inner().offering.expect("an offering"))
    }

    pub async fn create_source(&mut self, id: &str, unit: &str) -> Answer<Source> {
        let source = Source {
            display_name: text(id),
            unit: unit.into(),
            freshness_target_seconds: 3600,
            ..Source::default()
        };
        let request = CreateSourceRequest {
            source_id: id.into(),
            source: Some(source),
            ..Default::default()
        };
        Ok(self.sync.create_source(request).await?.into_inner().source.expect("a source"))
    }

    pub async fn service(&mut self, name: &str) -> Answer<Service> {
        let request =
            mpp_api::registry::GetServiceRequest { name: name.into(), ..Default::default() };
        Ok(self.catalog.get_service(request).await?.into_inner().service.expect("a service"))
    }

    pub async fn offering(&mut self, name: &str) -> Answer<Offering> {
        let request =
            mpp_api::registry::GetOfferingRequest { name: name.into(), ..Default::default() };
        Ok(self.catalog.get_offering(request).await?.into_inner().offering.expect("an offering"))
    }

    pub async fn mall(&mut self, name: &str) -> Answer<Mall> {
        let request = mpp_api::registry::GetMallRequest { name: name.into(), ..Default::default() };
        Ok(self.directory.get_mall(request).await?.into_inner().mall.expect("a mall"))
    }
}
