//! The test vectors of RFC 3711 (appendix B), RFC 6188 (section 7) and RFC 7714 (sections 16 and 17), and one whole packet
//! under the key of RFC 3711 B.3.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::{
    cipher::{Block, Cipher, Kind, derive},
    *,
};
use crate::domain::{
    private::Private,
    protection::{SdesKey, Suite},
};
use zeroize::Zeroizing;

fn hex(text: &str) -> Vec<u8> {
    let text: String = text.split_whitespace().collect();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn key(suite: Suite, bytes: &str) -> SdesKey {
    SdesKey { tag: 1, suite, key: Private::new(Zeroizing::new(hex(bytes))), mki: Vec::new() }
}

#[test]
fn key_stream_of_128_and_256_bits() {
    for (key, first) in [
        ("2B7E151628AED2A6ABF7158809CF4F3C", "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB"),
        (
            "57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98",
            "92bdd28a93c3f52511c677d08b5515a4 9da71b2378a854f67050756ded165bac",
        ),
    ] {
        let block = Block::new(&hex(key)).unwrap();
        let start: [u8; 16] = hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000").try_into().unwrap();
        let mut stream = vec![0; 0xFF02 * 16];
        block.add_stream(&start, &mut stream);
        assert_eq!(stream[..32], hex(first));
        if key.len() == 32 {
            assert_eq!(stream[0xFEFF * 16..][..16], hex("EC8CDF7398607CB0F2D21675EA9EA1E4"));
            assert_eq!(stream[0xFF00 * 16..][..16], hex("362B7C3C6773516318A077D7FC5073AE"));
        }
    }
}

#[test]
fn session_keys() {
    let derived = |key: &str, salt: &str, label, length| {
        let mut out = vec![0; length];
        derive(&Block::new(&hex(key)).unwrap(), &hex(salt), label, &mut out);
        out
    };
    let (key, salt) = ("E1F97A0D3E018BE0D64FA32C06DE4139", "0EC675AD498AFEEBB6960B3AABE6");
    assert_eq!(derived(key, salt, 0, 16), hex("C61E7A93744F39EE10734AFE3FF7A087"));
    assert_eq!(derived(key, salt, 2, 14), hex("30CBBC08863D8C85D49DB34A9AE1"));
    assert_eq!(
        derived(key, salt, 1, 94),
        hex("CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE E049646C43D9327AD175578EF7227098 \
             6371C10C9A369AC2F94A8C5FBCDDDC25 6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2")
    );
    let (key, salt) =
        ("f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6", "3b04803de51ee7c96423ab5b78d2");
    let cipher = "5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4";
    assert_eq!(derived(key, salt, 0, 32), hex(cipher));
    assert_eq!(derived(key, salt, 2, 14), hex("fa31791685ca444a9e07c6c64e93"));
    assert_eq!(derived(key, salt, 1, 20), hex("fd9c32d39ed5fbb5a9dc96b30818454d1313dc05"));
}

#[test]
fn whole_packets_in_counter_mode() {
    let plain = hex("800f1234decafbadcafebabeabababababababababababababababab");
    for (suite, bytes, sealed) in [
        (
            Suite::Aes128Sha80,
            "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6",
            "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb",
        ),
        (
            Suite::Aes128Sha32,
            "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6",
            "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc",
        ),
        (
            Suite::Aes256Sha80,
            "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b63b04803de51ee7c96423ab5b78d2",
            "800f1234decafbadcafebabef1d9de17ff251ff1aa007774b0b4b40da08d9d9a5b3a55d8873b",
        ),
    ] {
        let key = key(suite, bytes);
        let mut packet = plain.clone();
        Outbound::new(&key).unwrap().seal(&mut packet).unwrap();
        assert_eq!(packet, hex(sealed), "{suite:?}");
        let length = Inbound::new(&key).unwrap().open(&mut packet).unwrap();
        assert_eq!(packet[..length], plain, "{suite:?}");
    }
}

/// RFC 7714 gives session keys, not master keys.
fn session(suite: Suite, kind: Kind) -> Cipher {
    let all = hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    let mut salt = Zeroizing::new([0; 16]);
    salt[..12].copy_from_slice(b"Quid pro quo");
    Cipher::with(suite, &all[..suite.key_length()], &[], salt, kind).unwrap()
}

#[test]
fn packets_with_aead() {
    let media =
        hex("8040f17b8041f8d35501a0b2 47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573");
    let control = hex(
        "81c8000d4d617273 4e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    );
    for (suite, sealed_media, sealed_control) in [
        (
            Suite::Aes128Gcm,
            "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833\
             899d7f27beb16a9152cf765ee4390cce",
            "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9\
             275bc84aa45896cf4d2fc5abf87245d9eade800005d4",
        ),
        (
            Suite::Aes256Gcm,
            "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b\
             7aa3db36dfffd6b0f9bb7878d7a76c13",
            "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b\
             6fad1d1eb30c4446839f57ff6f6cb26ac3be800005d4",
        ),
    ] {
        let key = key(suite, "00");
        let mut sender = Outbound::with(&key, session(suite, Kind::Media), session(suite, Kind::Control), 0x5d3);
        let mut receiver = Inbound::with(&key, session(suite, Kind::Media), session(suite, Kind::Control));
        let mut packet = media.clone();
        sender.seal(&mut packet).unwrap();
        assert_eq!(packet, hex(sealed_media), "{suite:?}");
        let length = receiver.open(&mut packet).unwrap();
        assert_eq!(packet[..length], media, "{suite:?}");
        let mut packet = control.clone();
        sender.seal_control(&mut packet).unwrap();
        assert_eq!(packet, hex(sealed_control), "{suite:?}");
        let length = receiver.open_control(&mut packet).unwrap();
        assert_eq!(packet[..length], control, "{suite:?}");
    }
}

#[test]
fn the_master_salt_of_aead_is_padded_behind() {
    // RFC 7714 section 11; the values were checked with another implementation's AES
    let mut out = [0; 16];
    let salt = hex("a0a1a2a3a4a5a6a7a8a9aaab");
    derive(&Block::new(&hex("000102030405060708090a0b0c0d0e0f")).unwrap(), &salt, 0, &mut out);
    assert_eq!(out[..], hex("077c6143cb221bc355ff23d5f984a16e"));
}
