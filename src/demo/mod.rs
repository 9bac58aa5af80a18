//! An embedded exchange on loopback: real SIP, no account, no network.
