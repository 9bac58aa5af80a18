//! The devices of a server, and which of them the desktop uses where nobody chooses.
use super::Server;
use pulseaudio::protocol::{Command, Prop, Props, ProtocolError, ServerInfo, SinkInfoList, SourceInfoList};
use std::ffi::CString;

/// One device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Entry {
    /// The server's name for it: stable, and good for opening it.
    pub name: String,
    /// What a person reads.
    pub title: String,
    /// The server says that it is reached by Bluetooth.
    pub bluetooth: bool,
    /// What a loudspeaker plays, as a source of sound.
    pub monitor: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(in super::super) struct Directory {
    pub inputs: Vec<Entry>,
    pub outputs: Vec<Entry>,
    /// The names of the desktop's own choice.
    pub default_input: Option<String>,
    pub default_output: Option<String>,
}

impl Directory {
    /// Asks the server.
    pub(in super::super) fn ask() -> Result<Self, ProtocolError> {
        let mut server = Server::connect()?;
        let info: ServerInfo = server.ask(&Command::GetServerInfo)?;
        let sinks: SinkInfoList = server.ask(&Command::GetSinkInfoList)?;
        let sources: SourceInfoList = server.ask(&Command::GetSourceInfoList)?;
        let outputs = sinks.into_iter().map(|sink| entry(&sink.name, sink.description, &sink.props, false));
        let inputs = sources.into_iter().map(|source| {
            let monitor = source.monitor_of_sink_index.is_some();
            entry(&source.name, source.description, &source.props, monitor)
        });
        let name = |name: Option<CString>| name.map(|name| name.to_string_lossy().into_owned());
        Ok(Self {
            inputs: inputs.collect(),
            outputs: outputs.collect(),
            default_input: name(info.default_source_name),
            default_output: name(info.default_sink_name),
        })
    }
}

fn entry(name: &CString, description: Option<CString>, props: &Props, monitor: bool) -> Entry {
    let name = name.to_string_lossy().into_owned();
    let title = description.map(|text| text.to_string_lossy().into_owned()).filter(|text| !text.trim().is_empty());
    let says =
        |prop, word: &str| props.get(prop).is_some_and(|text| text.to_ascii_lowercase().starts_with(word.as_bytes()));
    let bluetooth = says(Prop::DeviceBus, "bluetooth") || says(Prop::DeviceApi, "bluez");
    Entry { title: title.unwrap_or_else(|| name.clone()), name, bluetooth, monitor }
}
