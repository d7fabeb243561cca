//! Identity numbers of people that tests make up.

/// The NIK of somebody for each number: one of the form that the population register gives out.
/// Numbers up to 330 million give different people.
pub fn nik(number: u64) -> String {
    let (serial, day) = (number % 9_999 + 1, number / 9_999);
    let (day, month, year) = (day % 28 + 1, day / 28 % 12 + 1, day / 336 % 100);
    format!("351001{day:02}{month:02}{year:02}{serial:04}")
}
