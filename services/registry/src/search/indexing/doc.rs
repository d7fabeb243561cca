//! Services, offerings and units as search is told of them.

/// A service with what search knows of it.
#[derive(Debug, Clone, Default)]
pub struct ServiceDoc {
    /// Resource name, the identity of the service.
    pub name: String,
    /// Resource name of the unit that owns it.
    pub unit: String,
    /// Resource name of the unit at the root of the owner's tree.
    pub agency: String,
    /// Title in Indonesian.
    pub title_id: String,
    /// Title in English, or empty.
    pub title_en: String,
    /// Classification, or empty.
    pub category: String,
    /// Words that its owner wants it to be found by.
    pub keywords: Vec<String>,
    /// Requirements, product, procedure: searched, and ranked lowest.
    pub body: Vec<String>,
    /// The fee in the source's words; searched like the body.
    pub fee_text: String,
    /// Whether it is free, for everybody.
    pub free: bool,
    /// Whether its owner does not serve it now.
    pub inactive: bool,
}

/// An accepted offering of a service at a counter.
#[derive(Debug, Clone, Default)]
pub struct OfferingDoc {
    /// Resource name, the identity of the offering.
    pub name: String,
    /// Resource name of the service; it may arrive later than the offering.
    pub service: String,
    /// Resource name of the mall.
    pub mall: String,
    /// Kemendagri code of the regency or city, such as `35.10`.
    pub region_code: String,
    /// Latitude and longitude of the site in decimal degrees, if they are known.
    pub location: Option<(f64, f64)>,
}

/// A unit of the directory: an office, or what stands above it.
#[derive(Debug, Clone, Default)]
pub struct UnitDoc {
    /// Resource name, the identity of the unit.
    pub name: String,
    /// Resource name of the unit above it, or empty.
    pub parent: String,
    /// Kemendagri code of the region that it serves; empty where the units above tell it, and for
    /// those of the whole country.
    pub region_code: String,
}

/// One step of the change feed, in its order.
#[derive(Debug, Clone)]
pub enum Update {
    /// A service is new or has changed.
    PutService(Box<ServiceDoc>),
    /// The service of this name is gone.
    DeleteService(String),
    /// An offering is new or has changed.
    PutOffering(Box<OfferingDoc>),
    /// The offering of this name is gone, or no longer accepted.
    DeleteOffering(String),
    /// A unit is new or has changed.
    PutUnit(Box<UnitDoc>),
    /// The unit of this name is gone.
    DeleteUnit(String),
    /// Everything up to this revision has been handed over.
    Revision(i64),
}
