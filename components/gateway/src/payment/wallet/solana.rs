//! Addresses of Solana.

use crate::payment::Why;

/// Base58 of exactly 32 bytes. There is no checksum. An address need not be a point of the curve: those of programs and
/// of their accounts are not.
pub(super) fn canonical(text: &str) -> Result<String, Why> {
    let mut address = [0; 33];
    match bs58::decode(text).onto(&mut address) {
        Ok(32) => Ok(text.to_owned()),
        _ => Err("must be an address of 32 bytes in base58".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_addresses_are_read() {
        for address in [
            // The system program: 32 zeros.
            "11111111111111111111111111111111",
            "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
            "SysvarRent111111111111111111111111111111111",
            "So11111111111111111111111111111111111111112",
            // The mint of USDC.
            "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
        ] {
            assert_eq!(canonical(address).as_deref(), Ok(address));
        }
    }

    #[test]
    fn anything_else_is_no_address() {
        for text in [
            "".to_owned(),
            "1".repeat(31),
            "1".repeat(33),
            "z".repeat(44),
            "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTD".to_owned(),
            "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1vv".to_owned(),
            // 0, O, I and l are not in the alphabet.
            "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt10".to_owned(),
            "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1l".to_owned(),
            " EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v".to_owned(),
            "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1\u{0}".to_owned(),
            "ЕPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v".to_owned(),
        ] {
            assert!(canonical(&text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn thirty_two_bytes_are_an_address_and_no_other_number_is(bytes in prop::collection::vec(any::<u8>(), 0..50)) {
            let text = bs58::encode(&bytes).into_string();
            prop_assert_eq!(canonical(&text).is_ok(), bytes.len() == 32);
        }

        #[test]
        fn every_address_has_one_spelling(bytes in any::<[u8; 32]>()) {
            let text = bs58::encode(bytes).into_string();
            prop_assert_eq!(canonical(&text), Ok(text));
        }
    }
}
