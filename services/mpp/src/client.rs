//! The services' addresses and the caller's token: from flags, else from the context that `mpp up`
//! wrote.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use clap::Args as ClapArgs;
use mpp_client::{
    Channel, ClientTls, Endpoint, TokenSource,
    file::{Readers, write_file},
};
use mpp_core::{Error, FieldCode, Reason, Result};
use serde::{Deserialize, Serialize};

use crate::{output::Output, service::Service};

/// The services' addresses, and the caller's token. `mpp up` writes a file that holds both.
#[derive(ClapArgs, Clone, Default)]
pub struct ClientArgs {
    /// The context file that `mpp up` wrote; else ./mpp-data/context.json, else the one in
    /// ~/.local/state/mpp, where the first `mpp up` leaves it, too. `mpp doctor` says which is
    /// used.
    #[arg(long, global = true, env = "MPP_CONTEXT", value_name = "FILE")]
    pub context: Option<PathBuf>,
    /// Call as this role of the context (administrator, reader, organiser, …), whatever
    /// MPP_TOKEN_FILE says. Those that hold some records only hold the demo's; for others see
    /// `mpp token`.
    #[arg(id = "as", long = "as", global = true, env = "MPP_AS", value_name = "ROLE")]
    pub role: Option<String>,
    /// Call with the token in this file, not together with --as. Of MPP_TOKEN_FILE and MPP_AS the
    /// token holds.
    #[arg(long, global = true, env = "MPP_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// The registry's address.
    #[arg(long, global = true, env = "MPP_REGISTRY_ADDRESS", value_name = "URL")]
    pub registry: Option<String>,
    /// Scheduling's address.
    #[arg(long, global = true, env = "MPP_SCHEDULING_ADDRESS", value_name = "URL")]
    pub scheduling: Option<String>,
    /// Reporting's address.
    #[arg(long, global = true, env = "MPP_REPORTING_ADDRESS", value_name = "URL")]
    pub reporting: Option<String>,
    /// Trust the certificates of this authority (PEM).
    #[arg(long, global = true, env = "MPP_TLS_CA", value_name = "FILE")]
    pub tls_ca: Option<PathBuf>,
    /// How answers are printed.
    #[arg(long, short, global = true, env = "MPP_OUTPUT", value_enum, default_value_t)]
    pub output: Output,
}

/// The file that `mpp up` leaves for the client commands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Context {
    pub registry: String,
    pub scheduling: String,
    pub reporting: String,
    /// Health ports, for `mpp doctor`.
    pub health: BTreeMap<String, String>,
    /// The address of the web pages.
    pub page: String,
    /// Token files by role.
    pub tokens: BTreeMap<String, PathBuf>,
    /// The key that `mpp token` signs with.
    pub signing_key: PathBuf,
}

impl Context {
    /// Writes the context into the data folder, and also where commands from elsewhere find it,
    /// unless that place holds another context that may still be of use: of another `mpp up`, or of
    /// a ministry's real services.
    pub fn save(&self, data: &Path) -> Result<()> {
        self.write(&data.join("context.json"))?;
        // The second place is a convenience: a home that cannot be written is no failure.
        if let Some(place) = everywhere().filter(|place| self.may_replace(place))
            && let Some(folder) = place.parent()
            && fs::create_dir_all(folder).is_ok()
        {
            let _ = self.write(&place);
        }
        Ok(())
    }

    /// In the place of the one before: a reader sees that or this one whole.
    fn write(&self, place: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(Error::internal)?;
        write_file(place, text.as_bytes(), Readers::Owner)
    }

    /// True if nothing is there, or a context of the same folder or of one that is gone.
    fn may_replace(&self, place: &Path) -> bool {
        if fs::symlink_metadata(place).is_err() {
            return true;
        }
        // A file that cannot be read may still be of use to somebody.
        Self::read(place).is_ok_and(|there| there.is_same(self) || there.has_no_files())
    }

    /// True if both belong to one data folder.
    pub fn is_same(&self, other: &Self) -> bool {
        self.signing_key == other.signing_key
    }

    fn has_no_files(&self) -> bool {
        !self.signing_key.exists() && !self.tokens.values().any(|token| token.exists())
    }

    /// The file that commands without --context use here, with its contents; `None` if there is
    /// none that can be read.
    pub fn current() -> Option<(PathBuf, Self)> {
        let path = candidates().find(|path| path.is_file())?;
        let context = Self::read(&path).ok()?;
        Some((path, context))
    }

    fn load(args: &ClientArgs) -> Result<Option<(PathBuf, Self)>> {
        let path = match &args.context {
            Some(named) if !named.is_file() => return Err(unreadable(named, "no such file")),
            Some(named) => Some(named.clone()),
            None => candidates().find(|path| path.is_file()),
        };
        let Some(path) = path else { return Ok(None) };
        let context = Self::read(&path)?;
        Ok(Some((path, context)))
    }

    fn read(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).map_err(|error| unreadable(path, &error.to_string()))?;
        serde_json::from_str(&text).map_err(|error| unreadable(path, &error.to_string()))
    }
}

/// The files in which a context is looked for if no flag names one, one after the other.
fn candidates() -> impl Iterator<Item = PathBuf> {
    let here = env::var_os("MPP_DATA").map_or_else(|| "mpp-data".into(), PathBuf::from);
    std::iter::once(here.join("context.json")).chain(everywhere())
}

/// The file in which commands from any folder of this user find a context.
fn everywhere() -> Option<PathBuf> {
    let state = env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state")))?;
    Some(state.join("mpp/context.json"))
}

fn unreadable(path: &Path, why: &str) -> Error {
    let text = format!(
        "{} cannot be used: {why}; name the file that `mpp up` wrote with --context or MPP_CONTEXT, by \
         its whole path where commands run in other folders",
        path.display()
    );
    Error::field("context", FieldCode::Unreadable, text)
}

fn no_context(role: &str) -> Error {
    let text = format!(
        "there is no context that could have a token of '{role}'; name its file with --context, or a \
         token with --token-file"
    );
    Error::field("as", FieldCode::UnknownValue, text)
}

/// A way to each service, as the flags and the context say.
pub struct Client {
    args: ClientArgs,
    context: Option<Context>,
    /// The file that the context was read from.
    file: Option<PathBuf>,
    /// Channels in use; each is one connection, whatever the number of calls.
    channels: Mutex<Vec<(Service, Channel)>>,
}

impl Client {
    /// Finds the context.
    ///
    /// # Errors
    /// The named context cannot be read.
    pub fn new(args: &ClientArgs) -> Result<Self> {
        let (file, context) = Context::load(args)?.unzip();
        Ok(Self { args: args.clone(), context, file, channels: Mutex::default() })
    }

    /// A client of a running `mpp up`, as its administrator.
    pub fn of(context: &Context) -> Self {
        let context = Some(context.clone());
        Self { args: ClientArgs::default(), context, file: None, channels: Mutex::default() }
    }

    /// The context, for commands that need its signing key.
    pub fn context(&self) -> Option<&Context> {
        self.context.as_ref()
    }

    /// The file that the context was read from, if it is used: not when flags give everything that
    /// it could.
    pub fn context_file(&self) -> Option<&Path> {
        let is_told = Service::ALL.iter().all(|service| self.named(*service).is_some())
            && self.args.token_file.is_some();
        self.file.as_deref().filter(|_| !is_told)
    }

    /// The addresses that are called, and how they were found.
    pub fn addresses_text(&self) -> String {
        let address = |service: &Service| {
            let address = self.endpoint(*service).ok()?.address;
            Some(format!("{} at {address}", service.name()))
        };
        let all: Vec<String> = Service::ALL.iter().filter_map(address).collect();
        let by = match self.context_file() {
            Some(file) => format!("by the context {}", file.display()),
            None => "by flags and variables; there is no context".to_owned(),
        };
        let way = "name another with --context or MPP_CONTEXT, or an address with --registry";
        if all.is_empty() { String::new() } else { format!("{}, {by}; {way}", all.join(", ")) }
    }

    /// The health port of a service of the context; `None` for a service that a flag names, which
    /// may be anywhere.
    pub fn health(&self, service: Service) -> Option<&str> {
        if self.named(service).is_some() {
            return None;
        }
        self.context.as_ref()?.health.get(service.name()).map(String::as_str)
    }

    /// The address of a service that a flag names.
    fn named(&self, service: Service) -> Option<&String> {
        match service {
            Service::Registry => self.args.registry.as_ref(),
            Service::Scheduling => self.args.scheduling.as_ref(),
            Service::Reporting => self.args.reporting.as_ref(),
        }
    }

    /// The service's endpoint with the caller's token.
    ///
    /// # Errors
    /// Nothing says where the service is, or who is calling.
    pub fn endpoint(&self, service: Service) -> Result<Endpoint> {
        let known = self.context.as_ref().map(|context| match service {
            Service::Registry => &context.registry,
            Service::Scheduling => &context.scheduling,
            Service::Reporting => &context.reporting,
        });
        let address = self.named(service).or(known).cloned().ok_or_else(|| {
            Error::new(
                Reason::Unavailable,
                format!(
                    "no address of {0} is known; start `mpp up`, or give --{0} http://HOST:PORT",
                    service.name()
                ),
            )
        })?;
        let tls = self.args.tls_ca.clone().map(|ca| ClientTls { ca, ..ClientTls::default() });
        Ok(Endpoint { address, token: self.token()?, tls })
    }

    /// A channel to the service, with the caller's token. It connects with the first call.
    ///
    /// # Errors
    /// The same as [`Client::endpoint`].
    pub fn channel(&self, service: Service) -> Result<Channel> {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, channel)) = channels.iter().find(|(known, _)| *known == service) {
            return Ok(channel.clone());
        }
        let channel = mpp_client::connect(&self.endpoint(service)?)?;
        channels.push((service, channel.clone()));
        Ok(channel)
    }

    fn token(&self) -> Result<Option<TokenSource>> {
        if let Some(file) = &self.args.token_file {
            return Ok(Some(TokenSource::File(file.clone())));
        }
        let Some(context) = &self.context else {
            return self.args.role.as_deref().map_or(Ok(None), |role| Err(no_context(role)));
        };
        let role = self.args.role.as_deref().unwrap_or("administrator");
        let file = context.tokens.get(role).ok_or_else(|| {
            let known: Vec<_> = context.tokens.keys().map(String::as_str).collect();
            Error::field(
                "as",
                FieldCode::UnknownValue,
                format!(
                    "the context has no token for '{role}'; it has {}; `mpp token --role` makes another",
                    known.join(", ")
                ),
            )
        })?;
        Ok(Some(TokenSource::File(file.clone())))
    }
}

#[cfg(test)]
mod tests;
