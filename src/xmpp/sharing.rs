//! Files that hang on a text: out-of-band data (XEP-0066), which gateways send MMS with, and the two ways with more words about
//! the file (XEP-0385, XEP-0447). It must not fetch anything, and takes no address that is not encrypted on its way.
use super::stanza;
use crate::domain::{extras::Attachment, private::Private};
use xmpp_parsers::{minidom::Element, ns};

const SFS: &str = "urn:xmpp:sfs:0";
const METADATA: &str = "urn:xmpp:file:metadata:0";
const URL_DATA: &str = "http://jabber.org/protocol/url-data";
const SIMS: &str = "urn:xmpp:sims:1";
const REFERENCE: &str = "urn:xmpp:reference:0";
/// Files of one text; more are shown as the words they are.
const MOST: usize = 10;
/// The longest address and the longest name.
const LONGEST: usize = 2048;
const NAME: usize = 120;

/// The files of a message.
pub(super) fn read(message: &Element) -> Vec<Attachment> {
    let mut files: Vec<Attachment> = Vec::new();
    let described = message.children().filter_map(shared).chain(message.children().filter_map(referenced));
    let plain = message.children().filter(|child| child.is("x", ns::OOB)).filter_map(|oob| {
        let url = https(&oob.get_child("url", ns::OOB)?.text())?;
        Some(Attachment { name: name(None, &url), url: Some(url.into()), ..Attachment::default() })
    });
    for file in described.chain(plain) {
        if files.len() < MOST && files.iter().all(|known| known.url != file.url) {
            files.push(file);
        }
    }
    files
}

/// XEP-0447.
fn shared(sharing: &Element) -> Option<Attachment> {
    let sharing = Some(sharing).filter(|child| child.is("file-sharing", SFS))?;
    let sources = sharing.get_child("sources", SFS)?;
    let url = sources
        .children()
        .filter(|child| child.is("url-data", URL_DATA))
        .find_map(|source| https(source.attr("target")?))?;
    Some(about(sharing.get_child("file", METADATA)?, METADATA, url))
}

/// XEP-0385.
fn referenced(reference: &Element) -> Option<Attachment> {
    let reference = Some(reference).filter(|child| child.is("reference", REFERENCE))?;
    let sharing = reference.get_child("media-sharing", SIMS)?;
    let sources = sharing.get_child("sources", SIMS)?;
    let url = sources
        .children()
        .filter(|child| child.is("reference", REFERENCE))
        .find_map(|source| https(source.attr("uri")?))?;
    Some(about(sharing.get_child("file", ns::JINGLE_FT)?, ns::JINGLE_FT, url))
}

fn about(file: &Element, namespace: &str, url: String) -> Attachment {
    let text = |name: &str| file.get_child(name, namespace).map(Element::text).filter(|text| !text.is_empty());
    let sha256 = file.children().find(|hash| hash.is("hash", ns::HASHES) && hash.attr("algo") == Some("sha-256"));
    Attachment {
        name: name(text("name").as_deref(), &url),
        media_type: text("media-type").filter(|kind| kind.len() <= NAME && kind.is_ascii()).unwrap_or_default(),
        size: text("size").and_then(|size| size.parse().ok()),
        sha256: sha256.map(|hash| hash.text().trim().to_owned()).filter(|hash| hash.len() == 44),
        url: Some(url.into()),
        path: None,
        here: false,
    }
}

fn https(url: &str) -> Option<String> {
    let url = url.trim();
    let safe = url.len() <= LONGEST && !url.contains(|c: char| c.is_control() || c.is_whitespace());
    (safe && url.get(..8).is_some_and(|head| head.eq_ignore_ascii_case("https://"))).then(|| url.to_owned())
}

/// What a file is called: by the sender's word or the end of its address, without anything that would lead elsewhere.
fn name(told: Option<&str>, url: &str) -> Private<String> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let end = path.get(8..).and_then(|path| path.split_once('/')).and_then(|(_, path)| path.rsplit('/').next());
    let plain = told.or(end).unwrap_or_default();
    let plain = plain.rsplit(['/', '\\']).next().unwrap_or_default().trim_matches(['.', ' ']);
    plain.chars().filter(|c| !c.is_control()).take(NAME).collect::<String>().into()
}

/// What hangs on a text with this file, which is uploaded: both for those who know much and for those who know little.
pub(super) fn write(file: &Attachment, url: &str) -> [Element; 2] {
    let size = file.size.map(|size| size.to_string());
    let told = [("name", Some(file.name.expose())), ("media-type", Some(&file.media_type)), ("size", size.as_ref())];
    let told = told.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
    let told = told.map(|(name, value)| stanza::texted(name, METADATA, value));
    let hash = file.sha256.as_ref().map(|hash| {
        let mut element = stanza::texted("hash", ns::HASHES, hash);
        stanza::set(&mut element, "algo", "sha-256");
        element
    });
    let about = stanza::filled(Element::bare("file", METADATA), told.chain(hash));
    let source = stanza::element("url-data", URL_DATA, &[("target", url)]);
    let sources = stanza::filled(Element::bare("sources", SFS), [source]);
    let kind = if file.media_type.starts_with("image/") { "inline" } else { "attachment" };
    let sharing = stanza::filled(stanza::element("file-sharing", SFS, &[("disposition", kind)]), [about, sources]);
    [stanza::filled(Element::bare("x", ns::OOB), [stanza::texted("url", ns::OOB, url)]), sharing]
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn message(inner: &str) -> Element {
        format!("<message xmlns='jabber:client'>{inner}</message>").parse().unwrap()
    }

    #[test]
    fn ours_is_read_back_once() {
        let url = "https://up.x.test/1/caf%C3%A9.png?x=1";
        let file = Attachment {
            name: "café.png".into(),
            media_type: "image/png".into(),
            size: Some(70),
            sha256: Some("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".into()),
            ..Attachment::default()
        };
        let message = stanza::filled(message(""), write(&file, url));
        assert_eq!(read(&message), [Attachment { url: Some(url.into()), ..file }]);
    }

    #[test]
    fn a_name_leads_nowhere_and_a_plain_address_is_none() {
        let oob = |url: &str| read(&message(&format!("<x xmlns='jabber:x:oob'><url>{url}</url></x>")));
        assert_eq!(oob("https://x.test/a/%2e%2e/..")[0].name.expose(), "");
        assert_eq!(oob("https://x.test/a/voice.amr#t=1")[0].name.expose(), "voice.amr");
        assert_eq!(oob("https://x.test")[0].name.expose(), "");
        for url in ["http://x.test/a", "file:///etc/passwd", "aesgcm://x.test/a", "https://x.test/a b", ""] {
            assert_eq!(oob(url), [], "{url}");
        }
        assert_eq!(name(Some("../../.bashrc"), "https://x").expose(), "bashrc");
        assert_eq!(name(Some("C:\\a\\b.txt"), "https://x").expose(), "b.txt");
    }

    #[test]
    fn the_older_way_is_read_and_many_are_bounded() {
        let sims = format!(
            "<reference xmlns='{REFERENCE}' type='data'><media-sharing xmlns='{SIMS}'><file xmlns='{}'>\
             <media-type>audio/ogg</media-type><name>voice.ogg</name><size>9</size></file><sources>\
             <reference xmlns='{REFERENCE}' type='data' uri='cid:1'/>\
             <reference xmlns='{REFERENCE}' type='data' uri='https://x.test/v'/></sources></media-sharing></reference>",
            ns::JINGLE_FT
        );
        let files = read(&message(&sims));
        assert_eq!((files[0].name.expose().as_str(), files[0].size), ("voice.ogg", Some(9)));
        let many: String =
            (0..50).map(|n| format!("<x xmlns='jabber:x:oob'><url>https://x.test/{n}</url></x>")).collect();
        assert_eq!(read(&message(&many)).len(), MOST);
    }
}
