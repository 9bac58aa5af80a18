//! Answers of servers, good and bad, without a network; the whole is tried with a real server in `tests/system`.
#![allow(clippy::unwrap_used)]
use super::*;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// The body of an answer that comes in pieces of this size.
fn body(answer: &str, piece: usize) -> Result<Vec<u8>, HttpError> {
    runtime().block_on(async {
        let (mut here, mut there) = tokio::io::duplex(piece);
        let bytes = answer.as_bytes().to_vec();
        let server = tokio::spawn(async move {
            // who has heard enough hangs up
            let _ = there.write_all(&bytes).await;
        });
        let mut head = Answer::default();
        head.read(&mut here).await?;
        let mut body = Body::new(head)?;
        let mut all = Vec::new();
        while let Some(piece) = body.next(&mut here).await? {
            all.extend(piece);
        }
        drop(here);
        server.await.unwrap();
        Ok(all)
    })
}

impl Sink for Vec<u8> {
    async fn take(&mut self, piece: &[u8]) -> io::Result<()> {
        self.extend_from_slice(piece);
        Ok(())
    }
}

#[test]
fn addresses() {
    let whole = place("HTTPS://Up.x.test:5281/a b/ñ?x=1#frag").unwrap();
    assert_eq!((whole.host.as_str(), whole.port, whole.path.as_str()), ("Up.x.test", 5281, "/a%20b/%C3%B1?x=1"));
    assert_eq!(place("https://[::1]/x").unwrap().host, "::1");
    assert_eq!(place("https://[::1]:99?x").unwrap().path, "/?x");
    assert_eq!(place("https://x.test").unwrap().path, "/");
    for bad in
        ["http://x.test/", "https://", "https:///x", "https://u@x.test/", "https://x:0/", "https://x:y/", "ñ", ""]
    {
        assert_eq!(place(bad), None, "{bad}");
    }
}

#[test]
fn a_body_is_the_same_in_whatever_way_it_comes() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
    let told = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabcdeXXX";
    let to_the_end = "HTTP/1.0 200 OK\r\n\r\nabcde";
    for answer in [chunked, told, to_the_end] {
        for piece in [1, 2, 3, 7, 4096] {
            assert_eq!(body(answer, piece), Ok(b"abcde".to_vec()), "{answer:?} by {piece}");
        }
    }
}

#[test]
fn what_is_no_answer_or_ends_too_early_is_told() {
    let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n", "y".repeat(2 * HEAD));
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabcX",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\n",
        "SSH-2.0-x\r\n\r\n",
        "",
        &long,
    ] {
        assert_eq!(body(answer, 4096), Err(HttpError::Garbled), "{:?}", answer.get(..40));
    }
}

#[test]
fn what_is_saved_is_whole_the_right_one_and_not_too_large() {
    let mut taken = Vec::new();
    let (progress, seen) = watch::channel(0);
    let hash = BASE64_STANDARD.encode(Sha256::digest(b"abcde"));
    let mut run = |length: Length, limit, sha256: Option<&str>| {
        let answer =
            Answer { status: 200, media_type: "image/png".into(), length: Some(length), rest: b"abcde".to_vec() };
        runtime().block_on(save(&mut tokio::io::empty(), answer, &mut taken, limit, sha256, &progress))
    };
    let got = run(Length::Told(5), 5, Some(&hash)).unwrap();
    assert_eq!((got.length, got.media_type.as_str(), *seen.borrow()), (5, "image/png", 5));
    assert_eq!(run(Length::Told(5), 4, None), Err(HttpError::TooLarge));
    assert_eq!(run(Length::ToTheEnd, 4, None), Err(HttpError::TooLarge));
    assert_eq!(run(Length::ToTheEnd, 9, Some("other")), Err(HttpError::Another));
    assert_eq!(taken, b"abcdeabcde", "of one that is too large nothing is taken; of another one it is seen at its end");
}
