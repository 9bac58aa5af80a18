//! A real PulseAudio server with virtual cards: devices are found, sound comes through cpal both ways, and a server that
//! dies is told, survived and found again.
use crate::support::{
    PATIENCE, Process,
    baresip::{Baresip, Options},
    kamailio::Kamailio,
    landline::Landline,
    pulse::Pulse,
    sound, wait_for,
};
use landline::audio::{self, DeviceChoice, Faults};
use std::{process::Command, time::Instant};

const MICROPHONE: &str = "pulseaudio:microphone";
const LOUDSPEAKER: &str = "pulseaudio:ear";

#[test]
fn a_server_is_heard_spoken_to_and_survived() {
    const ROLE: &str = "LANDLINE_TEST_SPEAKS";
    if std::env::var_os(ROLE).is_some() {
        return speak_and_listen();
    }
    let mut pulse = Pulse::start();
    pulse.speak(880);
    let ear = pulse.listen();
    // libraries find the server by the environment, so what uses it is a process of its own
    let dir = tempfile::TempDir::new().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "audio_pulse::a_server_is_heard_spoken_to_and_survived", "--nocapture"]);
    // nobody has made a cookie there yet
    command.env(ROLE, "1").env("PULSE_SERVER", pulse.server()).env("HOME", dir.path()).env_remove("XDG_CONFIG_HOME");
    let mut child = Process::start("speaker", dir.path(), &mut command);
    let mut says = |word: &str| {
        wait_for(word, || {
            let log = std::fs::read_to_string(dir.path().join("speaker.log")).unwrap();
            assert!(child.runs(), "{log}");
            log.contains(word).then_some(())
        });
    };
    says("devices found");
    says("tone heard");
    wait_for("our tone at the loudspeaker", || sound::hears_tone(&ear, 660.0).then_some(()));
    pulse.kill();
    says("devices missing");
    pulse.revive();
    says("devices back");
    pulse.speak(880);
    let ear = pulse.listen();
    says("tone heard again");
    wait_for("our tone at the loudspeaker again", || sound::hears_tone(&ear, 660.0).then_some(()));
}

#[test]
fn a_machine_without_sound_says_so_and_nothing_else() {
    const ROLE: &str = "LANDLINE_TEST_IS_SILENT";
    if std::env::var_os(ROLE).is_some() {
        let stream = audio::open(&DeviceChoice::default());
        assert_eq!(stream.faults(), Faults { no_microphone: true, no_loudspeaker: true, ..Faults::default() });
        // what the rest of the program does with it goes on: silence in real time
        let end = Instant::now() + PATIENCE;
        while stream.capture.slots() < 4800 {
            assert!(Instant::now() < end, "no silence comes");
        }
        return;
    }
    let dir = tempfile::TempDir::new().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "audio_pulse::a_machine_without_sound_says_so_and_nothing_else", "--nocapture"]);
    // a configuration of ALSA without any card, whatever this machine has
    std::fs::write(dir.path().join("asound.conf"), "pcm.!default { type hw card NoSuchCard }\n").unwrap();
    command.env("ALSA_CONFIG_PATH", format!("/usr/share/alsa/alsa.conf:{}/asound.conf", dir.path().display()));
    command.env(ROLE, "1").env_remove("PULSE_SERVER").env_remove("PULSE_RUNTIME_PATH");
    let output = command.env("XDG_RUNTIME_DIR", dir.path()).env("HOME", dir.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stdout));
    assert!(!said.contains("ALSA"), "libasound's own words are not for people: {said}");
}

/// The process that uses the server: a tone into the loudspeaker, another one expected from the microphone.
fn speak_and_listen() {
    // a busy machine may take longer than the second that `devices` waits
    let (input, output) = wait_for("both devices", || {
        let devices = audio::devices();
        let input = devices.inputs.into_iter().find(|d| d.id == MICROPHONE)?;
        Some((input, devices.outputs.into_iter().find(|d| d.id == LOUDSPEAKER)?))
    });
    assert_eq!((input.name.as_str(), output.name.as_str()), ("Microphone", "Ear"));
    eprintln!("devices found");
    let choice =
        DeviceChoice { input: Some(MICROPHONE.into()), output: Some(LOUDSPEAKER.into()), ..DeviceChoice::default() };
    let mut stream = audio::open(&choice);
    assert_eq!(stream.faults(), Faults::default());
    let (mut heard, mut phase) = (Vec::new(), 0.0_f64);
    let mut until = |word: &str, done: &mut dyn FnMut(&[f64], Faults) -> bool| {
        let end = Instant::now() + PATIENCE;
        heard.clear();
        while !done(&heard, stream.faults()) {
            assert!(Instant::now() < end, "no {word}: {:?}", stream.faults());
            while stream.playback.buffer().capacity() - stream.playback.slots() < 1920 {
                phase = (phase + 660.0 / 48_000.0).fract();
                stream.playback.push((phase * std::f64::consts::TAU).sin() as f32 * 0.3).ok();
            }
            while let Ok(sample) = stream.capture.pop() {
                heard.push(f64::from(sample) * 32_768.0);
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        eprintln!("{word}");
    };
    let mut tone = |heard: &[f64], _: Faults| sound::holds_tone(heard, 48_000.0, 880.0);
    until("tone heard", &mut tone);
    until("devices missing", &mut |_, faults| faults.no_microphone && faults.no_loudspeaker);
    until("devices back", &mut |_, faults| faults == Faults::default());
    until("tone heard again", &mut tone);
    until("end", &mut |_, _| false);
}

#[test]
fn a_call_goes_from_one_sound_card_to_the_other_end_and_back() {
    let mut pulse = Pulse::start();
    pulse.speak(660);
    let ear = pulse.listen();
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let bob =
        Baresip::start(&Options { user: "bob", server: &server, answer: "auto", tone: 880, codec: "opus/48000/2" });
    let mut alice = Landline::new();
    alice.choose_sound(MICROPHONE, LOUDSPEAKER);
    alice.add_sip("alice", "secret-alice", &server, "udp", None);
    alice.run_with(&["run", "--headless", "--json"], &[("PULSE_SERVER", &pulse.server())]);
    alice.wait_registered();
    alice.json(&["call", "sip:bob@sip.test"]);
    alice.wait_call("active");
    wait_for("the microphone at baresip", || bob.hears(660.0).then_some(()));
    wait_for("baresip at the loudspeaker", || sound::hears_tone(&ear, 880.0).then_some(()));
    assert!(!sound::hears_tone(&ear, 660.0), "nobody hears themselves");

    pulse.kill();
    alice.wait_event("the fault", |e| {
        e["event"] == "devices_changed" && e["no_microphone"] == true && e["no_loudspeaker"] == true
    });
    assert_eq!(alice.json(&["calls"])[0]["state"], "active", "a device that vanishes ends nothing");
    pulse.revive();
    alice.wait_event("the devices' return", |e| {
        e["event"] == "devices_changed" && e["no_microphone"] == false && e["no_loudspeaker"] == false
    });
    let ear = pulse.listen();
    wait_for("baresip at the new loudspeaker", || sound::hears_tone(&ear, 880.0).then_some(()));
}

#[test]
fn a_chosen_loudspeaker_goes_and_returns_and_radio_waits_to_be_chosen() {
    const HEADSET: &str = "headset";
    const RADIO: &str = "bluez_sink.00_11_22_33_44_55.a2dp_sink";
    let pulse = Pulse::start();
    pulse.prefer("ear");
    let mut headset = pulse.plug(HEADSET);
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let _bob =
        Baresip::start(&Options { user: "bob", server: &server, answer: "auto", tone: 880, codec: "opus/48000/2" });
    let mut alice = Landline::new();
    alice.choose_sound(MICROPHONE, &format!("pulseaudio:{HEADSET}"));
    alice.add_sip("alice", "secret-alice", &server, "udp", None);
    alice.run_with(&["run", "--headless", "--json"], &[("PULSE_SERVER", &pulse.server())]);
    alice.wait_registered();
    alice.json(&["call", "sip:bob@sip.test"]);
    alice.wait_call("active");
    wait_for("sound on the chosen loudspeaker", || pulse.plays_on(HEADSET).then_some(()));
    for _ in 0..2 {
        pulse.unplug(&headset);
        alice.wait_event("the fault", |e| e["event"] == "devices_changed" && e["other_loudspeaker"] == true);
        wait_for("sound on the default loudspeaker", || pulse.plays_on("ear").then_some(()));
        headset = pulse.plug(HEADSET);
        alice.wait_event("its end", |e| e["event"] == "devices_changed" && e["other_loudspeaker"] == false);
        wait_for("sound on the chosen loudspeaker again", || pulse.plays_on(HEADSET).then_some(()));
    }
    // the desktop adopts radio headphones; a loudspeaker that is gone must not make us use them
    pulse.plug(RADIO);
    pulse.prefer(RADIO);
    pulse.unplug(&headset);
    alice.wait_event("the fault", |e| e["event"] == "devices_changed" && e["other_loudspeaker"] == true);
    wait_for("sound on a wired loudspeaker", || (pulse.plays_on("ear") && !pulse.plays_on(RADIO)).then_some(()));
    assert_eq!(alice.json(&["calls"])[0]["state"], "active", "none of this ends the call");
    let devices = alice.json(&["devices"]);
    let radio = devices["outputs"].as_array().unwrap().iter().find(|device| device["wireless"] == true).unwrap();
    assert_eq!(
        (radio["id"].as_str(), radio["default"].as_bool()),
        (Some(&*format!("pulseaudio:{RADIO}")), Some(false))
    );
}
