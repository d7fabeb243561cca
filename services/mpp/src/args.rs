//! The command line: which commands there are. The arguments of each stand with the command.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{
    ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, error::ErrorKind,
    parser::ValueSource,
};

use crate::{
    client::ClientArgs,
    command::{
        accept::AcceptArgs,
        adopt::AdoptArgs,
        adoption::AdoptionArgs,
        agent::AgentCommand,
        apply::ApplyArgs,
        appointments::AppointmentsArgs,
        backup::BackupArgs,
        broken::BrokenArgs,
        compare_standard::CompareStandardArgs,
        conform::ConformCommand,
        delete::DeleteArgs,
        deviations::DeviationsArgs,
        divergences::DivergencesArgs,
        doctor::DoctorArgs,
        explain::ExplainArgs,
        export::ExportArgs,
        hand_back::HandBackArgs,
        history::HistoryArgs,
        hours::HoursArgs,
        link::LinkArgs,
        list::ListArgs,
        overrides::OverridesArgs,
        quarantine::QuarantineCommand,
        queue::QueueCommand,
        repair::RepairArgs,
        report::ReportArgs,
        restore::RestoreArgs,
        search::SearchArgs,
        slots::{BookArgs, CancelArgs, SlotsArgs},
        steps::StepsArgs,
        suggest::SuggestArgs,
        template::TemplateArgs,
        token::TokenArgs,
        undo::UndoArgs,
        upload::UploadArgs,
        watch::WatchArgs,
    },
    config::{MigrateArgs, ServeCommand},
    exit::Subject,
    service::Service,
    up::UpArgs,
};

/// The shared index of Indonesia's public service malls (Mal Pelayanan Publik).
#[derive(Parser)]
#[command(name = "mpp", version, about, after_help = EXIT_CODES)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub client: ClientArgs,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 command line, 3 not found, 4 not allowed, \
5 conflict or state, 6 unavailable, 7 invalid field, 8 source, 9 some records refused. A reader that \
has gone (| head) changes no code; output that a full disk does not take makes 0 a 1.";

#[derive(Subcommand)]
pub enum Command {
    /// Run everything in one process, on SQLite.
    Up(UpArgs),
    /// Run one service.
    Serve {
        #[command(subcommand)]
        service: ServeCommand,
    },
    /// Bring a service's database to this version's schema.
    Migrate {
        #[arg(value_enum)]
        service: Service,
        #[command(flatten)]
        migrate: MigrateArgs,
    },
    /// Sync a ministry's own catalog into the registry.
    Agent {
        #[command(subcommand)]
        command: AgentCommand,
    },
    /// Write a workbook that an office without a system of its own fills in.
    Template(TemplateArgs),
    /// Send a workbook that was filled in to the registry, as its source.
    Upload(UploadArgs),
    /// Find a service as a citizen would ask for it.
    Search(SearchArgs),
    /// Show one record by its name.
    Get { name: String },
    /// Show a record's versions, who made each and what it changed; or the record as it was.
    History(HistoryArgs),
    /// List records of a kind.
    List(ListArgs),
    /// Write the catalog as others read it: linked data (CPSV-AP, DCAT), CSV or a workbook.
    Export(ExportArgs),
    /// Create records, or update them to match files.
    Apply(ApplyArgs),
    /// Delete a service, a standard, a life event, an offering, an hours rule or a source.
    Delete(DeleteArgs),
    /// Give fields that were set over a source's record back to the source.
    HandBack(HandBackArgs),
    /// Show the fields that were set over sources' records, and which of them their sources have
    /// changed since.
    Overrides(OverridesArgs),
    /// Show which standards a service may be of, or which services a standard may have; or which
    /// services may satisfy its requirements.
    Suggest(SuggestArgs),
    /// Say that a service is of a standard, or that it is not; or that it satisfies a requirement.
    Link(LinkArgs),
    /// Show the way to a service, step by step, over those whose products it asks for; or the path
    /// through a life event.
    Steps(StepsArgs),
    /// Show the requirements that name a service and lead nowhere.
    Broken(BrokenArgs),
    /// Show where the services of a standard differ, in their sources' words.
    Divergences(DivergencesArgs),
    /// Show field by field where a service differs from its standard.
    CompareStandard(CompareStandardArgs),
    /// Take the text of its standard over into a service.
    Adopt(AdoptArgs),
    /// Say why a service differs from its standard, with the regulation that allows it.
    Explain(ExplainArgs),
    /// Show how many services follow their standards, by standard, region or body.
    Adoption(AdoptionArgs),
    /// Show what waits of synced catalogs and for what, or try it again.
    Quarantine {
        #[command(subcommand)]
        command: QuarantineCommand,
    },
    /// Undo what a sync session has written: each record goes back to what it was before.
    Undo(UndoArgs),
    /// Accept offerings, as the organiser of their mall.
    Accept(AcceptArgs),
    /// Follow a service's changes.
    Watch(WatchArgs),
    /// Show when a mall, counter or offering is open and why; `mpp apply` sets it by an hours rule.
    Hours(HoursArgs),
    /// Show which counters' hours deviate, and from which yardstick.
    Deviations(DeviationsArgs),
    /// Show the slots of an offering.
    Slots(SlotsArgs),
    /// List what is booked at a mall or a counter, and what of it cannot be kept.
    Appointments(AppointmentsArgs),
    /// Book a slot.
    Book(BookArgs),
    /// Cancel an appointment.
    Cancel(CancelArgs),
    /// Work a counter's queue.
    Queue {
        #[command(subcommand)]
        command: QueueCommand,
    },
    /// Show the national report.
    Report(ReportArgs),
    /// Make a token for a role.
    Token(TokenArgs),
    /// Print the services' settings with their reasons, as a file for --policy.
    Policy {
        /// A settings file to check; only what it sets is printed.
        file: Option<PathBuf>,
    },
    /// Check that every service can be reached and is ready, and that all copies hold what they
    /// should.
    Doctor(DoctorArgs),
    /// Mend a copy that the doctor has found wrong.
    Repair(RepairArgs),
    /// Check a server, or a client, of a protocol against the contract.
    Conform {
        #[command(subcommand)]
        command: ConformCommand,
    },
    /// Copy what `mpp up` keeps, while it goes on.
    Backup(BackupArgs),
    /// Make a data folder for `mpp up` of a backup.
    Restore(RestoreArgs),
    /// Print the contract as an OpenAPI document: the addresses for JSON over HTTP.
    Openapi,
    /// Print a completion script for a shell.
    Completions { shell: clap_complete::Shell },
}

impl Args {
    /// Reads the words of a command line, the program's own first, and the environment.
    ///
    /// # Errors
    /// They are no command of ours, or ask for help.
    pub fn read<W>(words: impl IntoIterator<Item = W>) -> Result<Self, clap::Error>
    where
        W: Into<OsString> + Clone,
    {
        let mut command = Self::command();
        let matches = command.try_get_matches_from_mut(words)?;
        let mut args =
            Self::from_arg_matches(&matches).map_err(|told| told.format(&mut command))?;
        args.client
            .settle_caller(&matches)
            .map_err(|text| command.error(ErrorKind::ArgumentConflict, text))?;
        Ok(args)
    }
}

impl ClientArgs {
    /// A flag says who calls, whatever the environment says of it. The parser's own conflicts
    /// would refuse a variable, too.
    fn settle_caller(&mut self, matches: &ArgMatches) -> Result<(), &'static str> {
        let is_flag = |id| matches.value_source(id) == Some(ValueSource::CommandLine);
        match (is_flag("as"), is_flag("token_file")) {
            (true, true) => {
                return Err("--as and --token-file both say who calls; give one of them");
            }
            (true, false) => self.token_file = None,
            (false, _) => {}
        }
        Ok(())
    }
}

impl Command {
    /// The agent's file that it works on.
    pub fn agents_file(&self) -> Option<&Path> {
        match self {
            Self::Agent { command } => command.config(),
            _ => None,
        }
    }

    /// What it is about.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Upload(_) => Subject::Workbook,
            Self::Quarantine { .. } => Subject::Quarantine,
            Self::Cancel(_) => Subject::Appointment,
            _ => Subject::Any,
        }
    }

    /// The counter that it is about.
    pub fn counter(&self) -> Option<String> {
        let within = match self {
            Self::Queue { command } => command.place(),
            Self::Slots(args) => &args.offering,
            Self::Book(args) => &args.slot,
            _ => return None,
        };
        let parts: Vec<&str> = within.split('/').take(4).collect();
        matches!(parts[..], ["malls", _, "counters", _]).then(|| parts.join("/"))
    }

    /// The offering that it is about.
    pub fn offering(&self) -> Option<String> {
        let within = match self {
            Self::Slots(args) => &args.offering,
            Self::Book(args) => &args.slot,
            _ => return None,
        };
        let parts: Vec<&str> = within.split('/').take(6).collect();
        matches!(parts[..], ["malls", _, "counters", _, "offerings", _]).then(|| parts.join("/"))
    }

    /// True for commands that change nothing: their output is all that they do.
    pub fn only_shows(&self) -> bool {
        matches!(
            self,
            Command::Search(_)
                | Command::Get { .. }
                | Command::History(_)
                | Command::List(_)
                | Command::Watch(_)
                | Command::Hours(_)
                | Command::Deviations(_)
                | Command::Suggest(_)
                | Command::Steps(_)
                | Command::Broken(_)
                | Command::Overrides(_)
                | Command::Export(_)
                | Command::Divergences(_)
                | Command::CompareStandard(_)
                | Command::Adoption(_)
                | Command::Slots(_)
                | Command::Appointments(_)
                | Command::Report(_)
                | Command::Policy { .. }
                | Command::Doctor(_)
                | Command::Quarantine { command: QuarantineCommand::List(_) }
                | Command::Agent { command: AgentCommand::Preview(_) }
                | Command::Openapi
                | Command::Completions { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_calls_is_said_by_one_flag_wherever_it_stands() {
        let words = |line: &'static str| line.split(' ');
        for line in [
            "mpp --as reader --token-file a.jwt report",
            "mpp --as reader report --token-file a.jwt",
            "mpp report --as reader --token-file a.jwt",
        ] {
            let refused = Args::read(words(line)).err().expect(line);
            assert_eq!(refused.kind(), ErrorKind::ArgumentConflict, "{line}");
            assert!(refused.to_string().contains("give one of them"), "{refused}");
        }
        let args = Args::read(words("mpp report --as reader")).expect("a command");
        assert_eq!(args.client.role.as_deref(), Some("reader"));
        assert_eq!(args.client.token_file, None);
        // The roles of a new token say nothing about its asker.
        let token = "mpp token --role reader --token-file a.jwt";
        let args = Args::read(words(token)).expect("a command");
        assert_eq!(args.client.role, None);
    }
}
