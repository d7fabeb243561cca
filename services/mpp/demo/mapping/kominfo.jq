# One element of the communications ministry's export to the canonical record.
# The ministry was kominfo until 20 October 2024 and is komdigi since: what it offers today is komdigi's,
# whichever of both names the export still bears.

def trimmed: gsub("^\\s+|\\s+$"; "");
def slug: ascii_downcase | gsub("[^a-z0-9]+"; "-") | gsub("^-+|-+$"; "");
def plain: if test("<[a-z/]|&[a-z]+;") then html_text else . end | gsub("\\s+"; " ") | trimmed;

# The export holds a list, or its items in one string.
def strings: if . == null then [] elif type == "string" then split(",") | map(trimmed) else . end;

def applicant: {"badan": "APPLICANT_BODY", "perorangan": "APPLICANT_PERSON"}[.] // "APPLICANT_ANY";

def risk: {"rendah": "RISK_LOW", "menengah rendah": "RISK_MEDIUM_LOW", "menengah tinggi": "RISK_MEDIUM_HIGH", "tinggi": "RISK_HIGH"}[ascii_downcase | trimmed];

def fee:
  if test("^[^:]+: ") then capture("^(?<label>[^:]+): (?<price>.*)$") else {label: "", price: .} end
  | .label as $label | (.price | rupiah) + {label: $label};

def staff: {source_text: trimmed} + if test("[0-9]") then {count: (capture("(?<n>[0-9]+)") | .n | tonumber)} else {} end;

def licence:
  (.risiko | risk) as $risk
  | {kbli: (if .kbli == "" then [] else [{code: .kbli, edition: "2020"}] end), authority: .kewenangan, validity: .berlaku}
  + if $risk == null then {} else {risk: $risk} end;

(.pemohon | applicant) as $applicant
| {
    source_id: (.kode | slug),
    unit: ("units/" + {"kominfo": "komdigi", "komdigi": "komdigi"}[.instansi | slug]),
    service: ({
      title: {id: (.nama | plain), en: (.name_en | trimmed)},
      category: (if .izin == null then "registration" else "licensing" end),
      keywords: (.tag | strings),
      requirements: [.syarat[] | {text: .teks, applicant: $applicant, satisfied_by: (.dari // "")}],
      procedure: .langkah,
      time: (.lama | service_time),
      fees: [.biaya | strings[] | fee],
      product: .hasil,
      complaints: .kontak,
      legal_basis: .regulasi,
      facilities: (.manajemen.sarana | split(";") | map(trimmed)),
      competence: .manajemen.kompetensi,
      supervision: .manajemen.pengawasan,
      staff: (.manajemen.jumlah | staff),
      service_guarantee: .manajemen.mutu,
      safety_guarantee: .manajemen.keamanan,
      evaluation: .manajemen.evaluasi
    } + if .izin == null then {} else {licence: (.izin | licence)} end)
  }
