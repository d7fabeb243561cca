//! One mall in a report: its row in the list of malls, and its details.

use mpp_api::{
    registry::mall::StageEntry,
    reporting::{CounterReport, MallDetail, MallReport, counter_report::Hours},
};
use mpp_calendar::{Zone, local_date};
use mpp_core::{Error, Result};

use super::{
    coverage,
    deviations::{CounterFindings, stands},
    facts::{DayRow, MallRow, StageFact},
    message::count,
    nation::{Nation, below},
    question::Question,
    report::NationView,
    stage::{MallThen, mall_then},
};

/// A mall as it is now.
///
/// # Errors
/// `NOT_FOUND`, and internal for a time outside the calendar.
pub fn mall_detail(nation: &Nation, name: &str, question: &Question) -> Result<MallDetail> {
    let view = NationView::new(nation, question)?;
    let not_found = || Error::not_found(name);
    let (name, row) = nation.malls.get_key_value(name).ok_or_else(not_found)?;
    let mall_then = mall_then(nation, name, row, &view.at).ok_or_else(not_found)?;
    let found = view.mall_findings(name);
    Ok(MallDetail {
        mall: Some(view.mall(&mall_then)),
        stages: stages(row),
        counters: view.counters(name),
        deviations: found.deviations,
        counters_with_findings: count(found.counters),
        counters_shown: count(found.shown),
        findings_left_out: i32::try_from(found.left_out).unwrap_or(i32::MAX),
    })
}

/// The stages that were not taken back, as the mall lists them.
fn stages(row: &MallRow) -> Vec<StageEntry> {
    let mut facts: Vec<_> = row.stages.iter().filter(|fact| fact.known.until.is_none()).collect();
    facts.sort_by_key(|fact| fact.place);
    let entry = |fact: &StageFact| StageEntry {
        stage: fact.stage,
        date: fact.date.clone(),
        evidence: fact.evidence.clone(),
    };
    facts.into_iter().map(entry).collect()
}

impl NationView<'_> {
    /// The row of a mall.
    pub fn mall(&self, mall_then: &MallThen<'_>) -> MallReport {
        let known = self.at.known;
        let counters: Vec<_> = below(&self.nation.counters, mall_then.name)
            .filter(|(_, row)| row.spans.iter().any(|span| span.holds(known)))
            .map(|(name, _)| name)
            .collect();
        let measured = counters.iter().filter_map(|name| self.deviation(name));
        let judged: Vec<_> = measured.filter(|row| !row.unknown).collect();
        let uniform = judged.iter().filter(|row| row.uniform).count();
        let offerings = below(&self.nation.offerings, mall_then.name)
            .filter(|(_, row)| row.spans.iter().any(|span| span.holds(known)))
            .count();
        let day = self.day(mall_then);
        let region = mall_then.region.unwrap_or(&mall_then.row.region);
        MallReport {
            mall: mall_then.name.to_owned(),
            display_name: Some((&mall_then.row.title).into()),
            region: region.to_owned(),
            stage: mall_then.stage_number(),
            stage_date: mall_then.stage.map_or_else(String::new, |fact| fact.date.clone()),
            counters: count(counters.len()),
            uniform_counters: count(uniform),
            deviating_counters: count(judged.len() - uniform),
            offerings: count(offerings),
            region_name: coverage::region_name(self.nation, region).to_owned(),
            province: coverage::province_of(self.nation, region).to_owned(),
            detail_revision: self.nation.mall_revision(mall_then.name),
            tickets_issued_today: day.issued,
            tickets_completed_today: day.completed,
            appointments_today: day.booked,
            operates: mall_then.operates(),
        }
    }

    /// Tickets of the day asked for, or of the mall's own today.
    fn day(&self, mall_then: &MallThen<'_>) -> DayRow {
        let zone = self.nation.regions.get(&mall_then.row.region).map_or("", |region| &region.zone);
        let today = local_date(self.question.now, Zone::from_iana(zone).unwrap_or(Zone::Wib));
        let date = match self.question.as_of {
            Some(day) => day.to_string(),
            None => today.map(|today| today.to_string()).unwrap_or_default(),
        };
        let row = self.nation.days.get(&format!("{date} {}", mall_then.name)).copied();
        row.filter(|row| self.was_known(row.known)).unwrap_or_default()
    }

    /// The counters that exist now.
    fn counters(&self, mall: &str) -> Vec<CounterReport> {
        below(&self.nation.counters, mall)
            .filter(|(name, _)| stands(self.nation, name, self.at.known))
            .map(|(name, row)| CounterReport {
                counter: name.clone(),
                display_name: Some((&row.title).into()),
                hours: self.hours(name) as i32,
            })
            .collect()
    }

    fn hours(&self, counter: &str) -> Hours {
        match self.deviation(counter) {
            None => Hours::Unspecified,
            Some(row) if row.unknown => Hours::Unspecified,
            Some(row) if row.uniform => Hours::Uniform,
            Some(_) => Hours::Deviating,
        }
    }

    /// The findings at the mall's counters.
    fn mall_findings(&self, mall: &str) -> CounterFindings {
        let found: Vec<_> = below(&self.nation.deviations, mall)
            .filter(|(counter, row)| {
                !row.findings.is_empty() && stands(self.nation, counter, self.at.known)
            })
            .collect();
        CounterFindings::first(self.nation, &found, usize::MAX)
    }
}
