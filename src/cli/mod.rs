//! The command line, its JSON, and the private socket to the running instance.
