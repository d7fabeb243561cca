//! What of a difference is this configuration's own, where others feed the same source.

use mpp_form::record::is_place;

use super::Difference;
use crate::model::{
    going::{NOT_SENT, NOT_TOLD, SENT_BY_OTHER, SHARED},
    own::{Senders, SentIds},
};

impl Difference {
    /// Tells what this configuration has sent from what others of its source have.
    pub fn of(self, own: Option<SentIds>) -> Self {
        Self { own, ..self }
    }

    /// Of an upload, which keeps no state that tells its own from others', the registry says it.
    pub fn uploads(self, is_upload: bool) -> Self {
        Self { upload: is_upload.then(Senders::default), ..self }
    }

    /// Takes over what the registry says about who has sent what; a state of one's own knows more.
    pub fn hear_senders(&mut self, senders: Senders) {
        if let Some(upload) = &mut self.upload {
            *upload = senders;
        }
    }

    /// Why a record that has left the source stays until it is named.
    pub fn why_named(&self) -> &'static str {
        if self.upload.is_some() { NOT_TOLD } else { SHARED }
    }

    /// Why a record is not this configuration's to take out.
    pub fn why_not_own(&self) -> &'static str {
        if self.upload.is_some() { SENT_BY_OTHER } else { NOT_SENT }
    }

    /// Whether this configuration may take a record out of the index: it has sent it.
    pub fn is_own(&self, id: &str) -> bool {
        self.own.as_ref().is_none_or(|own| own.sent.contains(id))
            && self.upload.as_ref().is_none_or(|told| !told.others.contains(id))
    }

    /// Whether a record that this configuration has sent is no longer in its source.
    pub fn has_left(&self, id: &str) -> bool {
        self.is_own(id) && !self.is_there(id)
    }

    /// Whether such a record may go without having been named: nobody else can be feeding it.
    pub fn may_go_unnamed(&self, id: &str) -> bool {
        self.has_left(id)
            && self.own.as_ref().is_none_or(|own| own.alone.contains(id))
            && self.upload.as_ref().is_none_or(|told| told.alone.contains(id))
    }

    /// What has gone, without what others of the source send. A place counts: it may have been
    /// handed over to this source.
    pub fn own_gone(&self) -> Vec<&str> {
        let mut gone = self.gone();
        gone.retain(|id| self.is_own(id) || (self.upload.is_none() && is_place(id)));
        gone
    }

    /// What is kept to be told: of an upload, whose state ends with it, only its own.
    pub fn gone_to_tell(&self) -> Vec<&str> {
        if self.upload.is_some() { self.own_gone() } else { self.gone() }
    }
}
