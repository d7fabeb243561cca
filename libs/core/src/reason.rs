//! The stable reasons for which a request fails, which a program may match on: each with its
//! meaning, its way out and its Indonesian message.

/// The canonical codes of gRPC that the suite uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The request is wrong whatever the state.
    InvalidArgument,
    /// The named thing does not exist.
    NotFound,
    /// It cannot be created, because it exists already.
    AlreadyExists,
    /// The state does not allow it now.
    FailedPrecondition,
    /// Somebody else wrote first; read again and retry.
    Aborted,
    /// A position outside what is kept.
    OutOfRange,
    /// The call says nothing, or nothing valid, about who is calling.
    Unauthenticated,
    /// The caller is not allowed to do this.
    PermissionDenied,
    /// A limit or quota is used up.
    ResourceExhausted,
    /// Not now; try again.
    Unavailable,
    /// Took longer than the caller allowed.
    DeadlineExceeded,
    /// This server does not do it.
    Unimplemented,
    /// A fault of ours.
    Internal,
}

macro_rules! reasons {
    ($(#[doc = $meaning:literal] $name:ident, $code:ident, $text:literal,
        $way_out:literal, $indonesian:literal;)*) => {
        /// Why a request failed. The text form is part of the contract (`ErrorInfo.reason`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason { $(#[doc = $meaning] $name),* }

        impl Reason {
            /// Every reason, for the documentation and for tests.
            pub const ALL: &'static [Reason] = &[$(Reason::$name),*];

            /// The canonical code that it maps to.
            pub fn code(self) -> Code {
                match self { $(Reason::$name => Code::$code),* }
            }

            /// The stable text.
            pub fn as_str(self) -> &'static str {
                match self { $(Reason::$name => $text),* }
            }

            /// Its meaning in the error reference.
            pub fn meaning(self) -> &'static str {
                match self { $(Reason::$name => $meaning.trim_ascii()),* }
            }

            /// The way out in the error reference.
            pub fn way_out(self) -> &'static str {
                match self { $(Reason::$name => $way_out),* }
            }

            /// The message for citizens and officers, in Indonesian.
            pub fn indonesian(self) -> &'static str {
                match self { $(Reason::$name => $indonesian),* }
            }
        }
    };
}

reasons! {
    /// A field of the request is missing or wrong; the violations name it.
    InvalidField, InvalidArgument, "INVALID_FIELD",
        "Mend the fields that `BadRequest` names; each description says how.",
        "Ada isian yang belum benar. Periksa kolom yang disebutkan.";
    /// The page token is not one that this list gave out for this filter.
    InvalidPageToken, InvalidArgument, "INVALID_PAGE_TOKEN",
        "List again without a token, and keep the filter while you page.",
        "Penanda halaman tidak dikenal. Mulai lagi dari halaman pertama.";
    /// The resume token is not one that this feed gave out for this filter.
    InvalidResumeToken, InvalidArgument, "INVALID_RESUME_TOKEN",
        "Send the filter that the token was given for, or start with `initial_state`.",
        "Penanda lanjut tidak cocok dengan saringannya. Mulai lagi dari keadaan awal.";
    /// The record does not exist.
    NotFound, NotFound, "NOT_FOUND",
        "Check the name. To see your own write, read with its revision as `min_revision`.",
        "Data tidak ditemukan.";
    /// Nobody waits at the counter.
    QueueEmpty, NotFound, "QUEUE_EMPTY",
        "Nothing is wrong; call again when the next ticket is issued.",
        "Tidak ada antrean yang menunggu.";
    /// A record of this name exists.
    AlreadyExists, AlreadyExists, "ALREADY_EXISTS",
        "Read and update it, or choose another id.",
        "Data dengan nama ini sudah ada.";
    /// The record was deleted; its name is not used again.
    Tombstoned, FailedPrecondition, "TOMBSTONED",
        "Choose another id.",
        "Data ini sudah dihapus dan namanya tidak dapat dipakai lagi.";
    /// The applicant has an appointment for this service on this day.
    ApplicantHasAppointment, AlreadyExists, "APPLICANT_HAS_APPOINTMENT",
        "Keep that appointment, or cancel it and book again.",
        "Pemohon sudah memiliki janji temu untuk layanan ini pada hari tersebut.";
    /// The record changed since it was read.
    EtagMismatch, Aborted, "ETAG_MISMATCH",
        "Read it again, make your change on what you find, and send the new etag.",
        "Data sudah diubah pihak lain. Muat ulang lalu coba lagi.";
    /// Two writes met.
    WriteConflict, Aborted, "WRITE_CONFLICT",
        "Send the same request again, with the same request id.",
        "Terjadi bentrokan penulisan. Silakan coba lagi.";
    /// The request id was used for another request.
    RequestIdReused, InvalidArgument, "REQUEST_ID_REUSED",
        "Make a new UUID for each request; repeat a request unchanged.",
        "Nomor permintaan sudah dipakai untuk permintaan lain.";
    /// A record that is named does not exist or does not fit.
    ReferenceInvalid, FailedPrecondition, "REFERENCE_INVALID",
        "Create that record first, or name another; the message says which it is.",
        "Data yang dirujuk tidak ada atau tidak sesuai.";
    /// The state of the record does not allow the step.
    WrongState, FailedPrecondition, "WRONG_STATE",
        "Read the record; the message says which state it is in and which the step needs.",
        "Langkah ini tidak dapat dilakukan pada keadaan sekarang.";
    /// The counter is closed, or nobody knows whether it is open.
    CounterClosed, FailedPrecondition, "COUNTER_CLOSED",
        "Come again when it opens; the message says when, and `GetHours` says why it is closed.",
        "Gerai sedang tutup.";
    /// The slot has no place left.
    SlotFull, ResourceExhausted, "SLOT_FULL",
        "List the slots again and choose another.",
        "Slot ini sudah penuh. Pilih waktu lain.";
    /// The offering's places for the day are taken.
    QuotaUsedUp, ResourceExhausted, "QUOTA_USED_UP",
        "Choose another day.",
        "Kuota hari ini sudah habis.";
    /// The position is older than what is kept.
    RevisionCompacted, OutOfRange, "REVISION_COMPACTED",
        "Start again with `initial_state`; of a record's versions, ask for one that is kept.",
        "Posisi terlalu lama dan sudah dipadatkan. Mulai lagi dari keadaan awal.";
    /// The position or revision is of another history: the database was restored or is another one.
    LineageChanged, OutOfRange, "LINEAGE_CHANGED",
        "Start again with `initial_state`, and drop what it does not contain; read without `min_revision`.",
        "Posisi atau revisi ini bukan dari riwayat basis data yang sekarang. Mulai lagi dari keadaan awal.";
    /// The follower reads more slowly than the feed grows, or than an initial state may last.
    WatchTooSlow, Aborted, "WATCH_TOO_SLOW",
        "Connect again with the last resume token, or with `initial_state` where there is none yet; read faster, or filter more.",
        "Pengikut tertinggal terlalu jauh. Sambung lagi dari penanda terakhir, atau dari keadaan awal bila belum ada penanda.";
    /// The session has ended, or passed to another session.
    LeaseLost, Aborted, "LEASE_LOST",
        "Begin a new session, unless another process now syncs this source.",
        "Sesi sinkronisasi telah berakhir atau diambil alih. Mulai sesi baru.";
    /// Nothing was heard of the session for a whole lease, so that it has ended.
    LeaseExpired, Aborted, "LEASE_EXPIRED",
        "Begin a new session; keep it (`KeepAlive`, `KeepSession`) while the source is slow.",
        "Sesi sinkronisasi berakhir karena tidak ada kabar darinya. Mulai sesi baru.";
    /// Another session of the source is alive.
    LeaseHeld, FailedPrecondition, "LEASE_HELD",
        "Wait as long as `RetryInfo` says; set `take_over` only where its holder is known to be gone.",
        "Sesi sinkronisasi lain masih berjalan untuk sumber ini.";
    /// A source of records cannot be read; its address and what was found there are named.
    SourceUnreadable, FailedPrecondition, "SOURCE_UNREADABLE",
        "For the source's keeper: mend what the message names, at the source; the registry is not at fault.",
        "Sumber data tidak dapat dibaca. Periksa alamat atau berkas yang disebutkan.";
    /// A source was read in part only, so that the run does not count as complete.
    SourceIncomplete, FailedPrecondition, "SOURCE_INCOMPLETE",
        "For the source's keeper: mend the part that the message names, or do what else it says; what was read stays answered, and nothing counts as gone.",
        "Sumber data hanya terbaca sebagian. Perbaiki bagian yang disebutkan.";
    /// The settings of a source do not fit what was found there.
    SourceConfig, InvalidArgument, "SOURCE_CONFIG",
        "Mend the line of the agent's configuration that the message names.",
        "Pengaturan sumber tidak cocok dengan isinya. Perbaiki baris yang disebutkan.";
    /// The run is complete, and some of its records are not in the index.
    RecordsRefused, FailedPrecondition, "RECORDS_REFUSED",
        "`mpp agent problems` names each of them and says what to do.",
        "Sebagian data tidak diterima. Daftarnya ada di `mpp agent problems`.";
    /// The stream's messages came in an order that the protocol does not have.
    ProtocolViolation, InvalidArgument, "PROTOCOL_VIOLATION",
        "Mend the client; the message names the rule.",
        "Urutan pesan sinkronisasi tidak sesuai protokol.";
    /// No credentials, or none that hold.
    Unauthenticated, Unauthenticated, "UNAUTHENTICATED",
        "Send a token that holds, or a client certificate; the message says what is wrong with it.",
        "Identitas belum dikenali. Sertakan token atau sertifikat yang berlaku.";
    /// The role or the namespace does not allow it.
    PermissionDenied, PermissionDenied, "PERMISSION_DENIED",
        "Call with one of the roles or namespaces that the message names.",
        "Anda tidak berwenang melakukan ini.";
    /// One caller or one record has reached the most streams or entries that it may have.
    LimitReached, ResourceExhausted, "LIMIT_REACHED",
        "End or delete one that is no longer needed; the message says of what.",
        "Batas jumlah tercapai. Akhiri atau hapus yang tidak diperlukan lagi.";
    /// More calls than one caller may make in a minute.
    RateLimited, ResourceExhausted, "RATE_LIMITED",
        "Go on after `RetryInfo`; ask for more at once (a list instead of many reads, a watch).",
        "Terlalu banyak permintaan dalam waktu singkat. Coba lagi sebentar.";
    /// A message is larger than allowed.
    TooLarge, ResourceExhausted, "TOO_LARGE",
        "Send less in one message.",
        "Pesan melebihi ukuran yang diizinkan.";
    /// The server sheds load.
    Overloaded, Unavailable, "OVERLOADED",
        "Try again after `RetryInfo`, with a longer pause each time.",
        "Layanan sedang sibuk. Coba lagi sebentar.";
    /// The server drains, starts, or its database is away.
    Unavailable, Unavailable, "UNAVAILABLE",
        "Try again after `RetryInfo`; a new connection may find another replica.",
        "Layanan sedang tidak tersedia. Coba lagi sebentar.";
    /// A newer version has written the record, with fields that this replica does not know.
    NewerForm, Unavailable, "NEWER_FORM",
        "Nothing was written; send it again after `RetryInfo`: while an upgrade rolls, a newer replica takes it. It ends when the last old replica has gone.",
        "Layanan sedang diperbarui. Coba lagi sebentar.";
    /// The deadline passed, and nothing is known of the outcome.
    DeadlineExceeded, DeadlineExceeded, "DEADLINE_EXCEEDED",
        "Send it again with the same request id and a longer deadline.",
        "Waktu habis sebelum permintaan selesai.";
    /// The schema is not one that this binary can work with.
    SchemaMismatch, FailedPrecondition, "SCHEMA_MISMATCH",
        "For operators: the message says which step is missing, or which version to run.",
        "Skema basis data tidak cocok dengan versi program ini.";
    /// No such method here.
    Unimplemented, Unimplemented, "UNIMPLEMENTED",
        "Check the method, and that the address is that of its service.",
        "Perintah ini tidak tersedia di layanan ini.";
    /// A fault of ours; the trace id finds it in the logs.
    Internal, Internal, "INTERNAL",
        "Report it with the trace id of `RequestInfo`.",
        "Terjadi kesalahan pada sistem.";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn texts_are_unique_and_no_reason_lacks_an_indonesian_message() {
        let texts: HashSet<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(texts.len(), Reason::ALL.len());
        assert!(Reason::ALL.iter().all(|reason| !reason.indonesian().is_empty()));
        assert!(Reason::ALL.iter().all(|reason| !reason.way_out().is_empty()));
    }
}
