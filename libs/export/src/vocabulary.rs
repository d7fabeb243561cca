//! The terms of CPSV-AP 3.2, DCAT and what they rest on.

use oxrdf::NamedNodeRef;

macro_rules! terms {
    ($space:literal { $($name:ident $term:literal)* }) => {
        $(pub const $name: NamedNodeRef<'_> =
            NamedNodeRef::new_unchecked(concat!($space, $term));)*
    };
}

terms!("http://purl.org/vocab/cpsv#" {
    PUBLIC_SERVICE "PublicService"
    RULE "Rule"
    FOLLOWS "follows"
    PRODUCES "produces"
});
terms!("http://data.europa.eu/m8g/" {
    PUBLIC_ORGANISATION "PublicOrganisation"
    CHANNEL "Channel"
    CONTACT_POINT "ContactPoint"
    COST "Cost"
    OUTPUT "Output"
    REQUIREMENT "Requirement"
    HAS_CHANNEL "hasChannel"
    HAS_COMPETENT_AUTHORITY "hasCompetentAuthority"
    HAS_CONTACT_POINT "contactPoint"
    HAS_COST "hasCost"
    HAS_LEGAL_RESOURCE "hasLegalResource"
    HAS_VALUE "hasValue"
    HOLDS_REQUIREMENT "holdsRequirement"
    IF_ACCESSED_THROUGH "ifAccessedThrough"
    CONTACT_PAGE "contactPage"
    CURRENCY "currency"
    EMAIL "email"
    PROCESSING_TIME "processingTime"
    TELEPHONE "telephone"
    THEMATIC_AREA "thematicArea"
});
terms!("http://purl.org/dc/terms/" {
    CONFORMS_TO "conformsTo"
    DESCRIPTION "description"
    IDENTIFIER "identifier"
    IS_PART_OF "isPartOf"
    LANGUAGE "language"
    LINGUISTIC_SYSTEM "LinguisticSystem"
    LOCATION "Location"
    MEDIA_TYPE "MediaType"
    MODIFIED "modified"
    PUBLISHER "publisher"
    REQUIRES "requires"
    SPATIAL "spatial"
    TITLE "title"
    TYPE "type"
});
terms!("http://www.w3.org/ns/dcat#" {
    ACCESS_URL "accessURL"
    DATASET "Dataset"
    DISTRIBUTION "Distribution"
    DOWNLOAD_URL "downloadURL"
    HAS_DISTRIBUTION "distribution"
    HAS_MEDIA_TYPE "mediaType"
    KEYWORD "keyword"
    LANDING_PAGE "landingPage"
    THEME "theme"
});
terms!("http://www.w3.org/2004/02/skos/core#" {
    CONCEPT "Concept"
    NOTE "note"
    PREF_LABEL "prefLabel"
});
terms!("http://xmlns.com/foaf/0.1/" {
    AGENT "Agent"
    DOCUMENT "Document"
    PAGE "page"
});
terms!("http://www.w3.org/ns/adms#" {
    STATUS "status"
});
terms!("http://data.europa.eu/eli/ontology#" {
    LEGAL_RESOURCE "LegalResource"
});
terms!("http://publications.europa.eu/resource/authority/" {
    INDONESIA "country/IDN"
    INDONESIAN "language/IND"
    RUPIAH "currency/IDR"
    GOVERNMENT "data-theme/GOVE"
});
terms!("https://semiceu.github.io/CPSV-AP/releases/3.2.0/" {
    CPSV_AP ""
});

/// What Turtle and JSON-LD shorten.
pub const PREFIXES: [(&str, &str); 10] = [
    ("adms", "http://www.w3.org/ns/adms#"),
    ("cpsv", "http://purl.org/vocab/cpsv#"),
    ("cv", "http://data.europa.eu/m8g/"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("eli", "http://data.europa.eu/eli/ontology#"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];
