//! sipp: a peer that does what no client does, by a scenario of `tests/support/sipp`. `@…@` in a scenario stands for what
//! most of them have in common; see [`expand`].
use super::{Process, free_port, wait_for};
use std::{net::UdpSocket, path::Path, process::Command};
use tempfile::TempDir;

/// A running scenario.
#[derive(Debug)]
pub struct Sipp {
    dir: TempDir,
    process: Process,
    /// Where it listens.
    pub port: u16,
}

/// Kept of their INVITE: later answers to it are not answers to the last thing that came.
const INVITE: &str = r#"<recv request="INVITE" rrs="true"><action>
<ereg regexp=".*" search_in="hdr" header="Via:" occurrence="1" assign_to="via1"/>
<ereg regexp=".*" search_in="hdr" header="Via:" occurrence="2" assign_to="via2"/>
<ereg regexp=".*" search_in="hdr" header="Record-Route:" assign_to="route"/>
<ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/>
<ereg regexp="sip:[^>]*" search_in="hdr" header="Contact:" assign_to="contact"/>
<ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="number"/>
</action></recv>
<Reference variables="via1,via2,route,from,contact,number"/>"#;
const ANSWER: &str = "Via:[$via1]\nVia:[$via2]\nRecord-Route:[$route]\nFrom:[$from]\nCall-ID: [call_id]\n\
                      CSeq: [$number] INVITE\nContact: <sip:bob@127.0.0.1:[local_port]>\nAllow: INVITE, UPDATE, INFO";
const OK: &str = "<send><![CDATA[\n\nSIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n\
                  [last_CSeq:]\n[last_Record-Route:]\nContact: <sip:bob@127.0.0.1:[local_port]>\n\
                  Content-Length: 0\n\n]]></send>";
/// A request of the called side; after the method's line.
const WITHIN: &str = "Via: SIP/2.0/UDP 127.0.0.1:[local_port];branch=[branch]\nRoute:[$route]\nMax-Forwards: 70\n\
                      To:[$from]\nCall-ID: [call_id]\nContact: <sip:bob@127.0.0.1:[local_port]>";
const SDP: &str = "Content-Type: application/sdp\nContent-Length: [len]\n\nv=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\n\
                   c=IN IP4 127.0.0.1\nt=0 0\nm=audio [media_port] RTP/AVP 0\n";

fn expand(scenario: &str) -> String {
    let steps = scenario
        .replace("@INVITE@", INVITE)
        .replace("@OK@", OK)
        .replace("@ANSWER@", ANSWER)
        .replace("@WITHIN@", WITHIN)
        .replace("@SDP@", SDP)
        .replace("@EMPTY@", "Content-Length: 0\n");
    format!("<?xml version=\"1.0\"?>\n<scenario name=\"x\">\n{steps}\n</scenario>\n")
}

impl Sipp {
    /// Waits to be called.
    pub fn called(scenario: &str) -> Self {
        Self::start(scenario, &[])
    }
    /// The same; what comes again is no sign that anything of ours was lost.
    pub fn called_and_patient(scenario: &str) -> Self {
        Self::start(scenario, &["-nr"])
    }
    /// Calls `user` by the server at this port.
    pub fn calling(scenario: &str, user: &str, server: u16) -> Self {
        Self::start(scenario, &["-s", user, &format!("127.0.0.1:{server}")])
    }
    /// The same so many times, as fast as it goes.
    pub fn many(scenario: &str, user: &str, server: u16, times: u32) -> Self {
        let times = times.to_string();
        let all = ["-m", &times, "-r", &times, "-rp", "1000", "-l", &times];
        Self::start(scenario, &[&all[..], &["-s", user, &format!("127.0.0.1:{server}")]].concat())
    }
    /// The same so many times, one after the other.
    pub fn in_turn(scenario: &str, user: &str, server: u16, times: u32) -> Self {
        let times = times.to_string();
        let all = ["-m", &times, "-r", "1000", "-l", "1", "-timeout", "600s"];
        Self::start(scenario, &[&all[..], &["-s", user, &format!("127.0.0.1:{server}")]].concat())
    }
    /// Waits to be called so many times.
    pub fn called_often(scenario: &str, times: u32) -> Self {
        Self::start(scenario, &["-m", &times.to_string(), "-timeout", "1800s"])
    }
    /// Speaks from elsewhere straight to a phone.
    pub fn stranger(scenario: &str, phone: &str) -> Self {
        Self::start(scenario, &["-s", "x", "-i", "127.0.0.2", phone])
    }
    fn start(scenario: &str, more: &[&str]) -> Self {
        let dir = TempDir::new().expect("a folder");
        let (port, media) = (free_port(), free_port());
        let file = dir.path().join("scenario.xml");
        std::fs::write(&file, expand(scenario)).expect("the scenario");
        let mut command = Command::new("sipp");
        command.current_dir(dir.path()).env("TERM", "dumb").arg("-sf").arg(&file);
        command.args(["-i", "127.0.0.1", "-p", &port.to_string(), "-mp", &media.to_string()]);
        command.args([
            "-m",
            "1",
            "-nostdin",
            "-trace_err",
            "-trace_msg",
            "-timeout",
            "40s",
            "-timeout_error",
            "-recv_timeout",
            "30000",
        ]);
        // the last of two is taken
        command.args(more);
        let process = Process::start("sipp", dir.path(), &mut command);
        if !more.contains(&"-s") {
            wait_for("sipp's port", || UdpSocket::bind(("127.0.0.1", port)).is_err().then_some(()));
        }
        Self { dir, process, port }
    }
    /// The address to dial.
    pub fn address(&self) -> String {
        format!("sip:bob@127.0.0.1:{}", self.port)
    }
    /// Waits for the end of the scenario, which must be the end of its last step; all that was said, also what came again.
    pub fn finish(mut self) -> String {
        let status = self.process.end();
        let said = logs(self.dir.path());
        assert!(status.success(), "sipp {status}: {said}");
        said
    }
}

/// What it said, heard and complained of.
fn logs(dir: &Path) -> String {
    let files = std::fs::read_dir(dir).expect("its folder").flatten();
    let logs = files.filter(|file| file.path().to_string_lossy().ends_with(".log"));
    logs.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect()
}
