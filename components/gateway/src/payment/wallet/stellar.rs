//! Addresses of Stellar: strkeys (SEP-23).
//!
//! The library, `stellar-strkey`, is asked in the tests only. It would add 57 KiB to the component, most of it for spellings of
//! base 32 that no strkey has.

use crate::payment::Why;

/// RFC 4648 §6, without padding.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The first byte of an account, and so a first letter of G.
const ACCOUNT: u8 = 6 << 3;

/// The first byte of a muxed account, and so a first letter of M.
const MUXED_ACCOUNT: u8 = 12 << 3;

/// An account (`G…`) or a muxed account (`M…`), which is an account of somebody who keeps many. Nobody can be paid at the
/// other kinds of strkey, and `S…` is a secret.
pub(super) fn canonical(text: &str) -> Result<String, Why> {
    let good = match text.len() {
        // One byte of kind, 32 of key, two of checksum.
        56 => decode::<35>(text).is_some_and(|bytes| fits(&bytes, ACCOUNT)),
        // Eight more, for the number of the account within the account.
        69 => decode::<43>(text).is_some_and(|bytes| fits(&bytes, MUXED_ACCOUNT)),
        _ => return Err("must be an address of G and 55, or M and 68, more characters".into()),
    };
    if good {
        Ok(text.to_owned())
    } else {
        Err("must be an address that begins with G or M and has the right checksum".into())
    }
}

fn fits(bytes: &[u8], kind: u8) -> bool {
    bytes.first() == Some(&kind)
        && bytes.split_last_chunk().is_some_and(|(signed, sum)| checksum(signed) == u16::from_le_bytes(*sum))
}

/// CRC-16/XMODEM: the polynomial x^16 + x^12 + x^5 + 1, beginning at zero.
fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ (u16::from(*byte) << 8), |sum, _| {
            if sum & 0x8000 == 0 { sum << 1 } else { (sum << 1) ^ 0x1021 }
        })
    })
}

/// Exactly so many bytes of base 32. Bits left over at the end must be zero, so that there is one spelling.
fn decode<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    let mut places = bytes.iter_mut();
    let (mut held, mut bits) = (0_u32, 0);
    for character in text.bytes() {
        let digit = (0..).zip(BASE32).find(|(_, letter)| **letter == character)?.0;
        held = held << 5 | digit;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *places.next()? = u8::try_from(held >> bits).ok()?;
            held &= (1 << bits) - 1;
        }
    }
    (places.next().is_none() && held == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use stellar_strkey::ed25519::{MuxedAccount, PublicKey};

    /// SEP-23, "Test Cases", the valid accounts and muxed accounts.
    const EXAMPLES: [&str; 5] = [
        "GA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQHES5",
        "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ",
        "MA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAAAAAAAAAPCICBKU",
        "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK",
        "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ",
    ];

    #[test]
    fn the_standards_examples_are_read() {
        for example in EXAMPLES {
            assert_eq!(canonical(example).as_deref(), Ok(example));
        }
    }

    /// SEP-23, "Test Cases", the invalid ones; then other kinds of strkey, and hostile text.
    #[test]
    fn anything_else_is_no_address() {
        for text in [
            "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJV75ERQ",
            "GAAAAAAAACGC6",
            "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZA",
            "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUACUSI",
            "G47QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVP2I",
            "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUR",
            "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLKA",
            "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAAV75I",
            "M47QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ",
            "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUK===",
            "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUO",
            "CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE",
            "SBU2RRGLXH3E5CQHTD3ODLDF2BWDCYUSSBLLZ5GNW7JXHDIYKXZWHOKR",
            "",
            "G",
            "M",
            "ga7qynf7sowq3glr2bgmzehxavirza4kvwltjjfc7mgxua74p7ujvsgz",
            " GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ",
            "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSG\u{0}",
            "GА7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ",
            "G\u{200f}A7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ",
        ] {
            assert!(canonical(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn every_wrong_character_is_noticed() {
        for example in EXAMPLES {
            for at in 0..example.len() {
                for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".chars() {
                    let changed = format!("{}{other}{}", &example[..at], &example[at + 1..]);
                    assert_eq!(canonical(&changed).is_ok(), changed == example, "{changed}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn every_account_has_one_spelling(key in any::<[u8; 32]>(), id in any::<u64>()) {
            let account = PublicKey(key).to_string().as_str().to_owned();
            prop_assert_eq!(canonical(&account), Ok(account));
            let muxed = MuxedAccount { ed25519: key, id }.to_string().as_str().to_owned();
            prop_assert_eq!(canonical(&muxed), Ok(muxed));
        }

        #[test]
        fn the_library_reads_the_same(text in "([GMSC][A-Z2-7]{55}|M[A-Z2-7]{68}|G[A-Z0-9=]{50,60})") {
            let theirs = PublicKey::from_string(&text).is_ok() || MuxedAccount::from_string(&text).is_ok();
            prop_assert_eq!(canonical(&text).is_ok(), theirs);
        }

        /// Right checksums of every kind, which chance does not find.
        #[test]
        fn the_library_agrees_on_what_has_a_right_checksum(
            bytes in prop::collection::vec(any::<u8>(), 30..46),
            kind in prop_oneof![Just(ACCOUNT), Just(MUXED_ACCOUNT), any::<u8>()],
        ) {
            let mut signed = vec![kind];
            signed.extend(bytes);
            signed.extend(checksum(&signed).to_le_bytes());
            let text = encode(&signed);
            let theirs = PublicKey::from_string(&text).is_ok() || MuxedAccount::from_string(&text).is_ok();
            prop_assert_eq!(canonical(&text).is_ok(), theirs);
            let length = signed.len() - 3;
            prop_assert_eq!(theirs, (kind, length) == (ACCOUNT, 32) || (kind, length) == (MUXED_ACCOUNT, 40));
        }
    }

    fn encode(bytes: &[u8]) -> String {
        let bits: Vec<u8> =
            bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
        let digits =
            bits.chunks(5).map(|five| (0..5).fold(0, |digit, at| digit << 1 | five.get(at).unwrap_or(&0)));
        digits.map(|digit| char::from(BASE32[usize::from(digit)])).collect()
    }
}
