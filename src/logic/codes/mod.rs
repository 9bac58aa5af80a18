//! Verification codes: is there one in this text, which, for whom, how long.
