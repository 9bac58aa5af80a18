//! With OpenSSL's own tools as the other side, in both roles, with each kind of certificate: both have the same keys. What
//! it exports it prints.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::domain::protection::{Fingerprint, Hash, Suite};
use std::{
    io::{Read, Write},
    net::UdpSocket,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

fn openssl(arguments: &[&str]) -> Vec<u8> {
    let ran = Command::new("openssl").args(arguments).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    ran.stdout
}

/// A certificate, its key beside it in the same file.
fn certificate(folder: &Path, kind: &[&str]) -> (String, Fingerprint) {
    let (key, certificate, both) = (folder.join("key.pem"), folder.join("certificate.pem"), folder.join("both.pem"));
    let (key, certificate) = (key.to_str().unwrap(), certificate.to_str().unwrap());
    let start = ["req", "-x509", "-nodes", "-subj", "/CN=peer", "-days", "2", "-keyout", key, "-out", certificate];
    openssl(&[&start, kind].concat());
    let der = openssl(&["x509", "-in", certificate, "-outform", "DER"]);
    let digest = ring::digest::digest(&ring::digest::SHA256, &der).as_ref().to_vec();
    let text = [std::fs::read(key).unwrap(), std::fs::read(certificate).unwrap()].concat();
    std::fs::write(&both, text).unwrap();
    (both.to_str().unwrap().to_owned(), Fingerprint { hash: Hash::Sha256, digest })
}

/// What it prints, until it has printed its keys.
fn keys(said: &Arc<Mutex<String>>) -> Option<String> {
    let said = said.lock().unwrap();
    let at = said.find("Keying material: ")?;
    let line = said[at + 17..].split_once('\n')?.0;
    Some(line.trim().to_owned())
}

fn listen(child: &mut Child) -> Arc<Mutex<String>> {
    let said = Arc::new(Mutex::new(String::new()));
    let (copy, mut out) = (said.clone(), child.stdout.take().unwrap());
    std::thread::spawn(move || {
        let mut bytes = [0; 1024];
        while let Ok(length @ 1..) = out.read(&mut bytes) {
            copy.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..length]));
        }
    });
    said
}

fn meet(kind: &[&str], active: bool, profile: &str, extra: &[&str]) -> (Keys, String) {
    let folder = tempfile::tempdir().unwrap();
    let (file, fingerprint) = certificate(folder.path(), kind);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let ours = socket.local_addr().unwrap().to_string();
    let theirs = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let role: &[&str] = if active {
        &["s_server", "-dtls1_2", "-accept", &theirs, "-Verify", "1"]
    } else {
        &["s_client", "-dtls1_2", "-connect", &ours, "-bind", &theirs]
    };
    let fixed = ["-cert", &file, "-key", &file, "-use_srtp", profile, "-keymatexport", "EXTRACTOR-dtls_srtp"];
    let mut command = Command::new("openssl");
    command.args(role).args(fixed).args(["-keymatexportlen", "120"]);
    command.args(extra.iter().filter(|argument| **argument != PLAIN));
    if extra.contains(&PLAIN) {
        let settings = folder.path().join("settings");
        std::fs::write(&settings, WITHOUT_HASH).unwrap();
        command.env("OPENSSL_CONF", settings);
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let said = listen(&mut child);
    let identity = Identity::new().unwrap();
    let mut connection = Connection::new(identity, vec![fingerprint], active, Instant::now()).unwrap();
    let (end, mut met) = (Instant::now() + Duration::from_secs(20), None);
    let mut bytes = [0; 2048];
    while met.is_none() || keys(&said).is_none() {
        assert!(Instant::now() < end, "{:?} {:?} {}", connection.fault(), met, said.lock().unwrap());
        connection.tick(Instant::now());
        while let Some(datagram) = connection.poll() {
            socket.send_to(&datagram, &theirs).unwrap();
        }
        if let Ok((length, _)) = socket.recv_from(&mut bytes) {
            connection.receive(&bytes[..length], Instant::now());
        }
        met = met.or_else(|| connection.take_keys());
    }
    let keys = keys(&said).unwrap();
    let _ = child.stdin.take().unwrap().write_all(b"Q\n");
    child.kill().unwrap();
    child.wait().unwrap();
    (met.unwrap(), keys)
}

/// Without the session's hash in the master secret (RFC 7627), as old peers are.
const PLAIN: &str = "plain";
const WITHOUT_HASH: &str = "openssl_conf = all\n[all]\nssl_conf = tls\n[tls]\nsystem_default = plain\n[plain]\n\
    Options = -ExtendedMasterSecret\n";

const EC: [&str; 4] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
const EC384: [&str; 4] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"];
const RSA: [&str; 2] = ["-newkey", "rsa:2048"];

fn check(kind: &[&str], active: bool, (profile, suite): (&str, Suite), extra: &[&str]) {
    let (keys, exported) = meet(kind, active, profile, extra);
    assert_eq!(keys.suite, suite);
    let (key, salt) = (suite.key_length(), suite.salt_length());
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    let (client, server) = if active { (&keys.ours, &keys.theirs) } else { (&keys.theirs, &keys.ours) };
    let block = [&client[..key], &server[..key], &client[key..], &server[key..]].concat();
    assert_eq!(&exported[..4 * (key + salt)], hex(&block));
}

const SHA80: (&str, Suite) = ("SRTP_AES128_CM_SHA1_80", Suite::Aes128Sha80);
const GCM128: (&str, Suite) = ("SRTP_AEAD_AES_128_GCM", Suite::Aes128Gcm);
const GCM256: (&str, Suite) = ("SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80", Suite::Aes256Gcm);

#[test]
fn we_open_it() {
    check(&EC, true, SHA80, &[]);
    check(&EC384, true, GCM128, &[]);
    check(&RSA, true, SHA80, &[]);
    check(&RSA, true, GCM256, &["-cipher", "ECDHE-RSA-AES256-GCM-SHA384", PLAIN]);
}

#[test]
fn they_open_it() {
    check(&EC, false, SHA80, &[]);
    check(&EC384, false, GCM128, &[]);
    check(&RSA, false, GCM256, &[]);
    check(&RSA, false, SHA80, &["-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384", PLAIN]);
    check(&EC, false, SHA80, &["-mtu", "256"]);
}
