//! Where passwords live: the desktop's Secret Service, or an encrypted vault file opened by a passphrase. Never plain text.
