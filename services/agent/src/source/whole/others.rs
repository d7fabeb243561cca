//! Numbers beside the rows of a page that count no rows: codes, years, bounds, sizes, moments,
//! money, and counts of other things. A number that is not known to be one of these may count rows.

use super::more::{names_what_is_left, words};

/// Names of numbers that count nothing: what a thing is called, where and when it is, how large it
/// may be.
const NO_COUNT: &str = " id ids kode code codes no nomor nip nik npwp nib zip postal pos key uuid hash \
    checksum crc etag ref reference seq serial sequence revision revisi rev version versi ver v schema build release \
    api status state rc http error errors errno pid port host year tahun thn ta month bulan bln \
    day days hari date tanggal tgl time times waktu timestamp ts epoch unix at on created updated \
    modified generated dibuat diubah diperbarui expires expire expired expiry exp iat nbf ttl age \
    umur usia semester triwulan periode period quarter minggu week jam menit detik second seconds \
    minute minutes hour hours ms millis milliseconds micros nanos took elapsed duration durasi latency runtime \
    uptime lama interval timeout cache refresh retry limit limits batas max maks maksimal maksimum \
    maximum min minimum minimal per perpage size ukuran length panjang bytes byte kb mb gb memory cpu page halaman hal \
    laman current sekarang start mulai awal end akhir width height lebar tinggi berat depth level zoom lat lon \
    lng latitude longitude koordinat x y z srid epsg seed nonce random iteration luas area radius jarak rate quota \
    kuota calls score skor nilai value rank peringkat bobot weight priority prioritas urutan order index \
    indeks ikm skm ipp persen percent percentage persentase progress rating biaya tarif harga price amount rupiah rp idr fee \
    cost anggaran pagu saldo denda pajak telp telepon phone tel hp fax faks wa whatsapp hotline ext \
    rt rw alamat attempt attempts retries kapasitas capacity target sla ";
/// Other things that a number may count; they may stand in any part of a path.
const OTHER_THINGS: &str = " user users pengguna penduduk population populasi jiwa warga pegawai staff \
    staf petugas karyawan asn loket gerai counter counters instansi dinas opd skpd unit units agency \
    agencies organization organisasi bidang kategori category categories kecamatan desa kelurahan kabupaten kota \
    provinsi region regions wilayah cabang lokasi location mall malls mpp tenant tenants antrian \
    antrean queue booking bookings pemohon applicant applicants visit visits visitor visitors view \
    views viewed pengunjung kunjungan dilihat unduhan download downloads click clicks klik like likes share \
    shares follower followers tag tags filter filters query params parameter request field fields column columns kolom file \
    files lampiran attachment attachments gambar image images foto video komentar comment comments berita news survei survey \
    responden respondents pengaduan aduan stok stock worker workers thread threads process node nodes shard \
    shards jadwal schedule config konfigurasi settings server database kontak contact address alamat parkir kursi \
    transaksi transactions permohonan berkas ticket tickets tiket facet facets aggregation aggregations \
    spatial reference crs srs ";
/// Names that are bounds by themselves, and counts beside the name of a list: "dataset_size".
const SIZES: [&str; 4] = ["size", "ukuran", "length", "panjang"];
const LISTS: &str = " data dataset datasets result results hasil list daftar collection koleksi record records rows \
    row items item layanan pelayanan service services entries baris ";
/// Names of the number that come at once of a list.
const AT_ONCE: [&str; 9] =
    ["page", "halaman", "hal", "laman", "per", "max", "maks", "limit", "batch"];

/// Years, as they are written without a name.
const YEARS: std::ops::RangeInclusive<u64> = 1900..=2100;
/// No catalog holds this many; moments and telephone numbers are of this size.
const BEYOND_ANY: u64 = 50_000_000;

/// True for a number that can be no count of rows, by the path of its field or by itself.
pub fn is_no_count(place: &str, number: u64) -> bool {
    let (above, name) = place.rsplit_once('.').unwrap_or(("", place));
    let name = words(name);
    let holds = |list: &str, word: &String| list.contains(&format!(" {word} "));
    let is_thing = |word: &String| holds(OTHER_THINGS, word);
    let is_list = name.iter().any(|word| holds(LISTS, word))
        && !name.iter().any(|word| AT_ONCE.contains(&word.as_str()));
    let is_size = |word: &String| is_list && SIZES.contains(&word.as_str());
    YEARS.contains(&number)
        || names_what_is_left(place)
        || number >= BEYOND_ANY
        || name.iter().any(|word| holds(NO_COUNT, word) && !is_size(word))
        || name.iter().any(is_thing)
        || words(above).iter().any(is_thing)
}

/// True if a field only repeats what the address asked for.
pub fn is_echo(place: &str, number: u64, location: &str) -> bool {
    let Ok(url) = url::Url::parse(location) else { return false };
    let name = place.rsplit('.').next().unwrap_or(place);
    let mut pairs = url.query_pairs();
    pairs.any(|(key, value)| words(&key) == words(name) && value == number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_no_count_is_known_by_its_name_or_its_form() {
        for (place, number) in [
            ("tahun", 2026),
            ("meta.tahun_anggaran", 2026),
            ("sumber", 2026),
            ("kode", 3501),
            ("kodeWilayah", 3501),
            ("generated_at", 1_764_300_000),
            ("apapun", 1_764_300_000_000),
            ("limit", 100),
            ("per_page", 50),
            ("pageSize", 50),
            ("size", 20),
            ("pagination.maxPageSize", 500),
            ("took_ms", 57),
            ("versi_api", 30),
            ("jumlah_instansi", 40),
            ("statistik.pengunjung.kemarin", 320),
            ("instansi.lantai", 40),
            ("kontak.kantor", 35_788_123),
            ("rate_limit.remaining", 59),
        ] {
            assert!(is_no_count(place, number), "{place}");
        }
        for (place, number) in [
            ("tersedia", 42),
            ("n", 42),
            ("banyaknya_izin", 42),
            ("meta.dataset_size", 42),
            ("result_length", 42),
            ("meta.rekap.seluruh", 42),
            ("hydra:totalItems", 42),
            ("jml", 1_240),
            ("offset", 42),
        ] {
            assert!(!is_no_count(place, number), "{place}");
        }
        assert!(is_echo("banyak", 50, "http://a.test/x?banyak=50&page=2"));
        assert!(!is_echo("banyak", 50, "http://a.test/x?banyak=40&page=50"));
        assert!(!is_echo("banyak", 50, "katalog.json"));
    }
}
