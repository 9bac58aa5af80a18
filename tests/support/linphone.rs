//! A real linphonec, driven through its standard input: a WAV file as its microphone, another one as its loudspeaker.
use super::{Process, free_port, sound, wait_for};
use std::{io::Write, path::PathBuf, process::Command};
use tempfile::TempDir;

/// The running client.
#[derive(Debug)]
pub struct Linphone {
    dir: TempDir,
    process: Process,
}

impl Linphone {
    /// Starts it as `USER@sip.test` and waits until it is registered over UDP. `encryption`: `none`, `srtp`, or `mandatory`,
    /// which is `srtp` and nothing else. It answers what comes in.
    pub fn start(user: &str, server: &str, encryption: &str, tone: u32) -> Self {
        Self::start_on(user, server, encryption, tone, "firewall_policy=0")
    }
    /// The same with ICE, for which it asks this STUN server, and `dtls` among its kinds of encryption.
    pub fn start_with_ice(user: &str, server: &str, encryption: &str, tone: u32, stun: &str) -> Self {
        Self::start_on(user, server, encryption, tone, &format!("firewall_policy=3\nstun_server={stun}"))
    }
    fn start_on(user: &str, server: &str, encryption: &str, tone: u32, path: &str) -> Self {
        let dir = TempDir::new().expect("a folder");
        // without these folders it does not start
        for folder in [".local/share/linphone", ".config/linphone", ".cache"] {
            std::fs::create_dir_all(dir.path().join(folder)).expect("a folder");
        }
        sound::write_tone(&dir.path().join("mouth.wav"), tone, 60);
        let (media, mandatory) = if encryption == "mandatory" { ("srtp", 1) } else { (encryption, 0) };
        let codecs =
            [("opus", 48_000, 2), ("PCMU", 8_000, 1)].iter().enumerate().fold(String::new(), |text, (n, codec)| {
                let (mime, rate, channels) = codec;
                text + &format!("[audio_codec_{n}]\nmime={mime}\nrate={rate}\nchannels={channels}\nenabled=1\n")
            });
        let config = format!(
            "[sip]\nsip_port={port}\nsip_tcp_port=-2\nsip_tls_port=-2\nguess_hostname=1\ndefault_proxy=0\n\
             media_encryption={media}\nmedia_encryption_mandatory={mandatory}\nverify_server_certs=0\n\
             [rtp]\naudio_rtp_port=30000-39999\n[net]\n{path}\nmtu=1300\n\
             [sound]\nechocancellation=0\n[video]\ndisplay=0\ncapture=0\n{codecs}\
             [proxy_0]\nreg_proxy=<sip:{server};transport=udp>\nreg_route=<sip:{server};transport=udp;lr>\n\
             reg_identity=sip:{user}@sip.test\nreg_expires=600\nreg_sendregister=1\npublish=0\n\
             [auth_info_0]\nusername={user}\npasswd=secret-{user}\nrealm=sip.test\n",
            port = free_port(),
        );
        std::fs::write(dir.path().join("rc"), config).expect("its configuration");
        let mut command = Command::new("linphonec");
        command.arg("-c").arg(dir.path().join("rc")).args(["-a", "-S", "-d", "1"]).current_dir(dir.path());
        command.env("HOME", dir.path()).env_remove("DISPLAY").env_remove("PULSE_SERVER");
        let process = Process::start("linphonec", dir.path(), &mut command);
        let mut client = Self { dir, process };
        let heard = client.heard();
        client.command("soundcard use files");
        client.command(&format!("record {}", heard.display()));
        client.command(&format!("play {}", client.dir.path().join("mouth.wav").display()));
        wait_for("linphonec's registration", || client.log().contains("LinphoneRegistrationOk").then_some(()));
        client
    }
    /// Types a command, for example `call sip:alice@sip.test` or `terminate`.
    pub fn command(&mut self, command: &str) {
        self.process.write(|input| writeln!(input, "{command}")).expect("its input");
    }
    fn heard(&self) -> PathBuf {
        self.dir.path().join("heard.wav")
    }
    /// All samples it has heard, at 48 kHz: it writes the header of its file only at the end.
    fn samples(&self) -> Vec<f64> {
        let bytes = std::fs::read(self.heard()).unwrap_or_default();
        let sound = bytes.get(44..).unwrap_or_default();
        sound.chunks_exact(2).map(|sample| f64::from(i16::from_le_bytes([sample[0], sample[1]]))).collect()
    }
    /// How many samples it has heard.
    pub fn length(&self) -> usize {
        self.samples().len()
    }
    /// Whether it has heard this frequency for half a second, from this sample on.
    pub fn hears_since(&self, frequency: f64, from: usize) -> bool {
        sound::holds_tone(self.samples().get(from..).unwrap_or_default(), 48_000.0, frequency)
    }
    /// What it printed.
    pub fn log(&self) -> String {
        let bytes = std::fs::read(self.dir.path().join("linphonec.log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
