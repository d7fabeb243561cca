# A row of the regency's lists of offices, malls and counters to the canonical record. One mapping
# serves all three files: which list a row is of, its columns say.

def trimmed: gsub("^\\s+|\\s+$"; "");
def slug: trimmed | ascii_downcase | gsub("[^a-z0-9]+"; "-") | gsub("^-+|-+$"; "");

# Who sets the hours: what is not known is told with its row.
def regime:
  trimmed | ascii_downcase
  | if . == "asn" then "REGIME_CIVIL_SERVICE"
    elif . == "tni" or . == "polri" then "REGIME_ARMY_POLICE"
    elif . == "langsung" then "REGIME_DIRECT_SERVICE"
    elif . == "sendiri" then "REGIME_OWN"
    else error("\"" + . + "\" is no regime; write ASN, TNI, Polri, langsung or sendiri") end;

def office: {
  source_id: (."Kode Kantor" | slug),
  unit_record: {
    display_name: {id: (."Nama Kantor" | trimmed)},
    kind: "KIND_OFFICE",
    level: "LEVEL_REGENCY",
    parent: ("units/" + (."Di bawah" | slug)),
    region: ("regions/" + (.Wilayah | trimmed)),
    contacts: [.Telepon | trimmed | select(. != "") | {kind: "KIND_TELEPHONE", value: .}]
  }
};

# region and organiser stand as the index has them: no source changes them, and none leaves them out.
def mall: {
  source_id: (."Kode Mal" | slug),
  mall: {
    display_name: {id: (."Nama Mal" | trimmed)},
    region: ("regions/" + (."Wilayah Mal" | trimmed)),
    organiser: ("units/" + (.Penyelenggara | slug)),
    sites: [{address: (.Alamat | trimmed),
             location: {latitude: (.Lintang | tonumber), longitude: (.Bujur | tonumber)}}]
  }
};

def counter: {
  source_id: (."Kode Gerai" | slug),
  parent: ("malls/" + (.Mal | slug)),
  counter: {
    display_name: {id: (."Nama Gerai" | trimmed)},
    unit: ("units/" + (."Kantor Gerai" | slug)),
    regime: (.Kepegawaian | regime),
    ticket_prefix: (.Awalan | trimmed | ascii_upcase),
    floor: (.Lantai | trimmed),
    agreement: (if (."Nomor PKS" | trimmed) == "" then null
                else {number: (."Nomor PKS" | trimmed), expire_date: (."PKS sampai" | trimmed)} end)
  }
};

if has("Kode Gerai") then counter
elif has("Kode Mal") then mall
elif has("Kode Kantor") then office
else error("a row of no list that is known: its file has none of the columns of codes") end
