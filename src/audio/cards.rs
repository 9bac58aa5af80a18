//! Sound cards and servers through cpal: PulseAudio's protocol where such a server answers (PipeWire speaks it too; ALSA's
//! Pulse plugin costs 100 ms and more), ALSA else. Everything here may block, so it runs on threads that nobody waits for.
use super::{
    Device, Devices, RATE,
    level::Meter,
    loan::Loan,
    pulse,
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
/// How long a server may take to make a stream.
const BUILDING: Duration = Duration::from_secs(3);

/// Why a device is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum CardError {
    #[error("no such sound device")]
    Absent,
    #[error("the sound device has no format that can be used")]
    Format,
    #[error("the sound device: {0:?}")]
    Failed(ErrorKind),
}

impl From<cpal::Error> for CardError {
    fn from(error: cpal::Error) -> Self {
        Self::Failed(error.kind())
    }
}

/// A device that runs until this is dropped.
pub(super) struct Running {
    stream: Stream,
    id: Option<cpal::DeviceId>,
}

/// cpal's, or our own to a PulseAudio server.
enum Stream {
    Cpal { _stream: cpal::Stream, failed: Receiver<ErrorKind> },
    Pulse(pulse::Stream),
}

impl Running {
    /// Whether it is this one; one without an id is any.
    pub(super) fn is(&self, id: &str) -> bool {
        self.id.as_ref().is_none_or(|own| own.to_string() == id)
    }
    /// Why it has stopped, if it has.
    pub(super) fn failed(&self) -> Option<CardError> {
        match &self.stream {
            Stream::Cpal { failed, .. } => failed.try_recv().ok().map(CardError::Failed),
            Stream::Pulse(stream) => stream.has_ended().then_some(CardError::Failed(ErrorKind::DeviceNotAvailable)),
        }
    }
}

/// Which way a device's sound goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    In,
    Out,
}

/// The device that this id names.
fn find(id: Option<&str>, way: Way) -> Result<cpal::Device, CardError> {
    quiet();
    let Some(id) = id else {
        return default(&host()?, way).ok_or(CardError::Absent);
    };
    let id: cpal::DeviceId = id.parse().map_err(|_| CardError::Absent)?;
    let host = cpal::host_from_id(id.host())?;
    if id.host() == HostId::Alsa
        && id.id() == "default"
        && let Some(device) = host.default_output_device()
    {
        return Ok(device); // listed only where a configuration file names it
    }
    host.device_by_id(&id).ok_or(CardError::Absent)
}

/// What a PulseAudio server calls the device.
fn at_pulse(device: &cpal::Device) -> Option<String> {
    device.id().ok().filter(|id| id.host() == HostId::PulseAudio).map(|id| id.id().to_owned())
}

fn refused(error: pulseaudio::protocol::ProtocolError) -> CardError {
    tracing::debug!(%error, "the sound server refuses");
    CardError::Failed(ErrorKind::DeviceNotAvailable)
}

/// The desktop's default device; where that is wireless, another one: radio is used by those only who ask for it.
fn default(host: &cpal::Host, way: Way) -> Option<cpal::Device> {
    let device = if way == Way::In { host.default_input_device() } else { host.default_output_device() };
    if device.as_ref().is_some_and(|device| !is_wireless(device)) {
        return device;
    }
    let fits = |device: &cpal::Device| {
        let id = device.id().ok();
        let monitor = id.as_ref().is_some_and(is_monitor);
        let way = if way == Way::In { device.supports_input() && !monitor } else { device.supports_output() };
        way && id.is_some_and(|id| id.host() != HostId::Alsa || offered_of_alsa(id.id())) && !is_wireless(device)
    };
    host.devices().ok()?.find(fits)
}

/// Which device would be opened now for this choice: the chosen one if it is there, else the default one.
/// `None` when nobody can tell.
pub(super) fn wanted(chosen: Option<&str>, way: Way) -> Option<String> {
    let device = find(chosen, way).or_else(|_| find(None, way)).ok()?;
    device.id().ok().map(|id| id.to_string())
}

/// What a loudspeaker plays, as a source of sound.
fn is_monitor(id: &cpal::DeviceId) -> bool {
    id.host() == HostId::PulseAudio && id.id().ends_with(".monitor")
}

fn is_wireless(device: &cpal::Device) -> bool {
    let name = device.description().map(|description| description.name().to_owned()).unwrap_or_default();
    device.id().is_ok_and(|id| by_radio(id.id(), &name))
}

/// Whether a device of this id and name sends its sound by radio. Sound servers name Bluetooth devices by the stack's name,
/// and AirPlay by its protocol; USB adapters of radio headsets show it in what they call themselves.
fn by_radio(id: &str, name: &str) -> bool {
    let id = id.to_ascii_lowercase();
    let stacks = ["bluez", "bluealsa", "raop"];
    let marks = ["bluetooth", "wireless", "airpods", "airplay", "dect", "wi-fi", "wifi"];
    let words = format!("{id} {}", name.to_lowercase());
    let mut words = words.split(|c: char| !c.is_alphanumeric() && c != '-');
    stacks.iter().any(|stack| id.contains(stack)) || words.any(|word| marks.contains(&word))
}

/// libasound writes its complaints to the terminal; they are told in our own words. It keeps a handler for each thread.
fn quiet() {
    let _ = alsa::Output::local_error_handler();
}

fn host() -> Result<cpal::Host, CardError> {
    cpal::host_from_id(HostId::PulseAudio).or_else(|_| cpal::host_from_id(HostId::Alsa)).map_err(CardError::from)
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
pub(super) fn open_input(id: Option<&str>, ring: Loan<Producer<f32>>, meter: Meter) -> Result<Running, CardError> {
    let device = find(id, Way::In)?;
    if let Some(name) = at_pulse(&device) {
        let stream = Stream::Pulse(pulse::open_input(&name, ring, meter).map_err(refused)?);
        return Ok(Running { stream, id: device.id().ok() });
    }
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
) -> Result<Running, CardError> {
    let (watch, failed) = watch();
    let stream =
        device.build_input_stream(config, move |data: &[T], _: &_| capture.hear(data), watch, Some(BUILDING))?;
    stream.play()?;
    Ok(Running { stream: Stream::Cpal { _stream: stream, failed }, id: device.id().ok() })
}

/// Opens a loudspeaker and lets it run.
pub(super) fn open_output(id: Option<&str>, ring: Loan<Consumer<f32>>, meter: Meter) -> Result<Running, CardError> {
    let device = find(id, Way::Out)?;
    if let Some(name) = at_pulse(&device) {
        let stream = Stream::Pulse(pulse::open_output(&name, ring, meter).map_err(refused)?);
        return Ok(Running { stream, id: device.id().ok() });
    }
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
) -> Result<Running, CardError> {
    let (watch, failed) = watch();
    let stream =
        device.build_output_stream(config, move |data: &mut [T], _: &_| playback.speak(data), watch, Some(BUILDING))?;
    stream.play()?;
    Ok(Running { stream: Stream::Cpal { _stream: stream, failed }, id: device.id().ok() })
}

/// All devices a person may choose from.
pub(super) fn list() -> Devices {
    quiet();
    let Ok(host) = host() else { return Devices::default() };
    let Ok(all) = host.devices() else { return Devices::default() };
    let id_of = |device: Option<cpal::Device>| device.and_then(|d| d.id().ok()).map(|id| id.to_string());
    let (input, output) = (id_of(default(&host, Way::In)), id_of(default(&host, Way::Out)));
    let mut devices = Devices::default();
    for device in all {
        let Ok(id) = device.id() else { continue };
        if id.host() == HostId::Alsa && !offered_of_alsa(id.id()) {
            continue;
        }
        let name = device.description().map_or_else(|_| id.id().to_owned(), |d| d.name().to_owned());
        let (monitor, wireless) = (is_monitor(&id), by_radio(id.id(), &name));
        let id = id.to_string();
        let entry = |default: &Option<String>| Device {
            id: id.clone(),
            name: name.clone(),
            default: default.as_ref() == Some(&id),
            wireless,
        };
        // what a loudspeaker plays is no microphone, unless the desktop says so
        if device.supports_input() && (!monitor || input.as_ref() == Some(&id)) {
            devices.inputs.push(entry(&input));
        }
        if device.supports_output() {
            devices.outputs.push(entry(&output));
        }
    }
    devices
}

/// Of ALSA's dozens of names those that mean a device to a person, by the card's name: its number may change.
fn offered_of_alsa(id: &str) -> bool {
    let named = id.strip_prefix("plughw:CARD=").is_some_and(|card| !card.starts_with(|c: char| c.is_ascii_digit()));
    id == "default" || named
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
    fn radio_is_known_by_its_names() {
        for (id, name) in [
            ("bluez_sink.00_11_22_33_44_55.a2dp_sink", "WH-1000XM4"),
            ("bluez_input.00_11_22_33_44_55.0", "Buds"),
            ("bluealsa:DEV=00:11:22:33:44:55", ""),
            ("raop_sink.Kitchen.local.192.168.1.2.5000", "Kitchen"),
            ("alsa_output.usb-Corsair_Gaming_Receiver-00.analog-stereo", "Corsair VOID Wireless Gaming Dongle"),
            ("alsa_input.usb-Logitech_Wireless_Headset-00.mono-fallback", "Headset"),
            ("alsa_output.usb-x", "Savi DECT headset"),
        ] {
            assert!(by_radio(id, name), "{id} {name}");
        }
        for (id, name) in [
            ("alsa_output.pci-0000_00_1f.3.analog-stereo", "Built-in Audio Analog Stereo"),
            ("alsa_input.usb-Plantronics_Blackwire_C5220-00.mono-fallback", "Blackwire wired headset"),
            ("plughw:CARD=PCH,DEV=0", "HDA Intel PCH, detected"),
        ] {
            assert!(!by_radio(id, name), "{id} {name}");
        }
    }

    #[test]
    fn alsa_lists_cards_by_name_only() {
        assert!(offered_of_alsa("default") && offered_of_alsa("plughw:CARD=PCH,DEV=0"));
        for id in ["hw:CARD=PCH,DEV=0", "plughw:CARD=0,DEV=0", "surround51:CARD=PCH", "null", "pulse"] {
            assert!(!offered_of_alsa(id), "{id}");
        }
    }
}
