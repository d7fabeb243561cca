//! Checks the address of a PostgreSQL: parameters that the driver would ignore in silence are
//! refused.
//!
//! The driver connects to one host, and only logs a warning about a parameter that it does not
//! know. An operator who writes `target_session_attrs=read-write` or `sslmode=allow` relies on it.

use std::path::Path;

use mpp_core::{Error, FieldCode, Result};
use url::Url;

/// The parameters that the driver understands.
const KNOWN: [&str; 12] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];
/// The values of `sslmode`. `allow` is not among them: the driver would never encrypt.
const MODES: [&str; 5] = ["disable", "prefer", "require", "verify-ca", "verify-full"];

/// Passes for an address that the driver understands whole. No error repeats the address, which may
/// hold a password.
///
/// # Errors
/// Several hosts; a parameter or a value that the driver does not know; a certificate that cannot
/// be read.
pub(crate) fn check(address: &str) -> Result<()> {
    let after = address.split_once("://").map_or(address, |(_, after)| after);
    let authority = after.split(['/', '?']).next().unwrap_or_default();
    one_host(authority.rsplit('@').next().unwrap_or_default())?;
    let url = Url::parse(address).map_err(|error| {
        let text = format!(
            "is no address: {error}; write postgres://USER@HOST/DATABASE, and %XX for what is no \
             letter or digit in a password"
        );
        fault(FieldCode::Format, text)
    })?;
    url.query_pairs().try_for_each(|(key, value)| check_parameter(&key, &value))
}

fn check_parameter(key: &str, value: &str) -> Result<()> {
    match key {
        "host" | "hostaddr" | "port" => one_host(value),
        "sslmode" if !MODES.contains(&value) => {
            let why = if value == "allow" { ", which this driver never encrypts with" } else { "" };
            let text = format!("has sslmode={value}{why}; it may be {}", MODES.join(", "));
            Err(fault(FieldCode::UnknownValue, text))
        }
        "sslrootcert" | "sslcert" | "sslkey" => {
            std::fs::read(Path::new(value)).map(drop).map_err(|error| {
                fault(
                    FieldCode::Unreadable,
                    format!("names the {key} {value}, which cannot be read: {error}"),
                )
            })
        }
        _ if KNOWN.contains(&key) || key.starts_with("options[") => Ok(()),
        _ => {
            let text = format!(
                "has the parameter {key}, which the driver would pass over; it knows {}",
                KNOWN.join(", ")
            );
            Err(fault(FieldCode::UnknownValue, text))
        }
    }
}

fn one_host(hosts: &str) -> Result<()> {
    if !hosts.contains(',') {
        return Ok(());
    }
    let text = format!(
        "names several hosts ({hosts}), and the driver connects to one: name one address that leads \
         to whichever is the primary now, such as the service NAME-rw of CloudNativePG or a HAProxy"
    );
    Err(fault(FieldCode::TooMany, text))
}

fn fault(code: FieldCode, text: String) -> Error {
    Error::field("database", code, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal_text(address: &str) -> String {
        check(address).map_or_else(|error| error.message().to_owned(), |()| String::new())
    }

    #[test]
    fn several_hosts_are_refused_however_they_are_written() {
        for address in [
            "postgres://mpp:geheim@db-1:5432,db-2:5432/registry",
            "postgres://mpp:geheim@db-1,db-2/registry?target_session_attrs=read-write",
            "postgres:///registry?host=db-1,db-2",
            "postgresql://db-1/registry?port=5432,5433",
        ] {
            let told = refusal_text(address);
            assert!(told.contains("several hosts") && !told.contains("geheim"), "{told}");
        }
    }

    #[test]
    fn what_the_driver_would_pass_over_is_refused() {
        for (parameter, words) in [
            ("target_session_attrs=read-write", "the parameter target_session_attrs"),
            ("channel_binding=require", "the parameter channel_binding"),
            ("statement-cache-capacity=0", "the parameter statement-cache-capacity"),
            ("sslmode=allow", "never encrypts"),
            ("sslmode=verify", "it may be disable, prefer, require, verify-ca, verify-full"),
            ("sslrootcert=/nowhere/ca.pem", "/nowhere/ca.pem, which cannot be read"),
        ] {
            let told = refusal_text(&format!("postgres://mpp@db/registry?{parameter}"));
            assert!(told.contains(words), "{parameter}: {told}");
        }
    }

    #[test]
    fn addresses_as_operators_write_them_pass() {
        for address in [
            "postgres://mpp@db/registry",
            "postgres://mpp:a%2Cb@[2001:db8::7]:5433/registry?sslmode=require",
            "postgresql:///registry?host=/run/postgresql&user=mpp",
            "postgres://mpp@db/registry?options[search_path]=mpp&application_name=registry",
        ] {
            assert_eq!(refusal_text(address), "", "{address}");
        }
    }
}
