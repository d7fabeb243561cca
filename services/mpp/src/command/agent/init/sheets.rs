//! A workbook of several sheets: what each seems to hold, and the command for it.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use mpp_agent::{Above, Input, Policy, Proposed, Wanted, Workbook, propose, sheets};
use mpp_core::{Error, FieldCode, Result, text::quoted};

use super::{InitArgs, InitKind, MALL, SOURCE, UNIT};
use crate::{
    command::agent::keeper::Keeper,
    program::{path_word, program},
};

/// Whether a workbook has one sheet to read; of several each is another catalog.
pub(super) async fn only_one(args: &InitArgs, policy: &Policy) -> Result<()> {
    let (path, own) = (PathBuf::from(&args.origin), policy.clone());
    let looking = tokio::task::spawn_blocking(move || sheets(&path, &own));
    let found = looking.await.map_err(Error::internal)?.map_err(|fault| fault.error)?;
    if found.len() < 2 {
        return Ok(());
    }
    let mut told = format!("{} sheets hold something; look at each by itself:", found.len());
    for (sheet, slug) in found.iter().zip(slugs(&found)) {
        let known = columns_known(args, sheet, policy).await;
        told += &format!("\n  {}  # {known}", command(args, sheet, &slug));
    }
    told += "\nWhere both are of one source, make one table of them, or a folder of two files: each of two \
             configurations of one source tells the other's records as not in its source, and withdraws none \
             of them";
    Err(Error::field("sheet", FieldCode::Required, told))
}

/// The command that looks at one sheet, as this one looks at all.
fn command(args: &InitArgs, sheet: &str, slug: &str) -> String {
    let stem = args.into.with_extension("");
    let into = format!("{}-{slug}.toml", stem.display());
    let origin = path_word(Path::new(&args.origin));
    let mut words = format!("{} agent init {origin} --sheet {}", program(), quoted(sheet));
    for (flag, value, default) in [
        ("--source", args.source.clone(), SOURCE.to_owned()),
        ("--service", word(args.service), word(Keeper::default())),
        ("--kind", word(args.kind), word(InitKind::Service)),
        ("--unit", args.unit.clone(), UNIT.to_owned()),
        ("--mall", args.mall.clone(), MALL.to_owned()),
    ] {
        if value != default {
            words += &format!(" {flag} {}", quoted(&value));
        }
    }
    format!("{words} --into {}", path_word(Path::new(&into)))
}

/// A choice as it is given on the command line.
fn word<V: ValueEnum>(choice: V) -> String {
    choice.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// A name of each sheet for files, unlike every other's.
fn slugs(sheets: &[String]) -> Vec<String> {
    let mut taken = HashSet::new();
    let free = |sheet: &String| {
        let plain = slug(sheet);
        let numbered = (2..).map(|number| format!("{plain}-{number}"));
        let mut names = std::iter::once(plain.clone()).chain(numbered);
        names.find(|name| taken.insert(name.clone())).unwrap_or(plain)
    };
    sheets.iter().map(free).collect()
}

fn slug(text: &str) -> String {
    let plain =
        |sign: char| if sign.is_ascii_alphanumeric() { sign.to_ascii_lowercase() } else { '-' };
    text.chars().map(plain).collect()
}

/// How many columns of a sheet are known, in words.
async fn columns_known(args: &InitArgs, sheet: &str, policy: &Policy) -> String {
    let workbook = Workbook {
        path: PathBuf::from(&args.origin),
        sheet: Some(sheet.to_owned()),
        ..Workbook::default()
    };
    let above = Above { unit: &args.unit, mall: &args.mall };
    let (destination, place) = (args.service.destination(), args.kind.place());
    let wanted = Wanted { destination, place, above };
    match propose(Input::Sheet(workbook), &wanted, policy).await {
        Ok(Proposed { guess, .. }) if !guess.choices.is_empty() => {
            let fields: Vec<&str> = guess.choices.iter().map(|one| one.field.name()).collect();
            format!("it seems to have {}", fields.join(", "))
        }
        Ok(_) => "it can be mapped".to_owned(),
        Err(_) => "no mapping of it can be guessed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: InitArgs,
    }

    fn args(flags: &[&str]) -> InitArgs {
        Line::parse_from([&["init", "data.xlsx"], flags].concat()).args
    }

    #[test]
    fn the_command_for_a_sheet_repeats_what_was_asked() {
        let plain = command(&args(&[]), "Izin", "izin");
        assert!(
            plain.ends_with("agent init data.xlsx --sheet Izin --into services-izin.toml"),
            "{plain}"
        );
        let flags = [
            "--kind",
            "counter",
            "--unit",
            "units/a",
            "--mall",
            "malls/b",
            "--source",
            "sources/c",
        ];
        let all = command(&args(&flags), "Gerai 1", "gerai-1");
        let said =
            "--source sources/c --kind counter --unit units/a --mall malls/b --into services";
        assert!(all.contains(said), "{all}");
        let hours = command(&args(&["--service", "scheduling"]), "Jam", "jam");
        assert!(hours.contains("--service scheduling --into"), "{hours}");
    }

    #[test]
    fn sheets_of_like_names_get_files_of_their_own() {
        let sheets = ["A/B", "A.B", "a b 2", "C"].map(str::to_owned);
        assert_eq!(slugs(&sheets), ["a-b", "a-b-2", "a-b-2-2", "c"]);
    }
}
