# One row of the regency's own catalog (an object of strings) to the canonical record.

def trimmed: gsub("^\\s+|\\s+$"; "");
def slug: ascii_downcase | gsub("[^a-z0-9]+"; "-") | gsub("^-+|-+$"; "");

def applicant: if startswith("(Perorangan)") then "APPLICANT_PERSON" elif startswith("(Badan)") then "APPLICANT_BODY" else "APPLICANT_ANY" end;

# "1: units/…/services/…; 3: …"
def links:
  split(";") | map(select(contains(": ")) | trimmed | split(": ") | {key: .[0], value: .[1]}) | from_entries;

def fees:
  trimmed | split("\n") | map(trimmed) | map(select(. != "")
    | if test("^[^:]+: ") then capture("^(?<label>[^:]+): (?<price>.*)$") else {label: "", price: .} end
    | .label as $label | (.price | rupiah) + {label: $label});

def staff: {source_text: trimmed} + if test("[0-9]") then {count: (capture("(?<n>[0-9]+)") | .n | tonumber)} else {} end;

. as $row
| ($row.syarat_dari | links) as $links
| ($row.persyaratan | list_items) as $requirements
| {
    # The regency left some codes empty; then the title stands in.
    source_id: (if ($row.kode | trimmed) == "" then $row.layanan else $row.kode end | slug),
    unit: ("units/" + ($row.unit | slug)),
    service: {
      title: {id: ($row.layanan | trimmed), en: ($row.layanan_en | trimmed)},
      category: ($row.kategori | trimmed | ascii_downcase),
      keywords: ($row.kata_kunci | split(",") | map(trimmed) | map(select(. != ""))),
      requirements: [range($requirements | length) as $i | $requirements[$i]
        | {text: sub("^\\((Perorangan|Badan)\\) *"; ""), applicant: applicant, satisfied_by: ($links[$i + 1 | tostring] // "")}],
      procedure: ($row.alur | list_items),
      time: ($row.waktu | trimmed | service_time),
      fees: ($row.biaya | fees),
      product: ($row.hasil | trimmed),
      complaints: ($row.pengaduan | list_items),
      legal_basis: ($row.dasar_hukum | list_items),
      facilities: ($row.fasilitas | list_items),
      competence: ($row.kompetensi | trimmed),
      supervision: ($row.pengawasan | trimmed),
      staff: ($row.petugas | staff),
      service_guarantee: ($row.jaminan | trimmed),
      safety_guarantee: ($row.keamanan | trimmed),
      evaluation: ($row.evaluasi | trimmed)
    }
  }
