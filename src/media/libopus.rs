//! libopus behind a safe face: the only file of this program with `unsafe` in it. It decides nothing; [`super::opus`] does.
//! Safe crates over the same library reach neither deep redundancy (DRED) nor the decoder's neural concealment.
#![allow(unsafe_code)]
use opusic_sys as ffi;
use std::{ffi::c_int, ptr::NonNull};

/// Sound goes in and out at 48 kHz, mono.
const RATE: c_int = 48_000;
/// Most sound that redundancy describes: a second.
const REDUNDANT: c_int = 48_000;

/// libopus refused; its error number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("libopus: {0}")]
pub(super) struct Fault(c_int);

const fn length(result: c_int) -> Result<usize, Fault> {
    if result < 0 { Err(Fault(result)) } else { Ok(result as usize) }
}

/// A length as libopus takes it: all of ours are short.
fn short(length: usize) -> c_int {
    c_int::try_from(length).unwrap_or(c_int::MAX)
}

/// What can be set on an encoder, each to a number as libopus defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    /// Bits per second.
    Bitrate,
    /// 0 to 10.
    Complexity,
    /// 1: the packet before is in each packet again, coarsely.
    Fec,
    /// Loss the redundancy is laid out for, in percent.
    Loss,
    /// Deep redundancy, in units of 10 ms.
    Dred,
    /// 1: nothing is sent in silence.
    Dtx,
    /// 0: constant bitrate.
    Vbr,
    /// Highest bandwidth, 1101 (4 kHz) to 1105 (20 kHz).
    Bandwidth,
    /// 3001: voice.
    Signal,
}

impl Setting {
    const fn request(self) -> c_int {
        match self {
            Self::Bitrate => ffi::OPUS_SET_BITRATE_REQUEST,
            Self::Complexity => ffi::OPUS_SET_COMPLEXITY_REQUEST,
            Self::Fec => ffi::OPUS_SET_INBAND_FEC_REQUEST,
            Self::Loss => ffi::OPUS_SET_PACKET_LOSS_PERC_REQUEST,
            Self::Dred => ffi::OPUS_SET_DRED_DURATION_REQUEST,
            Self::Dtx => ffi::OPUS_SET_DTX_REQUEST,
            Self::Vbr => ffi::OPUS_SET_VBR_REQUEST,
            Self::Bandwidth => ffi::OPUS_SET_MAX_BANDWIDTH_REQUEST,
            Self::Signal => ffi::OPUS_SET_SIGNAL_REQUEST,
        }
    }
}

/// A voice encoder.
#[derive(Debug)]
pub(super) struct Encoder(NonNull<ffi::OpusEncoder>);

// SAFETY: the state is plain memory of its own; one thread uses it at a time, because every use needs `&mut self`.
unsafe impl Send for Encoder {}

impl Encoder {
    pub(super) fn new() -> Result<Self, Fault> {
        let mut error = 0;
        // SAFETY: `error` outlives the call; the state returned is owned here and freed once, in `drop`.
        let state = unsafe { ffi::opus_encoder_create(RATE, 1, ffi::OPUS_APPLICATION_VOIP, &raw mut error) };
        NonNull::new(state).map(Self).ok_or(Fault(error))
    }

    pub(super) fn set(&mut self, setting: Setting, value: i32) -> Result<(), Fault> {
        // SAFETY: the state is alive, and each of these requests takes exactly one `opus_int32`.
        length(unsafe { ffi::opus_encoder_ctl(self.0.as_ptr(), setting.request(), value) }).map(drop)
    }

    /// One packet of the sound, which is 2.5 to 120 ms long; gives its length in `out`.
    pub(super) fn encode(&mut self, sound: &[f32], out: &mut [u8]) -> Result<usize, Fault> {
        let (frame, room) = (short(sound.len()), short(out.len()));
        // SAFETY: mono, so `frame` samples are read and at most `room` octets are written, both within the slices.
        length(unsafe { ffi::opus_encode_float(self.0.as_ptr(), sound.as_ptr(), frame, out.as_mut_ptr(), room) })
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: made by `opus_encoder_create`, not freed before.
        unsafe { ffi::opus_encoder_destroy(self.0.as_ptr()) }
    }
}

/// A decoder, and what it needs to read deep redundancy.
#[derive(Debug)]
pub(super) struct Decoder {
    state: NonNull<ffi::OpusDecoder>,
    reader: NonNull<ffi::OpusDREDDecoder>,
    redundancy: NonNull<ffi::OpusDRED>,
}

// SAFETY: as for `Encoder`.
unsafe impl Send for Decoder {}

impl Decoder {
    /// `complexity` 5 and more conceal by a neural network.
    pub(super) fn new(complexity: i32) -> Result<Self, Fault> {
        let mut error = 0;
        // SAFETY: `error` outlives the calls; what is returned is owned here and freed once: in `drop`, or below when the
        // next one cannot be had.
        unsafe {
            let state = NonNull::new(ffi::opus_decoder_create(RATE, 1, &raw mut error)).ok_or(Fault(error))?;
            let Some(reader) = NonNull::new(ffi::opus_dred_decoder_create(&raw mut error)) else {
                ffi::opus_decoder_destroy(state.as_ptr());
                return Err(Fault(error));
            };
            let Some(redundancy) = NonNull::new(ffi::opus_dred_alloc(&raw mut error)) else {
                ffi::opus_dred_decoder_destroy(reader.as_ptr());
                ffi::opus_decoder_destroy(state.as_ptr());
                return Err(Fault(error));
            };
            let decoder = Self { state, reader, redundancy };
            length(ffi::opus_decoder_ctl(state.as_ptr(), ffi::OPUS_SET_COMPLEXITY_REQUEST, complexity))?;
            Ok(decoder)
        }
    }

    /// Sound of a packet; `redundant`: of the packet before it, as far as this one holds it. No packet: concealment.
    /// Gives how many samples were written.
    pub(super) fn decode(&mut self, packet: &[u8], redundant: bool, out: &mut [f32]) -> Result<usize, Fault> {
        let data = if packet.is_empty() { std::ptr::null() } else { packet.as_ptr() };
        let (size, room) = (short(packet.len()), short(out.len()));
        // SAFETY: `size` octets are read and at most `room` samples written (mono), both within the slices; a null packet
        // is what libopus defines as a lost one.
        length(unsafe {
            ffi::opus_decode_float(self.state.as_ptr(), data, size, out.as_mut_ptr(), room, c_int::from(redundant))
        })
    }

    /// Fills `out` with what began `before` samples ahead of a packet that is there, from the packet's deep redundancy;
    /// tells whether it holds any.
    pub(super) fn recover(&mut self, packet: &[u8], before: usize, out: &mut [f32]) -> Result<bool, Fault> {
        let (size, room, mut silence) = (short(packet.len()), short(out.len()), 0);
        let (reader, redundancy) = (self.reader.as_ptr(), self.redundancy.as_ptr());
        // SAFETY: `size` octets of the packet are read; reader and redundancy are alive and belong to this decoder.
        let found = length(unsafe {
            let data = packet.as_ptr();
            ffi::opus_dred_parse(reader, redundancy, data, size, REDUNDANT, RATE, &raw mut silence, 0)
        })?;
        if found == 0 {
            return Ok(false);
        }
        // SAFETY: exactly `room` samples are written (mono), which is the length of the slice.
        length(unsafe {
            let state = self.state.as_ptr();
            ffi::opus_decoder_dred_decode_float(state, redundancy, short(before), out.as_mut_ptr(), room)
        })?;
        Ok(true)
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: each was made by its library's function and is freed once.
        unsafe {
            ffi::opus_dred_free(self.redundancy.as_ptr());
            ffi::opus_dred_decoder_destroy(self.reader.as_ptr());
            ffi::opus_decoder_destroy(self.state.as_ptr());
        }
    }
}

/// How many samples a packet holds; `None`: it is no Opus.
pub(super) fn samples(packet: &[u8]) -> Option<usize> {
    // SAFETY: the length given is the slice's own; an empty one is refused before anything is read.
    let parsed = unsafe {
        use std::ptr::null_mut;
        let (mut sizes, data) = ([0_i16; 48], packet.as_ptr());
        // parsed in full: lengths inside the packet that contradict each other are seen here and not while it plays
        ffi::opus_packet_parse(data, short(packet.len()), null_mut(), null_mut(), sizes.as_mut_ptr(), null_mut())
    };
    length(parsed).ok().filter(|frames| *frames > 0)?;
    // SAFETY: as above.
    length(unsafe { ffi::opus_packet_get_nb_samples(packet.as_ptr(), short(packet.len()), RATE) }).ok()
}

/// Whether a packet holds the one before it again (in-band FEC).
pub(super) fn has_fec(packet: &[u8]) -> bool {
    // SAFETY: the length given is the slice's own, and at least one octet is there to be read.
    !packet.is_empty() && unsafe { ffi::opus_packet_has_lbrr(packet.as_ptr(), short(packet.len())) > 0 }
}
