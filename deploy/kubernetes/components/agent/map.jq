{ source_id: (.kode | ascii_downcase),
  unit: "units/kemendagri",
  service: {
    title: {id: .nama},
    category: "population",
    fees: [.biaya | rupiah],
    time: (.waktu | service_time) } }
