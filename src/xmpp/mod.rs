//! The only room that imports tokio-xmpp and xmpp-parsers: our session driver, one file per extension.
