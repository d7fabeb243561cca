//! The fields of a record that a column may hold.

/// A field of the contract that a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `source_id`.
    SourceId,
    /// `unit`.
    Unit,
    /// `title.id`.
    Title,
    /// `title.en`.
    TitleEn,
    /// `category`.
    Category,
    /// `keywords`.
    Keywords,
    /// `requirements`.
    Requirements,
    /// `procedure`.
    Procedure,
    /// `time`.
    Time,
    /// `fees`.
    Fees,
    /// `product`.
    Product,
    /// `complaints`.
    Complaints,
    /// `legal_basis`.
    LegalBasis,
    /// `facilities`.
    Facilities,
    /// `competence`.
    Competence,
    /// `supervision`.
    Supervision,
    /// `staff`.
    Staff,
    /// `service_guarantee`.
    ServiceGuarantee,
    /// `safety_guarantee`.
    SafetyGuarantee,
    /// `evaluation`.
    Evaluation,
    /// `product_validity`.
    Validity,
    /// `state`.
    State,
    /// `notes`.
    Notes,
}

impl Field {
    /// All of them, in the order in which a mapping names them, with their names there.
    pub const ALL: [(Self, &'static str); 23] = [
        (Self::SourceId, "source_id"),
        (Self::Unit, "unit"),
        (Self::Title, "title.id"),
        (Self::TitleEn, "title.en"),
        (Self::Category, "category"),
        (Self::Keywords, "keywords"),
        (Self::Requirements, "requirements"),
        (Self::Procedure, "procedure"),
        (Self::Time, "time"),
        (Self::Fees, "fees"),
        (Self::Product, "product"),
        (Self::Complaints, "complaints"),
        (Self::LegalBasis, "legal_basis"),
        (Self::Facilities, "facilities"),
        (Self::Competence, "competence"),
        (Self::Supervision, "supervision"),
        (Self::Staff, "staff"),
        (Self::ServiceGuarantee, "service_guarantee"),
        (Self::SafetyGuarantee, "safety_guarantee"),
        (Self::Evaluation, "evaluation"),
        (Self::Validity, "product_validity"),
        (Self::State, "state"),
        (Self::Notes, "notes"),
    ];

    /// Its name in a mapping.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(field, _)| *field == self).map_or("", |(_, name)| name)
    }
}
