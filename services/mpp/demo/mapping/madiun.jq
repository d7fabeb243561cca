# One row of the city's list (an object of strings) to the canonical record.
{
  source_id: (.kode | ascii_downcase),
  unit: ("units/" + .unit),
  service: {
    title: {id: .nama},
    requirements: [.syarat | list_items[] | {text: ., applicant: "APPLICANT_ANY"}],
    time: (.waktu | service_time),
    fees: [.biaya | rupiah],
    # The city means to add this column; until then no row has it.
    complaints: [.pengaduan // empty | list_items[]]
  }
}
