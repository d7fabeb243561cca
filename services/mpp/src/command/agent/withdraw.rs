//! Withdrawing records: everything that goes with them is shown first, since it cannot be undone.

use futures::TryStreamExt as _;
use mpp_agent::{Destination, is_place};
use mpp_client::pages;
use mpp_core::{Error, Reason, Result, text::quoted};
use prost_reflect::DynamicMessage;
use serde_json::{Map, json};

use crate::{
    client::Client,
    output::Output,
    program::program,
    record::{Kind, Records},
};

/// Places that are named of a record; of the others the number tells.
const NAMED: usize = 5;

/// Tells which records would go, and where each is offered; places stay.
///
/// # Errors
/// Always, unless the index fails: nothing was withdrawn yet.
pub(in crate::command) async fn warn(
    destination: Destination,
    names: &[String],
    client: &Client,
    output: Output,
) -> Result<()> {
    let records = Records::new(client);
    let (places, going): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| is_place(name));
    if !output.is_json() && !going.is_empty() {
        say!("  ! to be withdrawn, each for good: a record that returns under its id is refused");
    }
    for name in &going {
        let offered = match destination {
            Destination::Registry => offered(name, &records).await?,
            Destination::Scheduling => Vec::new(),
        };
        match destination {
            _ if output.is_json() => {
                let event = "would_withdraw";
                say!("{}", json!({ "event": event, "name": name, "offerings": offered }));
            }
            Destination::Registry => say!("    {}", with_offerings(name, &offered)),
            Destination::Scheduling => say!("    {name}; what held before it holds again"),
        }
    }
    stay(&places, output);
    Err(Error::new(Reason::WrongState, done_nothing(going.len(), places.len())))
}

/// Tells which places would be given back.
fn stay(places: &[&String], output: Output) {
    if output.is_json() {
        for name in places {
            say!("{}", json!({ "event": "would_give_back", "name": name }));
        }
        return;
    }
    if !places.is_empty() {
        say!(
            "  ! to be given back: it stays in the index with all that lies in it, and is changed by calls;"
        );
        say!(
            "    where the source has it again after others have written it, a person hands it over:"
        );
    }
    for name in places {
        say!("    {name}: {} hand-back {} --to SOURCE", program(), quoted(name));
    }
}

fn done_nothing(going: usize, places: usize) -> String {
    let records = match going {
        1 => "one record".to_owned(),
        many => format!("{many} records"),
    };
    let would = match (going, places) {
        (_, 0) => format!("{records} would go, with all that is named above"),
        (0, places) => format!("nothing would go, and {places} would be given back"),
        (_, places) => {
            format!(
                "{records} would go, with all that is named above, and {places} would be given back"
            )
        }
    };
    format!(
        "nothing was changed: {would}. Where that is right, run it again with --yes, which syncs all \
         else as well; where a record is to stay, put it back into the source"
    )
}

/// The offerings of a service, in all malls.
async fn offered(service: &str, records: &Records<'_>) -> Result<Vec<String>> {
    let kind = Kind::of("malls/a/counters/b/offerings/c")?;
    let fields: Map<_, _> = [("parent", "malls/-"), ("service", service)]
        .into_iter()
        .map(|(field, value)| (field.to_owned(), value.into()))
        .collect();
    let name = |record: &DynamicMessage| {
        record.get_field_by_name("name").and_then(|name| name.as_str().map(str::to_owned))
    };
    let fields = &fields;
    let all = pages(|token| async move {
        let page = records.list(kind, fields, &token).await?;
        let names: Vec<_> = page.records.iter().filter_map(name).collect();
        Ok::<_, Error>((names, page.next_page_token))
    });
    all.try_concat().await
}

fn with_offerings(service: &str, offered: &[String]) -> String {
    let first = &offered[..offered.len().min(NAMED)];
    let more = match offered.len() - first.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match offered {
        [] => format!("{service}, which is offered nowhere"),
        [only] => format!("{service}, and with it {only}"),
        all => {
            format!("{service}, and with it {} offerings: {}{more}", all.len(), first.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_and_what_is_given_back_are_told_apart() {
        let said = |going, places| done_nothing(going, places);
        assert!(said(1, 0).contains("one record would go, with all"), "{}", said(1, 0));
        assert!(
            said(0, 2).contains("nothing would go, and 2 would be given back"),
            "{}",
            said(0, 2)
        );
        assert!(
            said(3, 1).contains("3 records would go") && said(3, 1).contains("1 would be given")
        );
    }

    #[test]
    fn what_goes_with_a_record_is_named_and_counted() {
        let offered = |count: usize| (0..count).map(|n| format!("o/{n}")).collect::<Vec<_>>();
        assert!(with_offerings("s/a", &offered(0)).ends_with("offered nowhere"));
        assert_eq!(with_offerings("s/a", &offered(1)), "s/a, and with it o/0");
        let seven = with_offerings("s/a", &offered(7));
        assert_eq!(seven, "s/a, and with it 7 offerings: o/0, o/1, o/2, o/3, o/4 and 2 more");
    }
}
