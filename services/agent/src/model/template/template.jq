# A row of the template to the canonical record; cells of closed choices hold the contract's words.

def trimmed: gsub("^\\s+|\\s+$"; "");
def given: trimmed | if . == "" then null else . end;
def lines: split("\n") | map(trimmed | select(. != ""));
def parts: split("|") | map(trimmed);

# "Surat kuasa | jika dikuasakan | units/x/services/y".
def requirements($applicant): list_items | map(parts
  | {text: .[0], applicant: $applicant, condition: (.[1] // ""), satisfied_by: (.[2] // "")});

# Denied in whatever words ("-", "tidak ada", "belum ada", an unticked box), or affirmed, or told.
def way($kind): trimmed as $said | ($said | ascii_downcase) as $word
  | if $word | test("^([-–—.]*|n/?a|false|none|no|not|tidak|belum|tanpa)$|^(no|not|tidak|belum|tanpa) ") then empty
    elif $word | test("^(ya|yes|ada|true|x|v|✓|✔)$") then {kind: $kind}
    elif $kind == "KIND_ONLINE" and ($word | startswith("http"))
    then $said | parts | {kind: $kind, uri: .[0], note: (.[1] // "")}
    else {kind: $kind, note: $said} end;

def staff: trimmed | if . == "" then null else
    {source_text: .} + if test("^[0-9]{1,6}( *(orang|people|persons))?$")
      then {count: (gsub("[^0-9]"; "") | tonumber)} else {} end
  end;

. as $row
| {
    source_id: ($row.kode | trimmed | ascii_downcase),
    unit: ($row.unit | trimmed
      | if . == "" then $unit elif startswith("units/") then . else "units/" + . end),
    service: {
      title: {id: ($row.nama_layanan | trimmed), en: ($row.nama_inggris | trimmed)},
      category: ($row.kategori | trimmed),
      keywords: ($row.kata_kunci | list_items),
      state: ($row.status | given),
      requirements: (($row.syarat | requirements("APPLICANT_ANY"))
        + ($row.syarat_perorangan | requirements("APPLICANT_PERSON"))
        + ($row.syarat_badan | requirements("APPLICANT_BODY"))),
      procedure: ($row.prosedur | list_items),
      time: ($row.waktu | service_time),
      fees: ($row.biaya | lines | map(parts as $of | ($of[0] | rupiah | select(. != null))
        + if $of[1] then {label: $of[1]} else {} end)),
      product: ($row.produk | trimmed),
      complaints: ($row.pengaduan | list_items),
      legal_basis: ($row.dasar_hukum | list_items),
      facilities: ($row.sarana | list_items),
      competence: ($row.kompetensi | trimmed),
      supervision: ($row.pengawasan | trimmed),
      staff: ($row.jumlah_pelaksana | staff),
      service_guarantee: ($row.jaminan_layanan | trimmed),
      safety_guarantee: ($row.jaminan_keamanan | trimmed),
      evaluation: ($row.evaluasi | trimmed),
      channels: [($row.kanal_loket | way("KIND_COUNTER")), ($row.kanal_daring | way("KIND_ONLINE")),
        ($row.kanal_keliling | way("KIND_MOBILE")), ($row.kanal_pos | way("KIND_POST")),
        ($row.kanal_telepon | way("KIND_TELEPHONE"))],
      forms: ($row.formulir | lines | map(parts | {title: .[0], uri: (.[1] // "")})),
      product_validity: ($row.masa_berlaku | trimmed),
      produced_documents: ($row.dokumen_hasil | list_items),
      service_pledge: ($row.maklumat | trimmed),
      notes: ($row.catatan | list_items),
      licence: ({
        kbli: ($row.kbli | lines | map({code: ., edition: ($row.edisi_kbli | trimmed)})),
        risk: ($row.risiko | given),
        scale: ($row.skala | trimmed),
        authority: ($row.kewenangan | trimmed),
        validity: ($row.masa_berlaku_izin | trimmed)
      } | with_entries(select(.value != null and .value != "" and .value != []))
        | if . == {} then null else . end)
    }
  }
