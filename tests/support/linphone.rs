//! A real linphonec, driven through its standard input: a WAV file as its microphone, another one as its loudspeaker.
use super::{Process, free_port, sound, wait_for};
use std::{io::Write, path::PathBuf, process::Command, time::Duration};
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
             [rtp]\naudio_rtp_port=30000-39999\n[net]\nfirewall_policy=0\nmtu=1300\n\
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
        wait_for("linphonec's registration", || client.log().contains("successful").then_some(()));
        client
    }
    /// Types a command, for example `call sip:alice@sip.test` or `terminate`.
    pub fn command(&mut self, command: &str) {
        self.process.write(|input| writeln!(input, "{command}")).expect("its input");
    }
    /// The WAV file it writes what it hears to.
    pub fn heard(&self) -> PathBuf {
        self.dir.path().join("heard.wav")
    }
    /// What it printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("linphonec.log")).unwrap_or_default()
    }
    /// Waits until it printed this.
    pub fn wait_log(&self, text: &str) {
        wait_for(text, || self.log().contains(text).then_some(()));
    }
    /// Ends it.
    pub fn stop(&mut self) {
        self.command("quit");
        if !self.process.terminate(Duration::from_secs(5)) {
            self.process.kill();
        }
    }
}
