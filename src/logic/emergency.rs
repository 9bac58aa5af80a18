//! Which numbers call for help. Landline dials them, but can promise neither that the service puts them through nor that
//! anybody is told where the caller is: that is said before dialling. It must not keep anybody from calling.

/// Known in many countries.
const ANYWHERE: &[&str] = &["112", "911", "999", "000", "110", "113", "118", "119"];

/// Numbers of one country, by its calling code.
const BY_COUNTRY: &[(&str, &[&str])] = &[
    ("27", &["10111", "10177"]),
    ("33", &["15", "17", "18", "114", "115"]),
    ("34", &["061", "062", "080", "085", "088", "091", "092"]),
    ("39", &["115"]),
    ("51", &["105", "106", "116"]),
    ("52", &["060", "065", "066", "068", "089"]),
    ("54", &["100", "101", "107"]),
    ("55", &["190", "192", "193"]),
    ("56", &["131", "132", "133"]),
    ("57", &["123"]),
    ("61", &["106"]),
    ("64", &["111"]),
    ("7", &["101", "102", "103"]),
    ("81", &["110"]),
    ("86", &["120", "122"]),
    ("91", &["100", "101", "102", "108"]),
];

/// Whether this is an emergency number, as far as is known; `country`: the calling code, where the person gave it.
pub fn is_emergency(number: &str, country: Option<&str>) -> bool {
    let of_country = BY_COUNTRY.iter().filter(|(code, _)| country == Some(code)).flat_map(|(_, numbers)| *numbers);
    ANYWHERE.iter().chain(of_country).any(|known| *known == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_help() {
        assert!(is_emergency("112", None) && is_emergency("911", Some("34")) && is_emergency("061", Some("34")));
        for (number, country) in [("061", None), ("15", Some("34")), ("1125551234", None), ("+112", None), ("", None)] {
            assert!(!is_emergency(number, country), "{number}");
        }
    }
}
