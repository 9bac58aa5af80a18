//! Numbers as people of a country dial them, in the international form that every service understands (ITU-T E.164). Only
//! where the person said which country it is; what cannot be told stays as it was typed. The result is shown before it is
//! dialled.

/// Shorter ones are extensions, service numbers and short codes.
const SHORTEST: usize = 7;
/// Countries whose numbers are dialled whole, without a digit before them.
const WHOLE: &[&str] = &[
    "30", "34", "39", "45", "47", "48", "52", "57", "65", "351", "352", "354", "356", "357", "371", "372", "377",
    "420", "502", "503", "504", "505", "506", "507", "852", "853", "974",
];

/// How numbers of an account are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The country's calling code; `None`: numbers are dialled as they are typed.
    pub country: Option<String>,
    /// The area code, without the digit before it.
    pub area: Option<String>,
}

impl Plan {
    /// What is dialled for these digits, perhaps with a `+` before them.
    pub fn international(&self, number: &str) -> String {
        let Some(country) = self.country.as_deref() else { return number.to_owned() };
        if number.starts_with('+') || number.len() < SHORTEST {
            return number.to_owned();
        }
        if let Some(rest) = number.strip_prefix(abroad(country)).filter(|rest| rest.len() >= SHORTEST) {
            return format!("+{rest}");
        }
        let area = self.area.as_deref();
        let national = match country {
            "1" => north_american(number, area),
            // a number of the capital and one of a mobile differ by their first digit alone
            _ if WHOLE.contains(&country) => (number.len() > SHORTEST).then(|| number.to_owned()),
            _ => match (number.strip_prefix(inland(country)), area) {
                (Some(rest), _) => Some(rest.to_owned()),
                (None, Some(area)) => Some(format!("{area}{number}")),
                (None, None) => None,
            },
        };
        national.map_or_else(|| number.to_owned(), |national| format!("+{country}{national}"))
    }
}

/// Ten digits, or eleven with the 1 before them, or seven within an area.
fn north_american(number: &str, area: Option<&str>) -> Option<String> {
    match (number.len(), area) {
        (11, _) => number.strip_prefix('1').map(str::to_owned),
        (10, _) => Some(number.to_owned()),
        (7, Some(area)) => Some(format!("{area}{number}")),
        _ => None,
    }
}

/// What is dialled before a number of another country.
fn abroad(country: &str) -> &'static str {
    match country {
        "1" => "011",
        "61" => "0011",
        "81" => "010",
        "7" => "810",
        _ => "00",
    }
}

/// What is dialled before a number of another area.
fn inland(country: &str) -> &'static str {
    match country {
        "7" => "8",
        "36" => "06",
        _ => "0",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialled(country: &str, area: Option<&str>, number: &str) -> String {
        let country = (!country.is_empty()).then(|| country.to_owned());
        Plan { country, area: area.map(str::to_owned) }.international(number)
    }

    #[test]
    fn numbers_become_international_where_it_is_clear_what_they_mean() {
        for (country, area, number, expected) in [
            ("1", None, "5551234567", "+15551234567"),
            ("1", None, "15551234567", "+15551234567"),
            ("1", Some("212"), "5551234", "+12125551234"),
            ("1", None, "5551234", "5551234"),
            ("1", None, "0114930123456", "+4930123456"),
            ("44", None, "02079460000", "+442079460000"),
            ("44", Some("20"), "79460000", "+442079460000"),
            ("44", None, "79460000", "79460000"),
            ("49", None, "0015551234567", "+15551234567"),
            ("34", None, "912345678", "+34912345678"),
            ("39", None, "0612345678", "+390612345678"),
            ("52", None, "5512345678", "+525512345678"),
            ("7", None, "84951234567", "+74951234567"),
            ("36", None, "0612345678", "+3612345678"),
        ] {
            assert_eq!(dialled(country, area, number), expected, "{number} in {country}");
        }
    }

    #[test]
    fn what_is_short_or_whole_or_of_no_known_country_stays() {
        for (country, number) in
            [("", "5551234567"), ("1", "+442079460000"), ("1", "911"), ("44", "112"), ("34", "33733")]
        {
            assert_eq!(dialled(country, Some("20"), number), number);
        }
    }
}
