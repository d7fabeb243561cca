//! The stable reasons for which a request fails: what a program may match on.

/// The canonical codes of gRPC that the suite uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The request is wrong whatever the state.
    InvalidArgument,
    /// What is named does not exist.
    NotFound,
    /// What is to be made exists.
    AlreadyExists,
    /// The state does not allow it now.
    FailedPrecondition,
    /// Lost a race; read again and retry.
    Aborted,
    /// A position outside what is kept.
    OutOfRange,
    /// Nobody is known to be calling.
    Unauthenticated,
    /// The caller may not.
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
    ($($(#[$doc:meta])* $name:ident, $code:ident, $text:literal, $indonesian:literal;)*) => {
        /// Why a request failed. The text form is part of the contract (`ErrorInfo.reason`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason { $($(#[$doc])* $name),* }

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

            /// What a citizen or officer is told, in Indonesian.
            pub fn indonesian(self) -> &'static str {
                match self { $(Reason::$name => $indonesian),* }
            }
        }
    };
}

reasons! {
    /// A field of the request is missing or wrong; the violations name it.
    InvalidField, InvalidArgument, "INVALID_FIELD", "Ada isian yang belum benar. Periksa kolom yang disebutkan.";
    /// The page token is not one that this list gave out.
    InvalidPageToken, InvalidArgument, "INVALID_PAGE_TOKEN", "Penanda halaman tidak dikenal. Mulai lagi dari halaman pertama.";
    /// The resume token is not one that this feed gave out for this filter.
    InvalidResumeToken, InvalidArgument, "INVALID_RESUME_TOKEN", "Penanda lanjut tidak cocok dengan saringannya. Mulai lagi dari keadaan awal.";
    /// The record does not exist.
    NotFound, NotFound, "NOT_FOUND", "Data tidak ditemukan.";
    /// Nobody waits at the counter.
    QueueEmpty, NotFound, "QUEUE_EMPTY", "Tidak ada antrean yang menunggu.";
    /// The record exists.
    AlreadyExists, AlreadyExists, "ALREADY_EXISTS", "Data dengan nama ini sudah ada.";
    /// The record was deleted; its name is not used again.
    Tombstoned, FailedPrecondition, "TOMBSTONED", "Data ini sudah dihapus dan namanya tidak dapat dipakai lagi.";
    /// The applicant has an appointment for this service on this day.
    ApplicantHasAppointment, AlreadyExists, "APPLICANT_HAS_APPOINTMENT", "Pemohon sudah memiliki janji temu untuk layanan ini pada hari tersebut.";
    /// The record changed since it was read.
    EtagMismatch, Aborted, "ETAG_MISMATCH", "Data sudah diubah pihak lain. Muat ulang lalu coba lagi.";
    /// Two writes met; the same request may be sent again.
    WriteConflict, Aborted, "WRITE_CONFLICT", "Terjadi bentrokan penulisan. Silakan coba lagi.";
    /// The request id was used for another request.
    RequestIdReused, InvalidArgument, "REQUEST_ID_REUSED", "Nomor permintaan sudah dipakai untuk permintaan lain.";
    /// A record that is named does not exist or does not fit.
    ReferenceInvalid, FailedPrecondition, "REFERENCE_INVALID", "Data yang dirujuk tidak ada atau tidak sesuai.";
    /// The state of the record does not allow the step.
    WrongState, FailedPrecondition, "WRONG_STATE", "Langkah ini tidak dapat dilakukan pada keadaan sekarang.";
    /// The counter is closed, or nobody knows whether it is open.
    CounterClosed, FailedPrecondition, "COUNTER_CLOSED", "Gerai sedang tutup.";
    /// The slot has no place left.
    SlotFull, ResourceExhausted, "SLOT_FULL", "Slot ini sudah penuh. Pilih waktu lain.";
    /// The offering's places for the day are taken.
    QuotaUsedUp, ResourceExhausted, "QUOTA_USED_UP", "Kuota hari ini sudah habis.";
    /// The position is older than what is kept.
    RevisionCompacted, OutOfRange, "REVISION_COMPACTED", "Posisi terlalu lama dan sudah dipadatkan. Mulai lagi dari keadaan awal.";
    /// The database was restored or promoted since.
    LineageChanged, OutOfRange, "LINEAGE_CHANGED", "Basis data telah dipulihkan. Mulai lagi dari keadaan awal.";
    /// The follower reads more slowly than the feed grows.
    WatchTooSlow, Aborted, "WATCH_TOO_SLOW", "Pengikut tertinggal terlalu jauh. Sambung lagi dari penanda terakhir.";
    /// The session's lease has passed to another.
    LeaseLost, Aborted, "LEASE_LOST", "Sesi sinkronisasi telah diambil alih. Mulai sesi baru.";
    /// Another session of the source is alive.
    LeaseHeld, FailedPrecondition, "LEASE_HELD", "Sesi sinkronisasi lain masih berjalan untuk sumber ini.";
    /// The stream's messages came in an order that the protocol does not have.
    ProtocolViolation, InvalidArgument, "PROTOCOL_VIOLATION", "Urutan pesan sinkronisasi tidak sesuai protokol.";
    /// No credentials, or none that hold.
    Unauthenticated, Unauthenticated, "UNAUTHENTICATED", "Identitas belum dikenali. Sertakan token atau sertifikat yang berlaku.";
    /// The role or the namespace does not allow it.
    PermissionDenied, PermissionDenied, "PERMISSION_DENIED", "Anda tidak berwenang melakukan ini.";
    /// Too many requests or streams of this caller.
    LimitReached, ResourceExhausted, "LIMIT_REACHED", "Batas permintaan tercapai. Coba lagi sebentar.";
    /// A message is larger than allowed.
    TooLarge, ResourceExhausted, "TOO_LARGE", "Pesan melebihi ukuran yang diizinkan.";
    /// The server sheds load.
    Overloaded, Unavailable, "OVERLOADED", "Layanan sedang sibuk. Coba lagi sebentar.";
    /// The server drains, starts, or its database is away.
    Unavailable, Unavailable, "UNAVAILABLE", "Layanan sedang tidak tersedia. Coba lagi sebentar.";
    /// The deadline passed.
    DeadlineExceeded, DeadlineExceeded, "DEADLINE_EXCEEDED", "Waktu habis sebelum permintaan selesai.";
    /// The schema is not one that this binary can work with.
    SchemaMismatch, FailedPrecondition, "SCHEMA_MISMATCH", "Skema basis data tidak cocok dengan versi program ini.";
    /// No such method here.
    Unimplemented, Unimplemented, "UNIMPLEMENTED", "Perintah ini tidak tersedia di layanan ini.";
    /// A fault of ours; the trace id finds it in the logs.
    Internal, Internal, "INTERNAL", "Terjadi kesalahan pada sistem.";
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
    }
}
