//! The numbers that an operator may question.

use std::time::Duration;

use mpp_rpc::HttpLimits;

mpp_core::policy! {
    /// How the pages treat their listeners and their services.
    pub struct Policy {
        /// Browsers that may listen to one replica at a time; each holds a connection. Others see
        /// the page without its being kept current. Fewer than `connections`. Chosen, not measured.
        listeners: usize = 1_000 in 1..=100_000,
        /// Connections to one replica, of which each listener has one; more wait in the kernel.
        /// Fewer make visitors wait, each takes memory and a socket. Chosen, not measured.
        connections: usize = 4_096 in 1..=1_000_000,
        /// Connections from one address, or one network of IPv6; more are closed at once. A proxy
        /// is one address, too.
        connections_per_address: usize = 2_048 in 1..=1_000_000,
        /// Seconds that a request's head may take, and a connection between two requests. Shorter
        /// cuts slow networks, longer lets idle connections hold a place. Chosen, not measured.
        head_seconds: u64 = 20 in 1..=600,
        /// Pages that may be drawn at a time; each asks the services, whose answers every visitor
        /// shares. One that somebody looks at is drawn already and takes no place. Fewer turn
        /// visitors away in a busy hour, more ask the services all at once. Chosen, not measured.
        pages: usize = 512 in 1..=100_000,
        /// One address may have one part in so many of either: the browsers of an office, or of all
        /// who come through one of several proxies, share an address.
        address_part: usize = 4 in 1..=1_000,
        /// The least time between two messages of one section: nobody reads faster than once a
        /// second.
        pace_millis: u64 = 1_000 in 10..=60_000,
        /// How often the queues of a mall are asked for while somebody looks at it. Each look costs
        /// scheduling one call a counter, and a hall shows a call after this time at the latest.
        queues_every_millis: u64 = 2_000 in 10..=60_000,
        /// How often a mall's records and hours are read again while somebody looks at it: they
        /// change a few times a month.
        records_every_millis: u64 = 30_000 in 10..=3_600_000,
        /// How long a call stays large in a hall before the next one takes its place: as long as it
        /// takes to look up and read it from 8 m.
        call_stays_seconds: u64 = 8 in 1..=60,
        /// How often a page that somebody looks at is drawn again where nothing changes: the time
        /// on it moves on. Shorter draws more for the same page, longer shows a time that is late.
        /// Chosen, not measured.
        redraw_seconds: u64 = 20 in 1..=600,
        /// The longest silence of a page's stream: a browser, or a proxy in between, that hears
        /// nothing gives up, and only a message shows who has gone.
        heartbeat_seconds: u64 = 15 in 1..=300,
        /// Rows of a table on a page of its own. Fewer make visitors turn pages, more make each
        /// page longer. Chosen, not measured.
        table_rows: usize = 50 in 1..=1_000,
        /// Visitors who may be signed in to upload at a time; each may have a file waiting.
        /// Together they hold so many times `upload_bytes` on the disk: 256 MiB. Chosen, not
        /// measured.
        upload_sessions: usize = 64 in 1..=10_000,
        /// Seconds for which a visitor is signed in to upload; what waits goes with it. Shorter
        /// signs out visitors who are still reading the faults, longer keeps a token and a file for
        /// longer. Chosen, not measured.
        upload_session_seconds: u64 = 900 in 60..=86_400,
        /// Workbooks that are read or sent at a time. Others are told to come again. Together they
        /// hold so many times `upload_unpacked_bytes` in memory: 128 MiB. Chosen, not measured.
        uploads: usize = 4 in 1..=1_000,
        /// Bytes of a workbook that is uploaded. Fewer refuse large catalogs, more let visitors
        /// fill the disk. Chosen, not measured.
        upload_bytes: u64 = 4_194_304 in 65_536..=134_217_728,
        /// Bytes of such a workbook once it is unpacked. A small file can be packed to hold
        /// gigabytes: what is larger is refused. Chosen, not measured.
        upload_unpacked_bytes: u64 = 33_554_432 in 65_536..=1_073_741_824,
        /// Seconds for which an upload goes on trying where the registry is away. Its visitor
        /// watches a page load meanwhile, so less than an agent's minute. Chosen, not measured.
        upload_patience_seconds: u64 = 15 in 0..=600,
        /// Seconds that a workbook may take to come in. Shorter cuts slow lines off, longer lets a
        /// visitor who sends nothing hold one of the `uploads`. Chosen, not measured.
        upload_comes_seconds: u64 = 60 in 1..=3_600,
        /// Seconds that a form without a file may take to come in: it has 64 KiB at most. Shorter
        /// cuts slow lines off, longer lets a visitor who sends nothing hold a connection. Chosen,
        /// not measured.
        upload_form_seconds: u64 = 10 in 1..=600,
        /// Seconds that the registry has to say whether a visitor's token may publish a source.
        /// Shorter turns visitors away in a busy hour, longer makes them watch a page load. Chosen,
        /// not measured.
        upload_sign_in_seconds: u64 = 10 in 1..=600,
        /// Seconds for which a file of the catalog (`/data`) is given out before it is written anew
        /// for whoever asks next. Shorter asks the registry for all of its records more often,
        /// longer gives out older ones. Chosen, not measured.
        data_seconds: u64 = 300 in 0..=86_400,
        /// Bytes of one such file. What is larger is not given out; more can fill the disk: there
        /// are eight files, and one that is replaced stays until its last reader has it. Chosen,
        /// not measured.
        data_bytes: u64 = 2_147_483_648 in 65_536..=1_099_511_627_776,
        /// Seconds that writing one may take. Shorter gives up on a slow registry, longer lets who
        /// asked wait. Chosen, not measured.
        data_writing_seconds: u64 = 600 in 1..=7_200,
        /// Such files that may be on their way at a time. Fewer turn away who comes while others
        /// read, each holds a connection. Chosen, not measured.
        downloads: usize = 64 in 1..=100_000,
        /// Seconds that one may be on its way. Shorter cuts slow lines off, longer lets who reads
        /// nothing hold a place. Chosen, not measured.
        download_seconds: u64 = 1_800 in 1..=86_400,
        /// How long a page waits for a service; what has not come by then is said to be missing.
        /// Shorter leaves out parts of a slow service, longer leaves visitors looking at nothing.
        /// Chosen, not measured.
        patience_millis: u64 = 3_000 in 100..=60_000,
    }
}

impl Policy {
    /// The bounds of the pages' port.
    pub fn limits(&self) -> HttpLimits {
        HttpLimits {
            connections: self.connections,
            connections_per_address: self.connections_per_address,
            head: Duration::from_secs(self.head_seconds),
        }
    }

    /// The least time between two messages of one section.
    pub fn pace(&self) -> Duration {
        Duration::from_millis(self.pace_millis)
    }

    /// The time between two looks at a mall's queues.
    pub fn queues_every(&self) -> Duration {
        Duration::from_millis(self.queues_every_millis)
    }

    /// The time between two looks at a mall's records.
    pub fn records_every(&self) -> Duration {
        Duration::from_millis(self.records_every_millis)
    }

    /// How long a call stays large in a hall.
    pub fn call_stays(&self) -> Duration {
        Duration::from_secs(self.call_stays_seconds)
    }

    /// The time between two drawings of a page where nothing changes.
    pub fn redraw(&self) -> Duration {
        Duration::from_secs(self.redraw_seconds)
    }

    /// The longest silence of a page's stream.
    pub fn heartbeat(&self) -> Duration {
        Duration::from_secs(self.heartbeat_seconds)
    }

    /// For how long a visitor is signed in to upload.
    pub fn upload_session(&self) -> Duration {
        Duration::from_secs(self.upload_session_seconds)
    }

    /// How long a workbook may take to come in.
    pub fn upload_comes(&self) -> Duration {
        Duration::from_secs(self.upload_comes_seconds)
    }

    /// How long a form without a file may take to come in.
    pub fn upload_form(&self) -> Duration {
        Duration::from_secs(self.upload_form_seconds)
    }

    /// How long the registry may take to say whether a visitor may publish a source.
    pub fn upload_sign_in(&self) -> Duration {
        Duration::from_secs(self.upload_sign_in_seconds)
    }

    /// How long a file of the catalog is given out.
    pub fn data_lasts(&self) -> Duration {
        Duration::from_secs(self.data_seconds)
    }

    /// How long writing one may take.
    pub fn data_writing(&self) -> Duration {
        Duration::from_secs(self.data_writing_seconds)
    }

    /// How long one may be on its way.
    pub fn download(&self) -> Duration {
        Duration::from_secs(self.download_seconds)
    }

    /// How long a page waits for a service.
    pub fn patience(&self) -> Duration {
        Duration::from_millis(self.patience_millis)
    }
}
