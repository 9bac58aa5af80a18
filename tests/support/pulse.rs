//! A real PulseAudio server on a private socket, with a null sink as loudspeaker and another one's monitor as microphone:
//! the sound card of a machine that has none.
use super::{Process, wait_for};
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// The running server.
#[derive(Debug)]
pub struct Pulse {
    dir: TempDir,
    process: Process,
    helpers: Vec<Process>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self::start()
    }
}

impl Pulse {
    /// Starts it and waits until it answers.
    pub fn start() -> Self {
        let dir = TempDir::new().expect("a folder");
        let process = Self::serve(dir.path());
        let pulse = Self { dir, process, helpers: Vec::new() };
        pulse.wait();
        pulse
    }
    fn serve(dir: &Path) -> Process {
        let mut command = Command::new("pulseaudio");
        command.args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--realtime=no", "--high-priority=no"]);
        let socket = dir.join("native.sock");
        for module in [
            format!("module-native-protocol-unix socket={} auth-anonymous=1", socket.display()),
            "module-null-sink sink_name=ear rate=44100 sink_properties=device.description=Ear".to_owned(),
            "module-null-sink sink_name=mouth rate=44100".to_owned(),
            "module-remap-source source_name=microphone master=mouth.monitor \
             source_properties=device.description=Microphone"
                .to_owned(),
        ] {
            command.args(["-L", &module]);
        }
        command.env("XDG_RUNTIME_DIR", dir).env("HOME", dir).env_remove("PULSE_SERVER");
        Process::start("pulseaudio", dir, &mut command)
    }
    fn wait(&self) {
        // the last module that is loaded
        wait_for("PulseAudio", || {
            let sources = self.client("pactl").args(["list", "short", "sources"]).output().ok()?;
            String::from_utf8_lossy(&sources.stdout).contains("microphone").then_some(())
        });
    }
    /// What `PULSE_SERVER` has to be.
    pub fn server(&self) -> String {
        format!("unix:{}", self.dir.path().join("native.sock").display())
    }
    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("PULSE_SERVER", self.server()).env("HOME", self.dir.path());
        command.env("XDG_RUNTIME_DIR", self.dir.path());
        command
    }
    /// Speaks a steady tone into the microphone until the end.
    pub fn speak(&mut self, hz: u32) {
        let path = self.dir.path().join("tone.raw");
        let tone = |n: u32| (f64::from(n) * f64::from(hz) * std::f64::consts::TAU / 48_000.0).sin() * 9000.0;
        let samples: Vec<u8> = (0..48_000 * 120).flat_map(|n| (tone(n) as i16).to_le_bytes()).collect();
        std::fs::write(&path, samples).expect("the tone");
        let mut command = self.client("pacat");
        // a null sink thinks in blocks of two seconds unless somebody asks for less
        command.args([
            "--playback",
            "--latency-msec=20",
            "--raw",
            "--device=mouth",
            "--rate=48000",
            "--channels=1",
            "--format=s16le",
        ]);
        command.arg(&path);
        let process = Process::start("pacat", self.dir.path(), &mut command);
        self.helpers.push(process);
    }
    /// Records what the loudspeaker plays, from now on.
    pub fn listen(&mut self) -> PathBuf {
        let path = self.dir.path().join(format!("ear{}.wav", self.helpers.len()));
        let mut command = self.client("parecord");
        command.args(["--device=ear.monitor", "--rate=48000", "--channels=1", "--format=s16le", "--file-format=wav"]);
        command.args(["--latency-msec=20"]).arg(&path);
        let process = Process::start("parecord", self.dir.path(), &mut command);
        self.helpers.push(process);
        path
    }
    /// Plugs in a loudspeaker of this name; what comes back takes it out again.
    pub fn plug(&self, name: &str) -> String {
        let mut command = self.client("pactl");
        command.args(["load-module", "module-null-sink", &format!("sink_name={name}"), "rate=44100"]);
        let output = command.output().expect("pactl");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
    /// Takes out what [`Pulse::plug`] plugged in.
    pub fn unplug(&self, plugged: &str) {
        assert!(self.client("pactl").args(["unload-module", plugged]).status().expect("pactl").success());
    }
    /// Makes a loudspeaker the desktop's default.
    pub fn prefer(&self, name: &str) {
        assert!(self.client("pactl").args(["set-default-sink", name]).status().expect("pactl").success());
    }
    /// Whether something plays on this loudspeaker now.
    pub fn plays_on(&self, name: &str) -> bool {
        let list = |what| {
            let output = self.client("pactl").args(["list", "short", what]).output().expect("pactl");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let fields = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
        let sinks = list("sinks");
        let sink = sinks.lines().map(fields).find(|sink| sink.get(1).is_some_and(|known| known == name));
        let Some(index) = sink.and_then(|sink| sink.first().cloned()) else { return false };
        list("sink-inputs").lines().map(fields).any(|input| input.get(1) == Some(&index))
    }
    /// `kill -9`.
    pub fn kill(&mut self) {
        self.process.kill();
    }
    /// Starts it again after [`Pulse::kill`].
    pub fn revive(&mut self) {
        self.helpers.clear();
        std::fs::remove_file(self.dir.path().join("native.sock")).ok();
        self.process = Self::serve(self.dir.path());
        self.wait();
    }
}
