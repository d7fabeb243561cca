//! Settings: numbers that an operator may question, each declared once with unit, reason and
//! default.
//!
//! A service declares its own in its `policy.rs` with [`policy!`](crate::policy!); the program
//! reads them from one TOML file, a table for each service, and prints them with their reasons.

/// One setting, for the program to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its key in the service's table; it ends in its unit.
    pub name: &'static str,
    /// Its purpose, and why this default.
    pub reason: &'static str,
    /// The default, as it would be written in the file.
    pub default: &'static str,
    /// The allowed range, both ends included.
    pub range: &'static str,
}

/// Declares a service's settings: a struct with the defaults, read by serde, that refuses unknown
/// keys, and whose `check` names every number outside its range. Numbers that must fit each other
/// are checked by a function named after the struct: `… } and Policy::fits`.
///
/// ```
/// mpp_core::policy! {
///     /// How the example waits.
///     pub struct Policy {
///         /// How long a lease holds without a sign of life: short enough that a source that died
///         /// is taken over within the minute.
///         lease_seconds: u64 = 30 in 5..=600,
///     }
/// }
/// let policy = Policy { lease_seconds: 1 };
/// assert_eq!(Policy::default().lease_seconds, 30);
/// assert_eq!(policy.check().unwrap_err().violations()[0].field, "lease_seconds");
/// assert_eq!(Policy::SETTINGS[0].default, "30");
/// ```
#[macro_export]
macro_rules! policy {
    (
        $(#[$meta:meta])*
        pub struct $policy:ident {
            $($(#[doc = $doc:literal])+ $name:ident: $number:ty = $default:literal in $range:expr,)+
        }
        $(and $fits:path)?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, $crate::serde::Deserialize)]
        #[serde(crate = "mpp_core::serde", default, deny_unknown_fields)]
        pub struct $policy {
            $($(#[doc = $doc])+ pub $name: $number,)+
        }

        impl Default for $policy {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        impl $policy {
            /// Every setting with its reason, for the program to print.
            pub const SETTINGS: &'static [$crate::Setting] = &[$($crate::Setting {
                name: stringify!($name),
                reason: concat!($($doc, "\n"),+),
                default: stringify!($default),
                range: stringify!($range),
            }),+];

            /// Checks that every number lies in its range, and fits the others.
            ///
            /// # Errors
            /// Names each that does not.
            pub fn check(&self) -> $crate::Result<()> {
                let mut violations = Vec::new();
                $(if !($range).contains(&self.$name) {
                    violations.push($crate::FieldViolation {
                        field: stringify!($name).to_owned(),
                        description: format!(
                            "is {}; allowed is {}, usual is {}",
                            self.$name, stringify!($range), stringify!($default)
                        ),
                        code: $crate::FieldCode::OutOfRange,
                    });
                })+
                $(violations.extend($fits(self));)?
                if violations.is_empty() { Ok(()) } else { Err($crate::Error::fields(violations)) }
            }
        }
    };
}
