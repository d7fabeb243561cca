//! Writing hours rules.

use mpp_api::{
    scheduling::{
        CreateHoursRuleRequest, CreateHoursRuleResponse, DeleteHoursRuleRequest,
        DeleteHoursRuleResponse, HoursRule, UpdateHoursRuleRequest, UpdateHoursRuleResponse,
    },
    types::{Tombstone, tombstone},
};
use mpp_core::{Error, Reason, Result, check_id};
use mpp_rpc::mask;
use mpp_store::{Expect, Label, Labels, RequestKey, Tx};

use super::{Call, hours::Hours};
use crate::{
    app::{Answer, actor},
    model::{
        rule,
        target::{NATIONAL, Target},
    },
    records::shown,
};

impl Hours {
    pub(super) async fn create(
        &self,
        call: &Call,
        request: CreateHoursRuleRequest,
    ) -> Result<CreateHoursRuleResponse> {
        let key = optional_key(call, "CreateHoursRule", &request.request_id, &request)?;
        check_id(&request.hours_rule_id, "hours_rule_id")?;
        let mut doc = request.hours_rule.ok_or_else(missing_rule)?;
        clear(&mut doc, &format!("hoursRules/{}", request.hours_rule_id));
        let checked = rule::check(&request.hours_rule_id, &doc);
        let (target, _) = checked.map_err(|error| error.within("hours_rule"))?;
        self.authorize(call, &target)?;
        self.check_room(&target)?;
        let work = async {
            let mut tx = self.0.db.begin(&actor(&call.caller)).await?;
            tx.put(&doc.name, &doc, labels(&target), Expect::New).await?;
            let answer = CreateHoursRuleResponse {
                hours_rule: tx.get(&doc.name).await?.map(shown),
                revision: 0,
            };
            self.finish(call, tx, key.as_ref(), answer, true, request.validate_only).await
        };
        self.once(key.as_ref(), work).await
    }

    pub(super) async fn update(
        &self,
        call: &Call,
        request: UpdateHoursRuleRequest,
    ) -> Result<UpdateHoursRuleResponse> {
        let key = optional_key(call, "UpdateHoursRule", &request.request_id, &request)?;
        let given = request.hours_rule.ok_or_else(missing_rule)?;
        let id = rule::id_of(&given.name, "hours_rule.name")?;
        let mask = request.update_mask.unwrap_or_default();
        let mut paths = mask::check_paths(&mask, rule::UPDATABLE, "update_mask")?;
        if paths.is_empty() {
            paths = rule::set_fields(&given);
        }
        let work = async {
            let mut tx = self.0.db.begin(&actor(&call.caller)).await?;
            let stored = tx.get::<HoursRule>(&given.name).await?;
            let mut doc = stored.ok_or_else(|| Error::not_found(&given.name))?.doc;
            rule::update(&mut doc, &given, &paths);
            let checked = rule::check(id, &doc);
            let (target, _) = checked.map_err(|error| error.within("hours_rule"))?;
            self.authorize(call, &target)?;
            let expect = Expect::Etag(&given.etag);
            let put = tx.put(&given.name, &doc, labels(&target), expect).await?;
            let answer = UpdateHoursRuleResponse {
                hours_rule: tx.get(&given.name).await?.map(shown),
                revision: 0,
            };
            self.finish(call, tx, key.as_ref(), answer, put.changed, request.validate_only).await
        };
        self.once(key.as_ref(), work).await
    }

    pub(super) async fn delete(
        &self,
        call: &Call,
        request: DeleteHoursRuleRequest,
    ) -> Result<DeleteHoursRuleResponse> {
        let key = optional_key(call, "DeleteHoursRule", &request.request_id, &request)?;
        rule::id_of(&request.name, "name")?;
        let work = async {
            let mut tx = self.0.db.begin(&actor(&call.caller)).await?;
            let stored = tx.get::<HoursRule>(&request.name).await?;
            let stored = stored.ok_or_else(|| Error::not_found(&request.name))?;
            self.authorize(call, &Target::parse(&stored.doc.target, "target")?)?;
            let withdrawn =
                Tombstone { reason: tombstone::Reason::Withdrawn.into(), successor: String::new() };
            let expect = Expect::Etag(&request.etag);
            tx.delete::<HoursRule>(&request.name, &withdrawn, expect).await?;
            let answer = DeleteHoursRuleResponse { revision: 0 };
            self.finish(call, tx, key.as_ref(), answer, true, false).await
        };
        self.once(key.as_ref(), work).await
    }

    async fn once<A: Answer>(
        &self,
        key: Option<&RequestKey>,
        work: impl Future<Output = Result<A>>,
    ) -> Result<A> {
        match key {
            Some(key) => self.0.once(key, work).await,
            None => work.await,
        }
    }

    /// Commits, unless the request only wanted to know; then waits until reads see the write.
    async fn finish<A: Answer>(
        &self,
        call: &Call,
        mut tx: Tx,
        key: Option<&RequestKey>,
        mut answer: A,
        changed: bool,
        validate_only: bool,
    ) -> Result<A> {
        if validate_only {
            tx.rollback().await?;
            return Ok(answer);
        }
        if let Some(key) = key {
            tx.remember(key, &answer).await?;
        }
        let revision = tx.commit().await?;
        if changed {
            self.0.seen(revision, call.time_left).await?;
        }
        answer.set_revision(revision);
        Ok(answer)
    }

    /// The target exists, and the caller may set its hours: as its own, as its mall's organiser,
    /// or as the administrator.
    fn authorize(&self, call: &Call, target: &Target) -> Result<()> {
        let state = self.0.memory.read();
        let mall = target.mall().and_then(|mall| state.directory.mall(mall).ok());
        let mut names = vec![target.name()];
        names.extend(mall.map(|mall| mall.organiser.as_str()));
        call.grant.check(&names)?;
        if target.name() == NATIONAL {
            return Ok(());
        }
        state.place(target).map(drop).map_err(|error| match error.reason() {
            Reason::NotFound => {
                let text = format!("hours_rule.target: {}", error.message());
                Error::new(Reason::ReferenceInvalid, text)
            }
            _ => error,
        })
    }

    fn check_room(&self, target: &Target) -> Result<()> {
        let count = self.0.memory.read().records.rule_count(target.name());
        if count < rule::MAX_PER_TARGET {
            return Ok(());
        }
        let hint = format!("{} has {count} rules; delete those that are over", target.name());
        Err(Error::new(Reason::LimitReached, hint))
    }
}

fn missing_rule() -> Error {
    Error::field("hours_rule", "REQUIRED", "is required")
}

fn optional_key(
    call: &Call,
    method: &'static str,
    request_id: &str,
    request: &impl prost::Message,
) -> Result<Option<RequestKey>> {
    if request_id.is_empty() {
        return Ok(None);
    }
    call.key(method, request_id, request).map(Some)
}

/// What is stored: what the store itself knows is left out.
fn clear(doc: &mut HoursRule, name: &str) {
    name.clone_into(&mut doc.name);
    doc.etag.clear();
    doc.create_time = None;
    doc.update_time = None;
}

fn labels(target: &Target) -> Labels {
    let pairs = [(Label::Target, Some(target.name())), (Label::Mall, target.mall())];
    let set = pairs.into_iter().filter_map(|(key, value)| Some((key, value?.to_owned())));
    set.collect()
}
