//! What should make a person careful with a code: see [`Warning`]. Words and names only; a text without a warning may lie.
use super::{asking::asks_for_code, hosts, origin};
use crate::domain::code::{Code, Warning};

/// The warnings a text gives by itself.
pub fn warnings(body: &str, code: &Code) -> Vec<Warning> {
    let mut found = Vec::new();
    if asks_for_code(body) {
        found.push(Warning::PassOn);
    }
    if let Some(site) = &code.site {
        let embedded = origin::embedded(body);
        let ours = |host: &str| {
            hosts::same_site(host, site) || embedded.as_ref().is_some_and(|other| hosts::same_site(host, other))
        };
        let foreign: Vec<String> = hosts::linked(body).filter(|host| !ours(host)).collect();
        if foreign.iter().any(|host| hosts::looks_like(host, site)) {
            found.push(Warning::LookAlike);
        } else if !foreign.is_empty() {
            found.push(Warning::ForeignLink);
        }
    }
    found
}

/// Whether a sender that has not written before is made to be taken for one of `known`: by its name, or because the text
/// calls itself so. `sender` and `known` are names or numbers as they are shown; of `BANCO@gateway.example` the gateway is no
/// part of the name.
pub fn imitates<'a>(sender: &str, body: &str, known: impl IntoIterator<Item = &'a str>) -> bool {
    let local = |name: &'a str| name.split('@').next().unwrap_or(name);
    let sender = sender.split('@').next().unwrap_or(sender);
    known.into_iter().map(local).any(|other| {
        let same = other.trim().to_lowercase() == sender.trim().to_lowercase();
        hosts::imitates_sender(sender, other) || !same && hosts::signs_as(body, other)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{super::detect, *};

    fn told(body: &str) -> Vec<Warning> {
        warnings(body, &detect(body, "22395").unwrap())
    }

    #[test]
    fn links_are_held_against_the_site() {
        let bound = |link: &str| told(&format!("Code 482913 {link}\n\n@northwind.example #482913"));
        assert_eq!(bound("https://help.northwind.example/a"), []);
        assert_eq!(bound("https://n0rthwind.example/a"), [Warning::LookAlike]);
        assert_eq!(bound("https://parcels.test/a"), [Warning::ForeignLink]);
        let embedded = "Code 482913 https://pay.test/a\n@northwind.example #482913 @pay.test";
        assert_eq!(told(embedded), []);
        // unbound, nothing is known of where it belongs
        assert_eq!(told("Your code is 482913. https://parcels.test/a"), []);
    }

    #[test]
    fn asking_is_told() {
        assert_eq!(told("Your code is 482913. Reply with the code to keep your account"), [Warning::PassOn]);
        assert_eq!(told("Your code is 482913. Never share it."), []);
    }

    #[test]
    fn a_new_name_may_imitate() {
        let known = ["BancoAzul", "22395", "Ana"];
        assert!(imitates("BANCO AZUL1", "", ["Banco Azul"]));
        assert!(imitates("+15550100", "Banco Azul: su clave es 1234", known));
        assert!(imitates("+15550100", "Banco Azul: su clave es 1234", ["BANCOAZUL@sms.example"]));
        assert!(!imitates("BANCOAZUL@other.example", "Banco Azul: su clave es 1234", ["BANCOAZUL@sms.example"]));
        assert!(!imitates("22396", "Your code is 1234", known));
        assert!(!imitates("Anna", "hi", known));
    }
}
