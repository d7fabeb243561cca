//! The words of the pages of the API.

use super::Phrase;

phrases! {
    TITLE: "API untuk instansi", "API for agencies";
    LEAD: "Semua yang dilakukan indeks ini dapat diminta sebagai JSON melalui HTTP. Uraian setiap alamat diambil langsung dari kontraknya, yang ditulis dalam bahasa Inggris.",
        "Everything that this index does can be asked for as JSON over HTTP. What is said of each address comes straight from the contract.";
    DOCUMENT: "Dokumen OpenAPI 3.1", "OpenAPI 3.1 document";
    CALLING: "Cara memanggil", "How to call";
    SETTING: "Contoh di halaman ini beserta jawabannya berasal dari uji proyek ini sendiri, atas satu mal kecil; pada mpp up --demo nama dan tanggalnya berbeda. Contoh memakai dua variabel: alamat layanan dan token pemanggil. Setelah mpp up --demo, di folder yang sama:",
        "The examples and their answers are those of the project's own tests, sent to one small mall; with mpp up --demo names and days differ. They use two variables: the address of the service and the caller's token. After mpp up --demo, in the same folder:";
    WHERE: "Setiap layanan menjawab alamatnya sendiri: registri pada port 7401, penjadwalan 7402, pelaporan 7403, atau semuanya di belakang satu gerbang.",
        "Each service answers for its own addresses: the registry on port 7401, scheduling on 7402, reporting on 7403, or all of them behind one gateway.";
    ADDRESS: "Alamat", "Address";
    ADDRESSES_OF: "Alamat {0}", "Addresses of {0}";
    NAME: "Nama", "Name";
    KIND: "Jenis", "Type";
    MEANING: "Arti", "Meaning";
    PARAMETERS: "Parameter", "Parameters";
    IN_PATH: "jalur", "path";
    IN_QUERY: "kueri", "query";
    IN_HEADER: "tajuk", "header";
    READ_ONLY: "hanya dibaca", "read only";
    LIST: "daftar {0}", "list of {0}";
    ENTRIES: "peta ke {0}", "map to {0}";
    BODY: "Isi permintaan", "Body of the request";
    BODY_IS: "Isi permintaan: {0}", "Body of the request: {0}";
    ANSWER_IS: "Jawaban: {0}", "Answer: {0}";
    EVENTS_ARE: "Jawaban: aliran peristiwa (text/event-stream); data setiap peristiwa: {0}",
        "Answer: a stream of events (text/event-stream); the data of each: {0}";
    AS: "Dikirim dengan peran {0}.", "Sent with the role {0}.";
    ANSWER: "Jawaban {0}", "Answer {0}";
    FIELDS_OF: "Isian {0}", "Fields of {0}";
    REFUSALS: "Bila ditolak", "When it is refused";
    REFUSED: "Penolakan berisi alasan yang tetap; program mencocokkan alasan itu, bukan kalimatnya. Dengan Accept: application/problem+json bentuknya RFC 9457.",
        "A refusal holds a stable reason: match on it, not on sentences. With Accept: application/problem+json it has the form of RFC 9457.";
    REASONS: "Alasan penolakan", "Reasons of refusals";
    REASON: "Alasan", "Reason";
    STATUS: "Status HTTP", "HTTP status";
    WAY_OUT: "Jalan keluar", "Way out";
}
