//! One media engine for both account kinds: description -> RTP -> jitter buffer -> codec -> PCM.
//! Decisions (negotiation, jitter) are sans-IO and take `now`. It knows neither SDP nor Jingle.
