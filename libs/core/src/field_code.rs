//! The stable codes of wrong fields: what a program may match on, beside the description for
//! people. Only reasons have a message in Indonesian (`reason.rs`).

use std::fmt;

macro_rules! field_codes {
    ($($(#[doc = $meaning:literal])+ $name:ident, $text:literal, $way_out:literal;)*) => {
        /// The kinds of fault in a field. The text form is part of the contract: it stands in
        /// `ErrorInfo.metadata` under the field's path, and in `RecordResult.code` of a sync.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FieldCode { $($(#[doc = $meaning])+ $name),* }

        impl FieldCode {
            /// Every code, for the documentation and for tests.
            pub const ALL: &'static [FieldCode] = &[$(FieldCode::$name),*];

            /// The code of a stable text; `None` for one of another version of the program, and
            /// for what is no code.
            pub fn of(text: &str) -> Option<Self> {
                match text { $($text => Some(FieldCode::$name),)* _ => None }
            }

            /// The stable text.
            pub fn as_str(self) -> &'static str {
                match self { $(FieldCode::$name => $text),* }
            }

            /// Its meaning in the error reference.
            pub fn meaning(self) -> &'static str {
                match self { $(FieldCode::$name => concat!($($meaning),+).trim_ascii()),* }
            }

            /// The way out in the error reference.
            pub fn way_out(self) -> &'static str {
                match self { $(FieldCode::$name => $way_out),* }
            }
        }
    };
}

field_codes! {
    /// Nothing is given where something must stand.
    Required, "REQUIRED", "Give it; the description says what belongs there.";
    /// Given where the rest of the request leaves no place for it.
    NotAllowed, "NOT_ALLOWED", "Leave it out, or change what it contradicts.";
    /// Set for good when the record was made.
    Immutable, "IMMUTABLE", "Leave it as it is; make a new record where it must differ.";
    /// Not one of the values, words or paths that the field has.
    UnknownValue, "UNKNOWN_VALUE", "Choose one that the description lists.";
    /// Not a resource name of the form that belongs there.
    Name, "NAME", "Write a name of the form that the description shows.";
    /// Not an id for a new record.
    Id, "ID", "Use a to z, 0 to 9, hyphens and dots, beginning with a letter or digit; at most 80.";
    /// Not a day of the calendar.
    Date, "DATE", "Write `2026-11-24`.";
    /// Not a time.
    Time, "TIME", "Write a time of day as `07:30`, an instant as `2026-11-24T10:00:00+07:00`.";
    /// Not in the form that the field has, such as a UUID or a region's code.
    Format, "FORMAT", "Write the form that the description shows.";
    /// A number outside its bounds.
    OutOfRange, "OUT_OF_RANGE", "Stay within the bounds that the description names.";
    /// A text that is longer than allowed.
    TooLong, "TOO_LONG", "Shorten it to the length that the description names.";
    /// A secret that is too short to be one.
    TooShort, "TOO_SHORT", "Make a longer one; the description says how long.";
    /// More entries than allowed.
    TooMany, "TOO_MANY", "Send fewer; the description names the limit.";
    /// More bytes than allowed.
    TooLarge, "TOO_LARGE", "Send less; the description names the limit.";
    /// A text with control characters.
    ControlCharacter, "CONTROL_CHARACTER", "Remove them.";
    /// The same entry twice, where each may come once.
    Duplicate, "DUPLICATE", "Leave one out; where both are meant, as two services under one code, give one of them another id.";
    /// Two values in the wrong order, such as an end before its beginning.
    Order, "ORDER", "Put them in order; the description names the other one.";
    /// A record that refers to itself.
    SelfReference, "SELF_REFERENCE", "Name another record, or none.";
    /// Bytes or a file that cannot be read as what they should be.
    Unreadable, "UNREADABLE", "Give what the description says was expected; a text that was damaged on its way, export again as UTF-8.";
    /// A file that cannot be written.
    Unwritable, "UNWRITABLE", "Mend the folder or its permissions, or name another file.";
    /// A cell that holds an error value of a spreadsheet, such as `#N/A`, a formula, or what a
    /// program leaves where a value is missing, such as `undefined`.
    ErrorValue, "ERROR_VALUE", "Give the value itself at the source: fill the column, or mend the formula of a sheet and export again; where it stands for nothing, let the mapping leave it out.";
    /// A text with tags, comments or references of HTML.
    Markup, "MARKUP", "Send the plain text; `html_text` of the agent's mappings makes it of HTML.";
    /// A row that repeats the heading, as where pages were glued together; it is no record and was
    /// passed over.
    HeadingAgain, "HEADING_AGAIN", "Nothing has to be done; export the pages with one heading where that is possible.";
    /// A row or columns that a sheet hides, which were read all the same.
    Hidden, "HIDDEN", "It was applied. Show them on the sheet, so that all see what is published; take out what is not meant to be.";
    /// A part of a file of which nobody can tell the rows: the file is cut, its columns come in
    /// another order, or a stray quote lets rows run into one another; or a record that goes on
    /// over several rows, of which none holds the whole.
    Torn, "TORN", "Do what the message says of the lines that it names: have a file that was cut written whole, export parts with other columns apart, remove a stray quote or write `\"\"` for one within a cell, write a record in one row.";
    /// A record that looks like a trial and not like a service or a place.
    Suspicious, "SUSPICIOUS", "Remove it at the source, or let the mapping leave it out; where it is meant, release this one: `mpp agent release CONFIG ID`; a client of its own sends it with `confirmed`.";
    /// A text that says of the list in which it stands that it is not whole, such as "dan 12 syarat
    /// lainnya"; or a record of which other rows of the source seem to hold a part.
    Cut, "CUT", "It was applied. Give all of it at the source, or take the remark out.";
    /// One record whose text lists many services.
    Bundle, "BUNDLE", "It was applied. Split it at the source, or let the mapping yield a record for each, so that each is found.";
    /// A record that the source no longer has and the registry still holds.
    Gone, "GONE", "Where it is no longer offered, remove it with the command that the message names: for good, with all places where it is offered; else put it back into the source, also where it was handed over to it.";
    /// A key that the mapping reads and no record of the source has, or none of one of its files.
    KeyMissing, "KEY_MISSING", "Name it in the mapping as the source calls it now, or take it out of the mapping.";
    /// A wording of a fee or a time that is kept as it is written and not read.
    NotRead, "NOT_READ", "It is published as it is written, and no filter finds it. Where that is right, write it at the source in one of the forms that `mpp agent functions` lists; a length in months or years, a minimum alone and a time without a number have none, and stay as they are.";
    /// A text that names nothing, such as `-`, where a record can do without one; the record was
    /// taken without it.
    LeftOut, "LEFT_OUT", "Nothing has to be done; give the name at the source, or let the mapping leave it out.";
    /// A record that does not fit its mapping, or a mapping that fails on it.
    Mapping, "MAPPING", "Mend the mapping, or the record at the source; `mpp agent check` tries it without a registry.";
    /// A record to be deleted that never was.
    NotFound, "NOT_FOUND", "Nothing has to be done; mend the id where another was meant.";
    /// A record that is named and does not exist yet; what names it was taken.
    NotThereYet, "NOT_THERE_YET", "Nothing, where it will come; mend the name where another was meant.";
    /// The record was deleted, and its name is not used again.
    Tombstoned, "TOMBSTONED", "Give the record another `source_id`; a name that was withdrawn does not come back.";
    /// A unit that does not exist.
    UnitNotFound, "UNIT_NOT_FOUND", "Have the administrator create the unit, and the record is applied by itself; or name another.";
    /// A unit outside what the source may write.
    UnitNotOwned, "UNIT_NOT_OWNED", "Have this unit added to `also_writes`, and the record is applied by itself; or name a unit of the source's subtree.";
    /// A mall that does not exist, to be described or to hold a counter.
    MallNotFound, "MALL_NOT_FOUND", "Have the administrator create the mall, and the record is applied by itself; or name another.";
    /// A mall that the source's unit does not run.
    MallNotOwned, "MALL_NOT_OWNED", "Have the unit that runs it added to the source's `also_writes`, and the record is applied by itself; or name a mall that the source's unit, or one below it, runs.";
    /// A region that the table of regions does not have, or whose code does not hold yet.
    RegionNotFound, "REGION_NOT_FOUND", "Name another one, by its code; what a source has sent is applied by itself once the table has the region, or its code comes to hold.";
    /// A unit that would lie below itself as the others lie now, or that needs a new one which
    /// needs it in turn.
    Circle, "CIRCLE", "Name the unit that is truly above it, or before it, of this unit or of one of the circle; what a source has sent is applied by itself once the others lie otherwise.";
    /// A unit below which, or above which, there are too many levels as the others lie now.
    TooDeep, "TOO_DEEP", "Put it higher, or the ones above it; what a source has sent is applied by itself once there is room.";
    /// A field that others say, and that stands otherwise: a mall's region, organiser and stages,
    /// or that a unit is an agency.
    SetByOthers, "SET_BY_OTHERS", "Give what stands, or leave it out where that is allowed; or have it changed by those who say it, and the record is applied by itself.";
    /// A rule for a mall, counter or offering that scheduling does not know.
    TargetNotFound, "TARGET_NOT_FOUND", "Have it made in the registry, and the rule is applied by itself; or name another.";
    /// A rule for a mall or counter that the source's unit does not run.
    TargetNotOwned, "TARGET_NOT_OWNED", "Have the unit that runs it added to the source's `also_writes`, and the rule is applied by itself; name a mall that the source's unit, or one below it, runs, or a counter of its own; or let that unit's own source send it.";
    /// A rule for a mall, counter or offering that has as many rules of this source as it may.
    TargetFull, "TARGET_FULL", "The message says which: delete a rule of the source there that is not over, or let it end, before it in the same batch if you like; or delete the oldest of those that are over. It is taken when it is sent again.";
    /// A curator has set this field over the source's value, which is kept beside it.
    Overridden, "OVERRIDDEN", "Nothing has to be done; where the source has changed since, an administrator looks which value is right, and gives the field back with the command that the message names.";
    /// The record has moved to another unit; the one before is a tombstone that names it.
    Moved, "MOVED", "Nothing has to be done; have its offerings proposed anew.";
    /// The source publishes the same `source_id` under another unit as well.
    AlsoElsewhere, "ALSO_ELSEWHERE", "If it is the same record, delete the old one as moved, or say `unique_ids` in the hello.";
    /// Another client of the source sends this record in other words: each overwrites the other.
    OtherClient, "OTHER_CLIENT", "The last that writes wins; a record of the other's id under another unit is refused, and the other's stays. Leave the record to one of the two: take it out of the other's mapping or source, or end the other; where that one has ended for good, nothing has to be done, and the remark goes after its time (`client_days` of the service's settings).";
    /// More records of a source move to other units, or are filed anew with a unit that comes to
    /// another agency, than may at once without its client saying so.
    TooManyMoved, "TOO_MANY_MOVED", "Mend the mapping; where the moves are meant, run once with `--accept-moves` (`accept_moves` in the hello), or apply those that wait with `mpp quarantine redrive --accept-moves`.";
    /// A record that was undone with the session that had brought it, and comes with the same
    /// bytes.
    Undone, "UNDONE", "Mend it at the source: other bytes are taken as ever. Where it is right as it is, an officer of the unit or an administrator releases it: `mpp quarantine redrive SOURCE --record NAME`, or `--code UNDONE` for all.";
    /// A record of this name that another source, or a person, has published.
    OwnedByOtherSource, "OWNED_BY_OTHER_SOURCE", "Give the record another `source_id`, or have it handed over with the command that the message names, by an officer of its unit (and of its source's) or by an administrator.";
    /// A record that would have to wait, of a source of which as many wait already as may.
    QuarantineFull, "QUARANTINE_FULL", "Bring in what the others wait for (`mpp quarantine list` names it), or take them out of the source; it is taken or kept when it is sent again.";
    /// The registry failed on this record and has logged why; it held up no other.
    Internal, "INTERNAL", "Report it with the record; it is tried again when it is sent again.";
}

impl fmt::Display for FieldCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn texts_are_unique() {
        let texts: HashSet<_> = FieldCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), FieldCode::ALL.len());
    }
}
