# One element of BKPM's paged JSON to the canonical record.

def trimmed: gsub("^\\s+|\\s+$"; "");
def slug: ascii_downcase | gsub("[^a-z0-9]+"; "-") | gsub("^-+|-+$"; "");

def applicant: {"badan": "APPLICANT_BODY", "perorangan": "APPLICANT_PERSON"}[.] // "APPLICANT_ANY";

# The ministry writes "Menengah  Tinggi", "TINGGI" and "rendah"; null where the risk depends on something else.
def risk:
  if . == null then {}
  else {risk: ({"rendah": "RISK_LOW", "menengah rendah": "RISK_MEDIUM_LOW", "menengah tinggi": "RISK_MEDIUM_HIGH", "tinggi": "RISK_HIGH"}
    [ascii_downcase | gsub("\\s+"; " ") | trimmed])} | select(.risk != null) // {} end;

def staff: {source_text: trimmed} + if test("[0-9]") then {count: (capture("(?<n>[0-9]+)") | .n | tonumber)} else {} end;

def licence:
  (.risiko | risk) + {
    kbli: [.kbli[] | {code: (.kode | tostring), edition: .edisi}],
    scale: .skala,
    authority: .kewenangan,
    validity: .masaBerlaku
  };

{
  source_id: (.id | slug),
  unit: "units/bkpm",
  service: ({
    title: {id: (.judul.id | trimmed), en: (.judul.en | trimmed)},
    category: (if .jenis == "fasilitas" then "investment-incentive" elif .jenis == "pelaporan" then "reporting" else "licensing" end),
    keywords: .kataKunci,
    requirements: [.syarat[] | {text: .uraian, applicant: (.pemohon | applicant), satisfied_by: (.dipenuhi_oleh // "")}],
    procedure: .alur,
    time: (.waktu | service_time),
    fees: [(.tarif // [])[] | .uraian as $label | (.nilai | rupiah) + {label: $label}],
    product: .produk,
    channels: [{kind: "KIND_ONLINE", uri: "https://oss.go.id"}],
    complaints: .pengaduan,
    legal_basis: .dasarHukum,
    facilities: .standar.sarana,
    competence: .standar.kompetensi,
    supervision: .standar.pengawasan,
    staff: (.standar.pelaksana | staff),
    service_guarantee: .standar.jaminanLayanan,
    safety_guarantee: .standar.jaminanKeamanan,
    evaluation: .standar.evaluasi
  } + if .perizinan == null then {} else {licence: (.perizinan | licence)} end)
}
