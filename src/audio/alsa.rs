//! Sound cards through cpal's ALSA, for machines without a sound server. Everything here may block, so it runs on threads
//! that nobody waits for. It must not choose a device: `cards` does.
use super::{
    RATE,
    cards::CardError,
    level::Meter,
    loan::Loan,
    realtime::{Capture, Pcm, Playback},
};
use cpal::{
    BufferSize, ErrorKind, HostId, SampleFormat, StreamConfig, SupportedBufferSize, SupportedStreamConfigRange,
    traits::{DeviceTrait, HostTrait, StreamTrait},
};
use rtrb::{Consumer, Producer};
use std::{
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    time::Duration,
};

/// A callback's period: 10 ms.
const PERIOD: u32 = RATE / 100;
/// How long a driver may take to make a stream.
const BUILDING: Duration = Duration::from_secs(3);
/// What ALSA calls the device of its own choice.
pub(super) const DEFAULT: &str = "default";

impl From<cpal::Error> for CardError {
    fn from(error: cpal::Error) -> Self {
        Self::Failed(error.kind())
    }
}

/// A stream that runs until this is dropped.
pub(super) struct Stream {
    _stream: cpal::Stream,
    failed: Receiver<ErrorKind>,
}

impl Stream {
    /// Why it has stopped, if it has.
    pub(super) fn failed(&self) -> Option<CardError> {
        self.failed.try_recv().ok().map(CardError::Failed)
    }
}

/// One device.
#[derive(Debug)]
pub(super) struct Entry {
    /// ALSA's name for it.
    pub name: String,
    /// What a person reads.
    pub title: String,
    pub input: bool,
    pub output: bool,
}

/// libasound writes its complaints to the terminal; they are told in our own words. It keeps a handler for each thread.
fn quiet() {
    let _ = alsa::Output::local_error_handler();
}

/// The device of this name.
fn find(name: &str) -> Result<cpal::Device, CardError> {
    quiet();
    let host = cpal::host_from_id(HostId::Alsa)?;
    if name == DEFAULT
        && let Some(device) = host.default_output_device()
    {
        return Ok(device); // listed only where a configuration file names it
    }
    let id = format!("{}:{name}", HostId::Alsa).parse().map_err(|_| CardError::Absent)?;
    host.device_by_id(&id).ok_or(CardError::Absent)
}

/// Whether there is a device of this name.
pub(super) fn has(name: &str) -> bool {
    find(name).is_ok()
}

/// All devices that mean one to a person.
pub(super) fn list() -> Vec<Entry> {
    quiet();
    let Ok(all) = cpal::host_from_id(HostId::Alsa).and_then(|host| host.devices()) else { return Vec::new() };
    let entries = all.filter_map(|device| {
        let name = device.id().ok()?.id().to_owned();
        let title = device.description().map_or_else(|_| name.clone(), |d| d.name().to_owned());
        let (input, output) = (device.supports_input(), device.supports_output());
        offered(&name).then_some(Entry { name, title, input, output })
    });
    entries.collect()
}

/// Of ALSA's dozens of names those that mean a device to a person, by the card's name: its number may change.
fn offered(name: &str) -> bool {
    let named = name.strip_prefix("plughw:CARD=").is_some_and(|card| !card.starts_with(|c: char| c.is_ascii_digit()));
    name == DEFAULT || named
}

/// The best of what a device offers: 48 kHz, mono or few channels, float, small buffers.
fn best(offers: impl Iterator<Item = SupportedStreamConfigRange>) -> Option<(StreamConfig, SampleFormat)> {
    let rated = offers.filter_map(|offer| {
        let (low, high) = (offer.min_sample_rate(), offer.max_sample_rate());
        let rate = RATE.clamp(low, high);
        let format = match offer.sample_format() {
            SampleFormat::F32 => 0,
            SampleFormat::I16 => 1,
            SampleFormat::I32 => 2,
            _ => return None,
        };
        let usable = (8_000..=192_000).contains(&rate) && offer.channels() > 0;
        // a lower rate loses more than a higher one costs
        let distance = if rate < RATE { 2 * (RATE - rate) } else { rate - RATE };
        usable.then_some(((distance, offer.channels(), format), rate, offer))
    });
    let (_, sample_rate, offer) = rated.min_by_key(|(rating, ..)| *rating)?;
    let period = sample_rate / 100;
    let buffer_size = match *offer.buffer_size() {
        SupportedBufferSize::Range { min, max } if (min..=max).contains(&period) => BufferSize::Fixed(period),
        SupportedBufferSize::Range { min, max } if min <= max && min > period && min <= 4 * PERIOD => {
            BufferSize::Fixed(min)
        }
        _ => BufferSize::Default,
    };
    Some((StreamConfig { channels: offer.channels(), sample_rate, buffer_size }, offer.sample_format()))
}

/// Tells the worker what ends a stream; over-runs and refused priorities do not.
fn watch() -> (impl FnMut(cpal::Error) + Send + 'static, Receiver<ErrorKind>) {
    let (tell, failed): (SyncSender<ErrorKind>, _) = sync_channel(1);
    let watch = move |error: cpal::Error| match error.kind() {
        ErrorKind::Xrun | ErrorKind::RealtimeDenied | ErrorKind::DeviceChanged => {}
        kind => {
            let _ = tell.try_send(kind); // one reason is enough
        }
    };
    (watch, failed)
}

/// Opens a microphone and lets it run.
pub(super) fn open_input(name: &str, ring: Loan<Producer<f32>>, meter: Meter) -> Result<Stream, CardError> {
    let device = find(name)?;
    let (config, format) = best(device.supported_input_configs()?).ok_or(CardError::Format)?;
    let capture = Capture::lent(ring, config.channels, config.sample_rate, meter).ok_or(CardError::Format)?;
    match format {
        SampleFormat::F32 => input::<f32>(&device, config, capture),
        SampleFormat::I16 => input::<i16>(&device, config, capture),
        _ => input::<i32>(&device, config, capture),
    }
}

fn input<T: Pcm + cpal::SizedSample + Send>(
    device: &cpal::Device,
    config: StreamConfig,
    mut capture: Capture,
) -> Result<Stream, CardError> {
    let (watch, failed) = watch();
    let stream =
        device.build_input_stream(config, move |data: &[T], _: &_| capture.hear(data), watch, Some(BUILDING))?;
    stream.play()?;
    Ok(Stream { _stream: stream, failed })
}

/// Opens a loudspeaker and lets it run.
pub(super) fn open_output(name: &str, ring: Loan<Consumer<f32>>, meter: Meter) -> Result<Stream, CardError> {
    let device = find(name)?;
    let (config, format) = best(device.supported_output_configs()?).ok_or(CardError::Format)?;
    let playback = Playback::lent(ring, config.channels, config.sample_rate, meter).ok_or(CardError::Format)?;
    match format {
        SampleFormat::F32 => output::<f32>(&device, config, playback),
        SampleFormat::I16 => output::<i16>(&device, config, playback),
        _ => output::<i32>(&device, config, playback),
    }
}

fn output<T: Pcm + cpal::SizedSample + Send>(
    device: &cpal::Device,
    config: StreamConfig,
    mut playback: Playback,
) -> Result<Stream, CardError> {
    let (watch, failed) = watch();
    let stream =
        device.build_output_stream(config, move |data: &mut [T], _: &_| playback.speak(data), watch, Some(BUILDING))?;
    stream.play()?;
    Ok(Stream { _stream: stream, failed })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn offer(channels: u16, low: u32, high: u32, min: u32, format: SampleFormat) -> SupportedStreamConfigRange {
        let buffer = SupportedBufferSize::Range { min, max: 100_000 };
        SupportedStreamConfigRange::new(channels, low, high, buffer, format)
    }

    #[test]
    fn the_nearest_to_our_own_format_is_taken() {
        let plug = [
            offer(2, 44_100, 192_000, 64, SampleFormat::I32),
            offer(2, 44_100, 192_000, 64, SampleFormat::I16),
            offer(2, 44_100, 192_000, 64, SampleFormat::F64),
        ];
        let (config, format) = best(plug.into_iter()).unwrap();
        assert_eq!((config.channels, config.sample_rate, format), (2, 48_000, SampleFormat::I16));
        assert_eq!(config.buffer_size, BufferSize::Fixed(480));

        let old = [offer(1, 8_000, 44_100, 1024, SampleFormat::I16), offer(2, 96_000, 96_000, 64, SampleFormat::I16)];
        let (config, _) = best(old.into_iter()).unwrap();
        assert_eq!((config.channels, config.sample_rate), (1, 44_100));
        assert_eq!(config.buffer_size, BufferSize::Fixed(1024));

        assert!(best([offer(2, 48_000, 48_000, 64, SampleFormat::U8)].into_iter()).is_none());
    }

    #[test]
    fn alsa_lists_cards_by_name_only() {
        assert!(offered("default") && offered("plughw:CARD=PCH,DEV=0"));
        for id in ["hw:CARD=PCH,DEV=0", "plughw:CARD=0,DEV=0", "surround51:CARD=PCH", "null", "pulse"] {
            assert!(!offered(id), "{id}");
        }
    }
}
