//! Addresses of Tron.

use crate::payment::Why;

/// What an address of the main network begins with, as a byte; as text it is a `T`.
const MAIN_NETWORK: u8 = 0x41;

/// Base58check of 21 bytes: the network's byte, 20 of the address, and four of checksum behind them.
pub(super) fn canonical(text: &str) -> Result<String, Why> {
    let mut address = [0; 64];
    match bs58::decode(text).with_check(Some(MAIN_NETWORK)).onto(&mut address) {
        Ok(21) => Ok(text.to_owned()),
        Err(bs58::decode::Error::InvalidChecksum { .. }) => {
            Err("must be an address of T and 33 more characters: its checksum does not fit".into())
        }
        _ => Err("must be an address of T and 33 more characters, in base58".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The contracts of USDT, USDC and wrapped TRX, and the address that nobody owns.
    const EXAMPLES: [&str; 4] = [
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        "TEkxiTehnzSmSe2XqrBj4w32RUN966rdz8",
        "TNUC9Qb1rRpS5CbWLmNMxXBjyFoydXjWFR",
        "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb",
    ];

    #[test]
    fn published_addresses_are_read() {
        for address in EXAMPLES {
            assert_eq!(canonical(address).as_deref(), Ok(address));
        }
    }

    #[test]
    fn anything_else_is_no_address() {
        for text in [
            "",
            "T",
            "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6",
            "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6tt",
            " TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
            "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6\u{0}",
            "ТR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
            "tr7nhqjekqxgtci8q8zy4pl8otszgjlj6t",
            // The same address as Tron's own programs write it, and in Ethereum's way.
            "41a614f803b6fd780986a42c78ec9c7f77e6ded13c",
            "0xa614f803B6FD780986A42c78Ec9c7f77e6DeD13C",
            // An address of Bitcoin: right checksum, other network.
            "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        ] {
            assert!(canonical(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn every_wrong_character_is_noticed() {
        for example in EXAMPLES {
            for at in 0..example.len() {
                for other in "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".chars() {
                    let changed = format!("{}{other}{}", &example[..at], &example[at + 1..]);
                    assert_eq!(canonical(&changed).is_ok(), changed == example, "{changed}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn twenty_bytes_of_the_main_network_are_an_address(
            address in prop::collection::vec(any::<u8>(), 17..24),
            network in prop_oneof![Just(MAIN_NETWORK), any::<u8>()],
        ) {
            let text = bs58::encode(&address).with_check_version(network).into_string();
            let good = address.len() == 20 && network == MAIN_NETWORK;
            prop_assert_eq!(canonical(&text).is_ok(), good);
        }
    }
}
