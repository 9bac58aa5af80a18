//! Places for files on our server (XEP-0363): how large one may be, and a place for one. The file itself goes elsewhere. It takes no
//! place that is not encrypted on its way, and no header but the three that the standard allows.
use super::stanza;
use crate::account::chat::Slot;
use xmpp_parsers::{iq::Iq, jid::BareJid, minidom::Element, ns};

/// The longest address and header value.
const LONGEST: usize = 4096;

/// Whether this is a service for files, and the largest it takes.
pub(super) fn offered(info: &Element) -> Option<Option<u64>> {
    if !super::disco::has(info, ns::HTTP_UPLOAD) {
        return None;
    }
    let fields = info.children().filter(|form| form.is("x", ns::DATA_FORMS)).flat_map(Element::children);
    let largest = fields
        .filter(|field| field.attr("var") == Some("max-file-size"))
        .find_map(|field| field.get_child("value", ns::DATA_FORMS)?.text().trim().parse().ok());
    Some(largest)
}

/// The request for a place.
pub(super) fn ask(id: String, service: &BareJid, name: &str, size: u64, media_type: &str) -> Element {
    let size = size.to_string();
    let mut request = stanza::element("request", ns::HTTP_UPLOAD, &[("filename", name), ("size", &size)]);
    if !media_type.is_empty() {
        stanza::set(&mut request, "content-type", media_type);
    }
    Iq::Get { from: None, to: Some(service.clone().into()), id, payload: request }.into()
}

/// The place, from the answer.
pub(super) fn read(slot: &Element) -> Option<Slot> {
    let slot = Some(slot).filter(|slot| slot.is("slot", ns::HTTP_UPLOAD))?;
    let url = |name: &str| {
        let url = slot.get_child(name, ns::HTTP_UPLOAD)?.attr("url")?;
        let safe = url.len() <= LONGEST && url.get(..8).is_some_and(|head| head.eq_ignore_ascii_case("https://"));
        safe.then(|| url.to_owned())
    };
    let put = slot.get_child("put", ns::HTTP_UPLOAD)?;
    let headers = put.children().filter(|header| header.is("header", ns::HTTP_UPLOAD)).filter_map(|header| {
        let name = header.attr("name")?;
        let name = ["Authorization", "Cookie", "Expires"].into_iter().find(|known| known.eq_ignore_ascii_case(name))?;
        let value = header.text().replace(['\r', '\n'], "");
        (value.len() <= LONGEST).then(|| (name.to_owned(), value))
    });
    Some(Slot { put: url("put")?.into(), get: url("get")?.into(), headers: headers.take(3).collect::<Vec<_>>().into() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn element(xml: &str) -> Element {
        xml.replace("NS", ns::HTTP_UPLOAD).parse().unwrap()
    }

    #[test]
    fn only_encrypted_places_and_known_headers() {
        let slot = "<slot xmlns='NS'><put url='https://u.x/a'><header name='authorization'>Basic\r\n x</header>\
                    <header name='Host'>evil</header></put><get url='https://u.x/b'/></slot>";
        let read_slot = read(&element(slot)).unwrap();
        assert_eq!(read_slot.headers.expose(), &[("Authorization".to_owned(), "Basic x".to_owned())]);
        assert_eq!(
            (read_slot.put.expose().as_str(), read_slot.get.expose().as_str()),
            ("https://u.x/a", "https://u.x/b")
        );
        assert!(read(&element(&slot.replace("put url='https", "put url='http"))).is_none());
        assert!(read(&element("<slot xmlns='NS'><get url='https://u.x/b'/></slot>")).is_none());
    }

    #[test]
    fn the_limit_is_told_before() {
        let info =
            |form: &str| element(&format!("<query xmlns='{}'><feature var='NS'/>{form}</query>", ns::DISCO_INFO));
        let form = format!("<x xmlns='{}'><field var='max-file-size'><value>1000</value></field></x>", ns::DATA_FORMS);
        assert_eq!(offered(&info(&form)), Some(Some(1000)));
        assert_eq!(offered(&info("")), Some(None));
        assert_eq!(offered(&element(&format!("<query xmlns='{}'/>", ns::DISCO_INFO))), None);
    }
}
