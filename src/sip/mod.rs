//! The only room that imports the SIP crates: our sans-IO user agent core, and the sockets at its edge.
