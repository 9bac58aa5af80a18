//! Which sound device is used: of a PulseAudio server where one answers (PipeWire speaks its protocol; ALSA's Pulse plugin
//! costs 100 ms and more), of ALSA else. Everything here may block, so it runs on threads that nobody waits for.
use super::{
    Device, Devices, alsa,
    level::Meter,
    loan::Loan,
    pull::Pull,
    pulse::{self, Directory},
};
use cpal::ErrorKind;
use rtrb::{Consumer, Producer};

/// Whose device it is, in front of its name in a device's id.
const PULSE: &str = "pulseaudio:";
const ALSA: &str = "alsa:";

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

/// A device that runs until this is dropped.
pub(super) struct Running {
    stream: Stream,
    id: String,
}

/// cpal's, or our own to a PulseAudio server.
enum Stream {
    Alsa(alsa::Stream),
    Pulse(pulse::Stream),
}

impl Running {
    /// Whether it is this one.
    pub(super) fn is(&self, id: &str) -> bool {
        self.id == id
    }
    /// Why it has stopped, if it has.
    pub(super) fn failed(&self) -> Option<CardError> {
        match &self.stream {
            Stream::Alsa(stream) => stream.failed(),
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

/// The device that this id names; without one the desktop's default device. The id of what was found.
fn find(id: Option<&str>, way: Way) -> Result<String, CardError> {
    let server = || Directory::ask().inspect_err(|error| tracing::debug!(%error, "no sound server")).ok();
    let Some(id) = id else {
        let name = match server() {
            Some(directory) => default(&directory, way).map(|entry| format!("{PULSE}{}", entry.name)),
            None => alsa::has(alsa::DEFAULT).then(|| format!("{ALSA}{}", alsa::DEFAULT)),
        };
        return name.ok_or(CardError::Absent);
    };
    let there = match (id.strip_prefix(PULSE), id.strip_prefix(ALSA)) {
        (Some(name), _) => server().is_some_and(|directory| entries(&directory, way).iter().any(|e| e.name == name)),
        (_, Some(name)) => alsa::has(name),
        _ => false,
    };
    if there { Ok(id.to_owned()) } else { Err(CardError::Absent) }
}

fn entries(directory: &Directory, way: Way) -> &[pulse::Entry] {
    if way == Way::In { &directory.inputs } else { &directory.outputs }
}

/// The desktop's default device; where that is wireless, another one: radio is used by those only who ask for it.
fn default(directory: &Directory, way: Way) -> Option<&pulse::Entry> {
    let all = entries(directory, way);
    let name = if way == Way::In { &directory.default_input } else { &directory.default_output };
    let chosen = all.iter().find(|entry| Some(&entry.name) == name.as_ref());
    // what a loudspeaker plays is no microphone, unless the desktop says so
    chosen.filter(|entry| !wireless(entry)).or_else(|| all.iter().find(|entry| !entry.monitor && !wireless(entry)))
}

/// Which device would be opened now for this choice: the chosen one if it is there, else the default one.
/// `None` when nobody can tell.
pub(super) fn wanted(chosen: Option<&str>, way: Way) -> Option<String> {
    find(chosen, way).or_else(|_| find(None, way)).ok()
}

fn wireless(entry: &pulse::Entry) -> bool {
    entry.bluetooth || by_radio(&entry.name, &entry.title)
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

fn refused(error: pulseaudio::protocol::ProtocolError) -> CardError {
    tracing::debug!(%error, "the sound server refuses");
    CardError::Failed(ErrorKind::DeviceNotAvailable)
}

/// Opens a microphone and lets it run.
pub(super) fn open_input(
    id: Option<&str>,
    ring: Loan<Producer<f32>>,
    meter: Meter,
    pull: Pull,
) -> Result<Running, CardError> {
    let id = find(id, Way::In)?;
    let stream = match id.strip_prefix(PULSE) {
        Some(name) => Stream::Pulse(pulse::open_input(name, ring, meter, pull).map_err(refused)?),
        None => Stream::Alsa(alsa::open_input(id.trim_start_matches(ALSA), ring, meter)?),
    };
    Ok(Running { stream, id })
}

/// Opens a loudspeaker and lets it run.
pub(super) fn open_output(
    id: Option<&str>,
    ring: Loan<Consumer<f32>>,
    meter: Meter,
    pull: Pull,
) -> Result<Running, CardError> {
    let id = find(id, Way::Out)?;
    let stream = match id.strip_prefix(PULSE) {
        Some(name) => Stream::Pulse(pulse::open_output(name, ring, meter, pull).map_err(refused)?),
        None => Stream::Alsa(alsa::open_output(id.trim_start_matches(ALSA), ring, meter)?),
    };
    Ok(Running { stream, id })
}

/// All devices a person may choose from.
pub(super) fn list() -> Devices {
    let Ok(directory) = Directory::ask() else { return list_alsa() };
    let offered = |way| {
        let default = default(&directory, way).map(|entry| &entry.name);
        let shown = entries(&directory, way).iter().filter(move |e| !e.monitor || Some(&e.name) == default);
        let device = |entry: &pulse::Entry| Device {
            id: format!("{PULSE}{}", entry.name),
            name: entry.title.clone(),
            default: Some(&entry.name) == default,
            wireless: wireless(entry),
        };
        shown.map(device).collect()
    };
    Devices { inputs: offered(Way::In), outputs: offered(Way::Out) }
}

fn list_alsa() -> Devices {
    let mut devices = Devices::default();
    for entry in alsa::list() {
        let device = Device {
            id: format!("{ALSA}{}", entry.name),
            default: entry.name == alsa::DEFAULT,
            wireless: by_radio(&entry.name, &entry.title),
            name: entry.title,
        };
        if entry.input {
            devices.inputs.push(device.clone());
        }
        if entry.output {
            devices.outputs.push(device);
        }
    }
    devices
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, bluetooth: bool, monitor: bool) -> pulse::Entry {
        pulse::Entry { name: name.to_owned(), title: String::new(), bluetooth, monitor }
    }

    #[test]
    fn radio_and_monitors_are_never_chosen_unasked() {
        let inputs = vec![entry("ear.monitor", false, true), entry("buds", true, false), entry("desk", false, false)];
        let of = |name: &str, inputs: Vec<pulse::Entry>| {
            let directory = Directory { inputs, default_input: Some(name.to_owned()), ..Directory::default() };
            default(&directory, Way::In).map(|entry| entry.name.clone())
        };
        assert_eq!(of("desk", inputs.clone()).as_deref(), Some("desk"));
        assert_eq!(of("buds", inputs.clone()).as_deref(), Some("desk"), "the server says that it is radio");
        assert_eq!(of("ear.monitor", inputs.clone()).as_deref(), Some("ear.monitor"), "the desktop says so");
        assert_eq!(of("gone", inputs).as_deref(), Some("desk"));
        assert_eq!(of("", vec![entry("ear.monitor", false, true), entry("buds", true, false)]), None);
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
}
