//! The columns of the template, and the mapping that reads them.

use super::{column::Column, delivery, identity, licence, management, more};

/// A row under its fields' keys to the canonical record; `$unit` stands for the source's own unit.
const PROGRAM: &str = include_str!("template.jq");

/// The columns, in the template's order.
pub fn columns() -> impl Iterator<Item = &'static Column> {
    let groups: [&[Column]; 5] = [
        identity::COLUMNS,
        delivery::COLUMNS,
        management::COLUMNS,
        more::COLUMNS,
        licence::COLUMNS,
    ];
    groups.into_iter().flatten()
}

/// The mapping of the rows; those that name no unit belong to this one.
pub fn program(unit: &str) -> String {
    format!("{} as $unit | {PROGRAM}", serde_json::Value::from(unit))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::{keys::Keys, mapping::Mapping, template::Lang};

    #[test]
    fn each_heading_stands_for_one_field_and_the_mapping_reads_them_all() {
        let keys: BTreeSet<_> = columns().map(|column| column.key).collect();
        assert_eq!(keys.len(), columns().count());
        for lang in [Lang::Id, Lang::En] {
            let headings: BTreeSet<_> = columns().map(|column| column.heading.of(lang)).collect();
            assert_eq!(headings.len(), columns().count());
        }
        let mapping = Mapping::compile(&program("units/a")).expect("compiles");
        let read: Keys = mapping.keys();
        let read: BTreeSet<String> = read.uppermost().into_iter().collect();
        assert_eq!(read, keys.iter().map(|key| (*key).to_owned()).collect());
    }

    #[test]
    fn every_column_is_explained_in_both_languages() {
        for column in columns() {
            for lang in [Lang::Id, Lang::En] {
                assert!(column.how.of(lang).len() > 10, "{}", column.key);
            }
        }
    }
}
