//! Streams at the server: small buffers that it paces, and the role "phone", so that a desktop lowers its music. One thread
//! for each sleeps in a read.
use super::{
    super::{
        RATE,
        level::Meter,
        loan::Loan,
        pull::Pull,
        realtime::{Capture, Playback},
    },
    News, Server,
};
use pulseaudio::protocol::{self, Command, Prop, ProtocolError, stream};
use rtrb::{Consumer, Producer};
use std::{
    ffi::CString,
    io::{Read, Write},
    net::Shutdown,
    os::unix::net::UnixStream,
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

/// Octets of a sample: `f32`, as in the rings. The server converts to what its device has.
const SAMPLE: usize = 4;
/// Octets in 5 ms.
const PERIOD: u32 = RATE / 200 * SAMPLE as u32;
/// What the server hands over at once: half a packet.
const FRAGMENT: u32 = 2 * PERIOD;
/// Heard while we were late, and kept by the server.
const BACKLOG: u32 = 40 * PERIOD;
/// What lies in the server, its device's buffer included: asked for in periods. More after each gap that was heard.
const AHEAD: u32 = 6 * PERIOD;
const MOST_AHEAD: u32 = 20 * PERIOD;
/// Samples moved at once.
const PIECE: usize = 480;

/// The stream ends when this is dropped, without waiting for the server.
#[derive(Debug)]
pub(in super::super) struct Stream {
    socket: UnixStream,
    ended: Receiver<()>,
}

impl Stream {
    /// Whether the server has ended it.
    pub(in super::super) fn has_ended(&self) -> bool {
        self.ended.try_recv().is_ok()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // the thread's read ends; where the socket is closed already there is nothing to do
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

/// Opens a microphone by the server's name for it.
pub(in super::super) fn open_input(
    name: &str,
    ring: Loan<Producer<f32>>,
    meter: Meter,
    pull: Pull,
) -> Result<Stream, ProtocolError> {
    let mut server = Server::connect()?;
    let reply: protocol::CreateRecordStreamReply =
        server.ask(&Command::CreateRecordStream(protocol::RecordStreamParams {
            sample_spec: spec(),
            channel_map: protocol::ChannelMap::mono(),
            source_name: Some(text(name)?),
            buffer_attr: stream::BufferAttr { max_length: BACKLOG, fragment_size: FRAGMENT, ..Default::default() },
            flags: stream::StreamFlags { adjust_latency: true, ..Default::default() },
            props: call(),
            ..Default::default()
        }))?;
    let capture = Capture::lent(ring, 1, RATE, meter);
    server.run("hears", move |server| {
        let Some(mut capture) = capture else { return Ok(()) };
        let mut samples = Vec::with_capacity(PIECE);
        let mut octets = vec![0; PIECE * SAMPLE];
        loop {
            let head = server.head()?;
            if head.channel != reply.channel {
                server.command(head, reply.channel)?;
                continue;
            }
            let mut left = head.length as usize;
            while left > 0 {
                let Some(part) = octets.get_mut(..left.min(PIECE * SAMPLE)) else { break };
                server.reader.read_exact(part)?;
                left -= part.len();
                samples.clear();
                samples.extend(part.as_chunks::<SAMPLE>().0.iter().map(|octets| f32::from_le_bytes(*octets)));
                capture.hear(&samples);
            }
            pull.heard();
        }
    })
}

/// Opens a loudspeaker by the server's name for it.
pub(in super::super) fn open_output(
    name: &str,
    ring: Loan<Consumer<f32>>,
    meter: Meter,
    pull: Pull,
) -> Result<Stream, ProtocolError> {
    let mut server = Server::connect()?;
    let reply: protocol::CreatePlaybackStreamReply =
        server.ask(&Command::CreatePlaybackStream(protocol::PlaybackStreamParams {
            sample_spec: spec(),
            channel_map: protocol::ChannelMap::mono(),
            sink_name: Some(text(name)?),
            buffer_attr: ahead(AHEAD),
            flags: stream::StreamFlags { adjust_latency: true, ..Default::default() },
            props: call(),
            ..Default::default()
        }))?;
    let playback = Playback::lent(ring, 1, RATE, meter);
    server.run("speaks", move |server| {
        let Some(mut playback) = playback else { return Ok(()) };
        let mut samples = [0.0_f32; PIECE];
        let mut message = Vec::with_capacity(protocol::DESCRIPTOR_SIZE + PIECE * SAMPLE);
        let mut wanted = reply.requested_bytes as usize / SAMPLE;
        let mut length = AHEAD;
        let asking = pull.begin();
        loop {
            asking.ask(wanted, || playback.held());
            while wanted > 0 {
                let Some(part) = samples.get_mut(..wanted.min(PIECE)) else { break };
                wanted -= part.len();
                playback.speak(part);
                message.clear();
                let head = protocol::Descriptor {
                    length: (part.len() * SAMPLE) as u32,
                    channel: reply.channel,
                    offset: 0,
                    flags: protocol::DescriptorFlags::empty(),
                };
                protocol::write_descriptor(&mut message, &head)?;
                message.extend(part.iter().flat_map(|sample| sample.to_le_bytes()));
                server.reader.get_ref().write_all(&message)?;
            }
            let head = server.head()?;
            match server.command(head, reply.channel)? {
                News::Wanted(octets) => wanted = octets / SAMPLE,
                News::RanDry if length < MOST_AHEAD => {
                    tracing::debug!(length, "the loudspeaker ran dry");
                    length += 2 * PERIOD;
                    server.tell(&Command::SetPlaybackStreamBufferAttr(
                        protocol::SetPlaybackStreamBufferAttrParams {
                            index: reply.channel,
                            buffer_attr: ahead(length),
                            adjust_latency: true,
                            early_requests: false,
                        },
                    ))?;
                }
                News::RanDry | News::Other => {}
            }
        }
    })
}

/// A loudspeaker's buffer of so many octets.
fn ahead(length: u32) -> stream::BufferAttr {
    stream::BufferAttr {
        target_length: length,
        pre_buffering: PERIOD,
        minimum_request_length: PERIOD,
        ..Default::default()
    }
}

fn spec() -> protocol::SampleSpec {
    protocol::SampleSpec { format: protocol::SampleFormat::Float32Le, sample_rate: RATE, channels: 1 }
}

fn call() -> protocol::Props {
    let mut props = protocol::Props::new();
    props.set(Prop::MediaName, c"Landline");
    props.set(Prop::MediaRole, c"phone");
    props
}

fn text(name: &str) -> Result<CString, ProtocolError> {
    CString::new(name).map_err(|_| ProtocolError::Invalid("a name with a NUL".to_owned()))
}

impl Server {
    /// Moves sound on a thread of its own until the server or we end it.
    fn run(
        mut self,
        name: &str,
        moves: impl FnOnce(&mut Self) -> Result<(), ProtocolError> + Send + 'static,
    ) -> Result<Stream, ProtocolError> {
        // a microphone that is suspended says nothing, for as long as it likes
        self.reader.get_ref().set_read_timeout(None)?;
        let socket = self.reader.get_ref().try_clone()?;
        let (tell, ended) = sync_channel(1);
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            // the ring comes back with the closure, before the end is told
            if let Err(error) = moves(&mut self) {
                tracing::debug!(%error, "a stream of the sound server ends");
            }
            let _ = tell.try_send(());
        })?;
        Ok(Stream { socket, ended })
    }
}
