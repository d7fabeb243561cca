//! Scheduling's side of federation: hours rules, as sources send them. The engine is `mpp_sync`.
//!
//! A source is the registry's, and known by the copy of its feed; what its sessions have left here
//! is in the engine's tables, and summed up in a record of the source's name.

mod hours_rules;

use mpp_api::{
    Document as _,
    scheduling::HoursRule,
    sync::{Source, source},
};
use mpp_core::{Error, FieldViolation, Label, Labels, Micros, Reason, Result};
use mpp_form::hours_rule::Target;
use mpp_resource::memory::View as _;
use mpp_store::{Actor, Change, Op, Tx};
use mpp_sync::{Engine, Fates, KnownSource, Sight, Syncs, WaitingRecord, Writer, write};
use prost::Message as _;

use self::hours_rules::{HoursRules, asked};
use crate::{
    app::{Scheduling, sources::accounted},
    model::{date::today_in_the_west, room::is_over},
    store::{SCHEMA, own_name},
};

impl Syncs for Scheduling {
    const NAME: &'static str = SCHEMA.service;

    const SERVICE: source::Service = source::Service::Scheduling;

    type Doc = HoursRule;

    fn engine(&self) -> &Engine {
        &self.sync
    }

    fn own_name() -> Actor {
        own_name()
    }

    /// The source's unit and the units above it.
    async fn speakers(&self, _tx: &mut Tx, source: &str) -> Result<Vec<String>> {
        let state = self.memory.read();
        state.require_whole()?;
        let unit = &state.directory.source(source)?.unit;
        Ok(state.directory.lineage(unit).collect())
    }

    fn knows(&self, source: &str) -> bool {
        self.knows_source(source)
    }

    fn known_sources(&self) -> Vec<KnownSource> {
        let state = self.memory.read();
        let own = state.records.records();
        let known = state.directory.sources().map(|known| {
            let since = own.row::<Source>(&known.name).map_or(0, |row| row.stamp.create_time);
            let found = own.get::<Source>(&known.name).map(|found| found.doc);
            KnownSource { source: accounted(known, found), since }
        });
        known.collect()
    }

    async fn await_source(&self, source: &str) -> Result<()> {
        Self::await_source(self, source).await
    }

    async fn account(&self, tx: &mut Tx, source: &str) -> Result<Option<(Source, Labels)>> {
        let known = self.memory.read().directory.source(source).cloned();
        let known = match known {
            Err(error) if error.reason() == Reason::NotFound => return Ok(None),
            known => known?,
        };
        let own = tx.get::<Source>(source).await?.map(|found| found.doc);
        let labels = [(Label::Source, source.to_owned()), (Label::Unit, known.unit.clone())];
        Ok(Some((accounted(&known, own), Labels::from(labels))))
    }

    async fn write(
        &self,
        writer: Writer<'_>,
        tx: &mut Tx,
        records: &[WaitingRecord<HoursRule>],
    ) -> Result<Fates> {
        let rules = HoursRules::of(self, writer, tx, records).await?;
        let mut fates = Fates::with_capacity(records.len());
        write::write(&rules, tx, &asked(records), &mut fates).await?;
        Ok(fates)
    }

    /// A rule waits for its target.
    fn sight(&self, source: &str, awaited: &str) -> Sight {
        let Ok(target) = Target::parse(awaited, "target") else { return Sight::default() };
        let state = self.memory.read();
        let known = state.directory.source(source).ok();
        Sight {
            exists: state.directory.require(&target).is_ok(),
            may_write: known.is_some_and(|known| state.directory.may_write(known, &target)),
            is_foreign: false,
        }
    }

    /// A source may have only so many rules for one target.
    fn takes_room(_name: &str, doc: &[u8], at: Micros) -> Result<Option<(String, bool)>> {
        let rule = HoursRule::decode(doc).map_err(Error::internal)?;
        let is_over = is_over(&rule, today_in_the_west(at)?);
        Ok(Some((rule.target, is_over)))
    }

    /// A rule refers to nothing but its target, without which it waits.
    fn remarks(_rule: &HoursRule, _is_there: impl Fn(&str) -> bool) -> Vec<FieldViolation> {
        Vec::new()
    }

    /// A rule whose mall or counter has gone meanwhile stays gone.
    async fn filed(
        &self,
        _tx: &mut Tx,
        _last: &Change,
        then: &Change,
    ) -> Result<std::result::Result<Labels, String>> {
        if then.kind == HoursRule::KIND {
            let target = Target::parse(&then.decode::<HoursRule>()?.target, "target")?;
            if let Err(why) = self.memory.read().directory.require(&target) {
                return Ok(Err(why.message().to_owned()));
            }
        }
        Ok(Ok(then.labels.clone()))
    }

    /// A mall's rules are left alone once it is run by others. If the place itself has gone, they
    /// may go, too.
    fn may_undo(&self, source: &str, record: &Change) -> Result<bool> {
        if record.kind != HoursRule::KIND || record.op == Op::Deleted {
            return Ok(true);
        }
        let target = Target::parse(&record.decode::<HoursRule>()?.target, "target")?;
        let state = self.memory.read();
        let is_gone = state.directory.require(&target).is_err();
        Ok(is_gone || state.directory.may_write(state.directory.source(source)?, &target))
    }
}
