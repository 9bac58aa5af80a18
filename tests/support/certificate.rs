//! A certificate authority of the test's own, and a server certificate signed by it, made by openssl.
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Paths of PEM files.
#[derive(Debug, Clone)]
pub struct Certificates {
    /// The authority, to be trusted.
    pub ca: PathBuf,
    /// The server's certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Makes an authority and a certificate for `host` in `dir`: `host.crt`, `host.key`, `ca.pem`.
pub fn make(dir: &Path, host: &str) -> Certificates {
    let at = |name: &str| dir.join(name);
    let openssl = |args: &[&str]| {
        let status = Command::new("openssl")
            .args(args)
            .current_dir(dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("openssl");
        assert!(status.success(), "openssl {args:?}");
    };
    let (crt, key, csr) = (format!("{host}.crt"), format!("{host}.key"), format!("{host}.csr"));
    let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let mut ca =
        vec!["req", "-x509", "-subj", "/CN=Landline test CA", "-days", "30", "-keyout", "ca.key", "-out", "ca.pem"];
    ca.extend(curve);
    ca.extend(["-addext", "keyUsage=critical,keyCertSign,cRLSign"]);
    openssl(&ca);
    let subject = format!("/CN={host}");
    let mut request = vec!["req", "-subj", &subject, "-keyout", &key, "-out", &csr];
    request.extend(curve);
    openssl(&request);
    std::fs::write(
        at("san"),
        format!("subjectAltName=DNS:{host},DNS:*.{host},IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"),
    )
    .expect("san");
    openssl(&[
        "x509",
        "-req",
        "-in",
        &csr,
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "30",
        "-extfile",
        "san",
        "-out",
        &crt,
    ]);
    Certificates { ca: at("ca.pem"), certificate: at(&crt), key: at(&key) }
}
