# One row of the regency's sheet of opening hours to the canonical hours rule.

def trimmed: gsub("^\\s+|\\s+$"; "");
def slug: trimmed | ascii_downcase | gsub("[^a-z0-9]+"; "-") | gsub("^-+|-+$"; "");

# "Mal", or "Gerai dukcapil"; whatever else it says is told with its row.
def target:
  trimmed | ascii_downcase
  | if . == "mal" then "malls/banyuwangi"
    elif startswith("gerai ") then "malls/banyuwangi/counters/" + (ltrimstr("gerai ") | slug)
    else error("\"" + . + "\" is neither the mall nor a counter; write Mal, or Gerai and its id") end;

def week:
  (."Senin - Kamis" | opening_hours) as $day
  | {mon: $day, tue: $day, wed: $day, thu: $day,
     fri: (.Jumat | opening_hours), sat: (.Sabtu | opening_hours), sun: (.Minggu | opening_hours)};

{
  source_id: (.Kode | slug),
  hours_rule: ({
    target: (."Berlaku untuk" | target),
    valid_from: (.Mulai | trimmed),
    valid_through: (.Sampai | trimmed),
    basis: (.Dasar | trimmed)
  } + (
    # A row is either hours or a closure.
    (."Tutup karena" | trimmed) as $why
    | if (."Senin - Kamis" | trimmed) == "" then
        {closure: {reason: {id: $why}, referral: (."Dialihkan ke" | trimmed)}}
      elif $why == "" then {weekly: week}
      else error("it has hours, and a reason to be closed; make two rows of it") end
  ))
}
