//! The demo's data in the wire's form.

use mpp_api::{registry, scheduling, sync, types};
use mpp_core::{Error, Result};

use super::data;

pub fn text(text: &data::Text) -> Option<types::LocalizedText> {
    Some(types::LocalizedText { id: text.id.clone(), en: text.en.clone() })
}

/// An enum's value by the name that the data use for it.
fn value<T>(parse: fn(&str) -> Option<T>, prefix: &str, name: &str) -> Result<T> {
    let unknown = || Error::internal(format!("the demo says '{name}' where {prefix}… is wanted"));
    parse(&format!("{prefix}{name}")).ok_or_else(unknown)
}

pub fn unit(unit: &data::Unit) -> Result<registry::Unit> {
    let kind = value(registry::unit::Kind::from_str_name, "KIND_", &unit.kind)?;
    let former = unit.names.iter().filter(|name| !name.to.is_empty()).map(|name| {
        registry::unit::DatedName {
            display_name: Some(types::LocalizedText {
                id: name.name.clone(),
                ..Default::default()
            }),
            valid_from: name.from.clone(),
            valid_to: name.to.clone(),
        }
    });
    Ok(registry::Unit {
        display_name: text(&unit.display_name),
        kind: kind.into(),
        parent: unit.parent.clone(),
        region: unit.region.clone(),
        valid_from: unit.valid_from.clone(),
        valid_to: unit.valid_to.clone(),
        predecessor: unit.predecessor.clone(),
        former_names: former.collect(),
        ..Default::default()
    })
}

pub fn source(source: &data::Source) -> sync::Source {
    sync::Source {
        display_name: text(&source.display_name),
        unit: source.unit.clone(),
        also_writes: source.also_writes.clone(),
        freshness_target_seconds: source.freshness_target_seconds,
        ..Default::default()
    }
}

pub fn mall(mall: &data::Mall) -> Result<registry::Mall> {
    let main = site(&mall.address, mall.location.latitude, mall.location.longitude);
    let further = mall.sites.iter().map(|s| site(&s.address, s.latitude, s.longitude));
    let stages = mall.stages.iter().map(|entry| {
        let stage = value(registry::mall::Stage::from_str_name, "STAGE_", &entry.stage)?;
        Ok(registry::mall::StageEntry {
            stage: stage.into(),
            date: entry.date.clone(),
            evidence: entry.evidence.clone(),
        })
    });
    Ok(registry::Mall {
        display_name: text(&mall.display_name),
        region: mall.region.clone(),
        organiser: mall.organiser.clone(),
        organiser_since: mall.organiser_since.clone(),
        sites: std::iter::once(main).chain(further).collect(),
        stages: stages.collect::<Result<_>>()?,
        ..Default::default()
    })
}

fn site(address: &str, latitude: f64, longitude: f64) -> registry::mall::Site {
    let location = Some(types::Location { latitude, longitude });
    registry::mall::Site { address: address.to_owned(), location }
}

pub fn counter(counter: &data::Counter) -> Result<registry::Counter> {
    let regime = value(registry::counter::Regime::from_str_name, "REGIME_", &counter.regime)?;
    Ok(registry::Counter {
        display_name: text(&counter.display_name),
        unit: counter.unit.clone(),
        agreement: Some(registry::counter::Agreement {
            number: counter.agreement.number.clone(),
            signed_date: counter.agreement.signed.clone(),
            expire_date: counter.agreement.expires.clone(),
        }),
        regime: regime.into(),
        ticket_prefix: counter.ticket_prefix.clone(),
        ..Default::default()
    })
}

pub fn window(window: &data::Window) -> registry::Window {
    registry::Window {
        display_name: text(&window.display_name),
        accessible: true,
        ..Default::default()
    }
}

pub fn offering(offering: &data::Offering) -> Result<registry::Offering> {
    let fees = offering.fees.iter().map(|fee| {
        Ok(types::Fee {
            label: fee.label.clone(),
            kind: value(types::fee::Kind::from_str_name, "KIND_", &fee.kind)?.into(),
            amount_rupiah: fee.amount_rupiah,
            max_rupiah: fee.max_rupiah,
            source_text: fee.source_text.clone(),
        })
    });
    Ok(registry::Offering {
        service: offering.service.clone(),
        fees: fees.collect::<Result<_>>()?,
        quota_per_day: offering.quota_per_day,
        slot_minutes: offering.slot_minutes,
        slot_capacity: offering.slot_capacity,
        ..Default::default()
    })
}

pub fn hours_rule(rule: &data::HoursRule) -> Result<scheduling::HoursRule> {
    use scheduling::hours_rule::{Closure, Season, Week};
    let season = value(Season::from_str_name, "SEASON_", &rule.season)?;
    let day = |name: &str| -> Vec<scheduling::Interval> {
        let hours =
            rule.weekly.as_ref().and_then(|week| week.get(name)).cloned().unwrap_or_default();
        hours.into_iter().map(|(open, close)| scheduling::Interval { open, close }).collect()
    };
    let weekly = rule.weekly.is_some().then(|| Week {
        mon: day("mon"),
        tue: day("tue"),
        wed: day("wed"),
        thu: day("thu"),
        fri: day("fri"),
        sat: day("sat"),
        sun: day("sun"),
    });
    let closure = rule.closure.as_ref().map(|closure| Closure {
        mandatory: closure.mandatory,
        reason: Some(types::LocalizedText { id: closure.reason.clone(), ..Default::default() }),
        referral: closure.referral.clone(),
    });
    Ok(scheduling::HoursRule {
        target: rule.target.clone(),
        season: season.into(),
        valid_from: rule.valid_from.clone().unwrap_or_default(),
        valid_to: rule.valid_to.clone().unwrap_or_default(),
        weekly,
        closure,
        works_national_holidays: rule.observes.as_ref().is_some_and(|observes| !observes.national),
        works_collective_leave: rule.observes.as_ref().is_some_and(|observes| !observes.collective),
        source: rule.source.clone(),
        ..Default::default()
    })
}
