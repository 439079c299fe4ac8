//! An authenticator app, as people have one on their phones.

use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use std::time::Duration;

/// RFC 6238 with what every app takes: HMAC-SHA-1, 30 seconds, six digits. Ours alone, so that a mistake of the gateway's is not made
/// here as well.
pub struct Authenticator(Vec<u8>);

impl Authenticator {
    /// Reads the link that stands in the QR code.
    ///
    /// # Panics
    /// If it has no secret.
    pub fn scan(otpauth_uri: &str) -> Authenticator {
        const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let (_, query) = otpauth_uri.split_once('?').expect("a link of an app has a query");
        let secret = query.split('&').find_map(|pair| pair.strip_prefix("secret=")).expect("a secret");
        let bits: String =
            secret.chars().map(|one| format!("{:05b}", ALPHABET.find(one).expect("base 32"))).collect();
        let bytes = bits.as_bytes().chunks_exact(8).map(|byte| {
            let byte = str::from_utf8(byte).expect("zeros and ones");
            u8::from_str_radix(byte, 2).expect("eight of them")
        });
        Authenticator(bytes.collect())
    }

    /// What it shows.
    ///
    /// # Panics
    /// Never: HMAC takes keys of every length.
    pub fn code(&self, now: Duration) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).expect("any length");
        mac.update(&(now.as_secs() / 30).to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let at = usize::from(hash[19] & 15);
        let word = u32::from_be_bytes(hash[at..at + 4].try_into().expect("four bytes")) & 0x7fff_ffff;
        format!("{:06}", word % 1_000_000)
    }
}
