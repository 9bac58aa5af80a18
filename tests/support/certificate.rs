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

/// What is wrong with a certificate.
#[allow(dead_code)] // some who include this file need no flaws
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// It is for another name.
    Name,
    /// It has expired.
    Expired,
    /// Nobody signed it but itself.
    SelfSigned,
}

/// Makes an authority and a certificate for `host` in `dir`: `host.crt`, `host.key`, `ca.pem`.
pub fn make(dir: &Path, host: &str) -> Certificates {
    make_flawed(dir, host, Flaw::None)
}

/// The same with a flaw.
pub fn make_flawed(dir: &Path, host: &str, flaw: Flaw) -> Certificates {
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
    let named = if flaw == Flaw::Name { "other.test" } else { host };
    std::fs::write(
        at("san"),
        format!("subjectAltName=DNS:{named},DNS:*.{named},IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"),
    )
    .expect("san");
    let mut sign = vec!["x509", "-req", "-in", &csr, "-days", "30", "-extfile", "san", "-out", &crt];
    match flaw {
        Flaw::None | Flaw::Name => sign.extend(["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"]),
        Flaw::SelfSigned => sign.extend(["-signkey", &key]),
        // only `ca` can make one of the past
        Flaw::Expired => {
            let ca = "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n\
                      [p]\ncommonName=supplied\n";
            std::fs::write(at("ca.cnf"), ca).expect("a file");
            std::fs::write(at("index"), "").expect("a file");
            std::fs::write(at("serial"), "01").expect("a file");
            let past = ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z", "-notext"];
            sign = vec!["ca", "-batch", "-config", "ca.cnf", "-in", &csr, "-extfile", "san", "-out", &crt];
            sign.extend(["-cert", "ca.pem", "-keyfile", "ca.key"].into_iter().chain(past));
        }
    }
    openssl(&sign);
    Certificates { ca: at("ca.pem"), certificate: at(&crt), key: at(&key) }
}
