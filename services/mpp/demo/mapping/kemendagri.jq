# One row of Kemendagri's catalog (an object of strings) to the canonical record.

def trimmed: gsub("^\\s+|\\s+$"; "");
def slug: ascii_downcase | gsub("[^a-z0-9]+"; "-") | gsub("^-+|-+$"; "");
def plain: if test("<[a-z/]|&[a-z]+;") then html_text else . end | trimmed;

def items: plain | list_items;

def applicant: if startswith("(Perorangan)") then "APPLICANT_PERSON" elif startswith("(Badan)") then "APPLICANT_BODY" else "APPLICANT_ANY" end;

# "1=KK-BARU,2=units/kemenag/services/nikah": which service's product satisfies which requirement.
def links:
  split(",") | map(select(contains("=")) | split("=")
    | {key: (.[0] | trimmed),
       value: (.[1] | if startswith("units/") then . else "units/kemendagri/services/" + slug end)})
  | from_entries;

# "What for: how much" on each line, or one amount alone.
def fees:
  trimmed | split("\n") | map(trimmed) | map(select(. != "")
    | if test("^[^:]+: ") then capture("^(?<label>[^:]+): (?<price>.*)$") else {label: "", price: .} end
    | .label as $label | (.price | rupiah) + {label: $label});

def staff: {source_text: trimmed} + if test("[0-9]") then {count: (capture("(?<n>[0-9]+)") | .n | tonumber)} else {} end;

. as $row
| ($row.tautan_syarat | links) as $links
| ($row.persyaratan | items) as $requirements
| {
    source_id: ($row.kode | slug),
    unit: "units/kemendagri",
    service: {
      title: {id: ($row.nama_layanan | trimmed), en: ($row.nama_inggris | trimmed)},
      category: ($row.kategori | trimmed | ascii_downcase),
      keywords: ($row.kata_kunci | items),
      requirements: [range($requirements | length) as $i | $requirements[$i]
        | {text: sub("^\\((Perorangan|Badan)\\) *"; ""), applicant: applicant, satisfied_by: ($links[$i + 1 | tostring] // "")}],
      procedure: ($row.prosedur | items),
      time: ($row.waktu | trimmed | service_time),
      fees: ($row.biaya | fees),
      product: ($row.produk | trimmed),
      complaints: ($row.pengaduan | items),
      legal_basis: ($row.dasar_hukum | items),
      facilities: ($row.sarana | items),
      competence: ($row.kompetensi | trimmed),
      supervision: ($row.pengawasan | trimmed),
      staff: ($row.jumlah_pelaksana | staff),
      service_guarantee: ($row.jaminan_layanan | trimmed),
      safety_guarantee: ($row.jaminan_keamanan | trimmed),
      evaluation: ($row.evaluasi | trimmed)
    }
  }
