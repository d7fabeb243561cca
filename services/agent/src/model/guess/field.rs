//! The fields of a record that a column may hold.

/// A field of the contract that a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The field `source_id`.
    SourceId,
    /// The field `unit`.
    Unit,
    /// The field `title.id`.
    Title,
    /// The field `title.en`.
    TitleEn,
    /// The field `category`.
    Category,
    /// The field `keywords`.
    Keywords,
    /// The field `requirements`.
    Requirements,
    /// The field `procedure`.
    Procedure,
    /// The field `time`.
    Time,
    /// The field `fees`.
    Fees,
    /// The field `product`.
    Product,
    /// The field `complaints`.
    Complaints,
    /// The field `legal_basis`.
    LegalBasis,
    /// The field `facilities`.
    Facilities,
    /// The field `competence`.
    Competence,
    /// The field `supervision`.
    Supervision,
    /// The field `staff`.
    Staff,
    /// The field `service_guarantee`.
    ServiceGuarantee,
    /// The field `safety_guarantee`.
    SafetyGuarantee,
    /// The field `evaluation`.
    Evaluation,
    /// The field `product_validity`.
    Validity,
    /// The field `state`.
    State,
    /// The field `notes`.
    Notes,
}

impl Field {
    /// All fields, in the order in which a mapping names them, with their names there.
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
