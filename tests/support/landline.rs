//! The program itself, driven through its command line and its JSON events, in a home of its own with the vault.
use super::{PATIENCE, Process, secrets};
use serde_json::Value;
use std::{
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

const PASSPHRASE: &str = "correct horse battery";

/// The command line of a home with a vault.
#[derive(Debug)]
pub struct Commands {
    dir: PathBuf,
}

impl Commands {
    /// Runs one command to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        secrets::learn_command(args);
        let mut command = Command::new(env!("CARGO_BIN_EXE_landline"));
        command.arg("--home").arg(self.dir.join("home")).env("LANDLINE_PASSPHRASE", PASSPHRASE);
        command.env("LANG", "en_US.UTF-8").env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").env("XDG_RUNTIME_DIR", &self.dir);
        command.args(args).stdin(Stdio::null()).output().expect("landline")
    }
}

/// One home.
#[derive(Debug)]
pub struct Landline {
    dir: TempDir,
    run: Option<Process>,
    read: u64,
    partial: String,
    events: Vec<Value>,
    log_filter: &'static str,
    keyring: Option<String>,
    xdg: bool,
    host: Option<usize>,
    by: Option<fn(&str) -> Command>,
}

impl Default for Landline {
    fn default() -> Self {
        Self::new()
    }
}

impl Landline {
    /// An empty home; silent sound devices.
    pub fn new() -> Self {
        let dir = TempDir::new().expect("a folder");
        let (partial, events) = (String::new(), Vec::new());
        let (run, keyring, xdg, host, by) = (None, None, false, None, None);
        let landline = Self { dir, run, read: 0, partial, events, log_filter: "trace", keyring, xdg, host, by };
        landline.choose_sound("null", "null");
        landline
    }
    /// Writes a configuration with these sound devices (`tone:660`, `file:PATH`, `null`); before any account is added.
    pub fn choose_sound(&self, input: &str, output: &str) {
        let config = self.home().join("config");
        std::fs::create_dir_all(&config).expect("a folder");
        // a steady tone is noise, and would be taken out
        let voice = "[sound.voice]\necho = false\nnoise = false\ngain = false\n";
        let text = format!("[sound]\ninput = {input:?}\noutput = {output:?}\nring = \"null\"\n{voice}");
        std::fs::write(config.join("config.toml"), text).expect("the configuration");
    }
    /// Logs little from the next start on: for those that measure. All others log all there is to log.
    pub fn log_little(&mut self) {
        self.log_filter = "warn";
    }
    /// Uses the Secret Service on the session bus at this address, and has no passphrase.
    pub fn use_keyring(&mut self, bus: &str) {
        self.keyring = Some(bus.to_owned());
    }
    /// Lives in the person's own folders (XDG), not in one that is named to it: the phone that the desktop knows.
    pub fn live_in_xdg(&mut self) {
        self.xdg = true;
        for part in ["config", "data", "state", "cache"] {
            let folder = self.home().join(part);
            std::fs::create_dir_all(&folder).expect("a folder");
            // `$XDG_CONFIG_HOME/landline` is the folder that the rest of this file knows
            std::os::unix::fs::symlink(".", folder.join("landline")).expect("a link");
        }
    }
    /// The variables that lead to those folders.
    pub fn xdg_variables(&self) -> Vec<(String, String)> {
        let at = |variable: &str, part: &str| (variable.to_owned(), self.home().join(part).display().to_string());
        vec![
            at("HOME", ""),
            at("XDG_CONFIG_HOME", "config"),
            at("XDG_DATA_HOME", "data"),
            at("XDG_STATE_HOME", "state"),
            at("XDG_CACHE_HOME", "cache"),
        ]
    }
    /// Runs on this host of the test's network.
    pub fn live_on(&mut self, host: usize) {
        self.host = Some(host);
    }
    /// Every command of it is made by this.
    pub fn live_by(&mut self, by: fn(&str) -> Command) {
        self.by = Some(by);
    }
    /// Writes which links it may use, `wired_only` or `allow_wireless`; after the sound was chosen.
    pub fn choose_links(&self, policy: &str) {
        let file = self.home().join("config/config.toml");
        let rest = std::fs::read_to_string(&file).expect("the configuration");
        std::fs::write(file, format!("wired = {policy:?}\n{rest}")).expect("the configuration");
    }
    /// A file beside the home.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
    /// The home's folder.
    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }
    /// Runs commands while the instance itself is in other hands.
    pub fn commands(&self) -> Commands {
        Commands { dir: self.dir.path().to_owned() }
    }
    fn base(&self) -> Command {
        let program = env!("CARGO_BIN_EXE_landline");
        let mut command = match (self.by, self.host) {
            (Some(by), _) => by(program),
            (None, Some(host)) => super::network::on(host, program),
            (None, None) => Command::new(program),
        };
        if self.xdg {
            command.envs(self.xdg_variables());
        } else {
            // what it saves for the person is below the test's folder, too
            command.arg("--home").arg(self.home()).env("HOME", self.dir.path());
        }
        command
            .env("LANDLINE_PASSPHRASE", PASSPHRASE)
            .env("LANG", "en_US.UTF-8")
            .env("LANDLINE_LOG", self.log_filter)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY");
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").env("XDG_RUNTIME_DIR", self.dir.path());
        if let Some(bus) = &self.keyring {
            command.env("DBUS_SESSION_BUS_ADDRESS", bus).env_remove("LANDLINE_PASSPHRASE");
        }
        command
    }
    /// Runs one command to its end.
    pub fn cli(&self, args: &[&str]) -> Output {
        secrets::learn_command(args);
        self.base().args(args).stdin(Stdio::null()).output().expect("landline")
    }
    /// Starts one command that stays, with these variables.
    pub fn spawn(&self, args: &[&str], variables: &[(&str, &str)]) -> Process {
        Process::start("command", self.dir.path(), self.base().args(args).envs(variables.iter().copied()))
    }
    /// Runs one command with text on standard input.
    pub fn cli_with_input(&self, args: &[&str], input: &str) -> Output {
        let mut child = self
            .base()
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("landline");
        child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("written");
        child.wait_with_output().expect("its end")
    }
    /// Runs one command that must succeed, with `--json`, and gives what it printed.
    pub fn json(&self, args: &[&str]) -> Value {
        let mut all = args.to_vec();
        all.push("--json");
        let output = self.cli(&all);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        let value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|e| panic!("{args:?}: {e}: {}", String::from_utf8_lossy(&output.stdout)));
        secrets::learn_json(&value);
        value
    }
    /// Adds a SIP account `USER@sip.test` with a password.
    pub fn add_sip(&self, user: &str, password: &str, server: &str, transport: &str, ca: Option<&Path>) {
        self.add_sip_with(user, password, server, transport, ca, &[]);
    }
    /// The same with more arguments.
    pub fn add_sip_with(
        &self,
        user: &str,
        password: &str,
        server: &str,
        transport: &str,
        ca: Option<&Path>,
        more: &[&str],
    ) {
        let address = format!("sip:{user}@sip.test");
        secrets::learn_address(&address);
        secrets::learn(password);
        let mut args = vec!["account", "add", "sip", "--address", &address, "--server", server];
        args.extend(more);
        args.extend(["--transport", transport, "--password-stdin"]);
        let ca = ca.map(|p| p.to_string_lossy().into_owned());
        if let Some(ca) = &ca {
            args.extend(["--ca", ca]);
        }
        let output = self.cli_with_input(&args, &format!("{password}\n"));
        assert!(output.status.success(), "account add: {}", String::from_utf8_lossy(&output.stderr));
    }
    /// Adds an XMPP account with a password.
    pub fn add_xmpp(&self, address: &str, password: &str, server: &str, tls: &str, ca: Option<&Path>) {
        secrets::learn_address(address);
        secrets::learn(password);
        let mut args = vec!["account", "add", "xmpp", "--address", address, "--server", server];
        args.extend(["--tls", tls, "--password-stdin"]);
        let ca = ca.map(|p| p.to_string_lossy().into_owned());
        if let Some(ca) = &ca {
            args.extend(["--ca", ca]);
        }
        let output = self.cli_with_input(&args, &format!("{password}\n"));
        assert!(output.status.success(), "account add: {}", String::from_utf8_lossy(&output.stderr));
    }
    /// Starts `run --headless --json`; its events are read from its output.
    pub fn run(&mut self) {
        self.run_with(&["run", "--headless", "--json"], &[]);
    }
    /// Starts an instance that stays, with these arguments and variables.
    pub fn run_with(&mut self, args: &[&str], variables: &[(&str, &str)]) {
        let mut command = self.base();
        command.args(args).envs(variables.iter().copied());
        (self.read, self.partial) = (0, String::new());
        self.events.clear();
        self.run = Some(Process::start("landline", self.dir.path(), &mut command));
    }
    /// `kill -9`.
    pub fn kill(&mut self) {
        self.run.take().expect("a running instance").kill();
    }
    /// SIGTERM; tells whether it ended in time.
    pub fn stop(&mut self) -> bool {
        self.run.take().expect("a running instance").terminate(Duration::from_secs(20))
    }
    /// Whether the running instance has ended by itself.
    pub fn ended(&mut self) -> bool {
        !self.run.as_mut().expect("a running instance").runs()
    }
    /// The process id of the running instance.
    pub fn pid(&self) -> u32 {
        self.run.as_ref().expect("a running instance").pid()
    }
    /// Waits for an event that fits and takes it out; earlier ones stay for later calls.
    pub fn wait_event(&mut self, what: &str, fits: impl FnMut(&Value) -> bool) -> Value {
        self.wait_event_for(what, PATIENCE, fits)
    }
    /// The same with another patience.
    pub fn wait_event_for(&mut self, what: &str, patience: Duration, mut fits: impl FnMut(&Value) -> bool) -> Value {
        let end = Instant::now() + patience;
        loop {
            if let Some(at) = self.events.iter().position(&mut fits) {
                return self.events.remove(at);
            }
            assert!(Instant::now() < end, "no {what}; the output so far:\n{}", self.log());
            self.read_events();
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    /// An event that fits, if there was one; takes it out.
    pub fn take_event(&mut self, fits: impl FnMut(&Value) -> bool) -> Option<Value> {
        self.read_events();
        let at = self.events.iter().position(fits)?;
        Some(self.events.remove(at))
    }
    /// Waits for the account's registration.
    pub fn wait_registered(&mut self) -> Value {
        self.wait_event("registration", |e| e["event"] == "registered")
    }
    /// Waits for a text with this body.
    pub fn wait_text(&mut self, body: &str) -> Value {
        self.wait_event(&format!("text {body:?}"), |e| e["event"] == "message" && e["message"]["body"] == body)
    }
    /// Waits for a call in this state.
    pub fn wait_call(&mut self, state: &str) -> Value {
        self.wait_event(&format!("call {state}"), |e| e["event"] == "call" && e["call"]["state"] == state)
    }
    fn read_events(&mut self) {
        let path = self.dir.path().join("landline.log");
        let Ok(mut file) = std::fs::File::open(path) else { return };
        file.seek(SeekFrom::Start(self.read)).ok();
        let mut bytes = Vec::new();
        self.read += file.read_to_end(&mut bytes).unwrap_or(0) as u64;
        self.partial.push_str(&String::from_utf8_lossy(&bytes));
        while let Some(end) = self.partial.find('\n') {
            let line: String = self.partial.drain(..=end).collect();
            if let Ok(value) = serde_json::from_str::<Value>(&line) {
                secrets::learn_json(&value);
                self.events.push(value);
            }
        }
    }
    /// All that the running instance printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("landline.log")).unwrap_or_default()
    }
    /// Nothing personal stands in its logs; asked at its end as well.
    pub fn check_logs(&mut self) {
        self.read_events();
        secrets::learn(PASSPHRASE);
        let told = secrets::told(&self.home());
        assert!(told.is_empty(), "told to the log: {told:#?}");
    }
    /// The id of the only account.
    pub fn account(&self) -> String {
        self.json(&["account", "list"])[0]["id"].as_str().expect("an account").to_owned()
    }
}

impl Drop for Landline {
    fn drop(&mut self) {
        // one that failed has said why
        if !std::thread::panicking() {
            drop(self.run.take());
            self.check_logs();
        }
    }
}
