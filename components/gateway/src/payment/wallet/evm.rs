//! Addresses of Ethereum, and of the chains that took them over.

use crate::payment::Why;
use sha3::{Digest, Keccak256};

/// `0x` and 40 hex digits. Capitals and small letters together are a checksum (EIP-55) and must be right; an address in
/// one case has none. The canonical spelling has one.
pub(super) fn canonical(text: &str) -> Result<String, Why> {
    let shape = "must be an address of 0x and 40 hex digits";
    let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 40).ok_or(shape)?;
    let mut address = [0; 20];
    base16ct::mixed::decode(digits, &mut address).map_err(|_| shape)?;
    let spelled = checksummed(&address);
    let mixed = digits.bytes().any(|byte| byte.is_ascii_uppercase())
        && digits.bytes().any(|byte| byte.is_ascii_lowercase());
    if mixed && spelled != digits {
        return Err("must be an address whose capitals and small letters fit (EIP-55)".into());
    }
    Ok(format!("0x{spelled}"))
}

/// EIP-55: the letter at place i is a capital if digit i of the hash of the small spelling is 8 or more.
fn checksummed(address: &[u8; 20]) -> String {
    let small = base16ct::lower::encode_string(address);
    let hash = Keccak256::digest(small.as_bytes());
    let digits = hash.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
    let letters = small.chars().zip(digits);
    letters.map(|(letter, digit)| if digit >= 8 { letter.to_ascii_uppercase() } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// EIP-55, "Test Cases".
    const EXAMPLES: [&str; 8] = [
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ];

    #[test]
    fn the_standards_examples_are_read_in_each_case() {
        for example in EXAMPLES {
            assert_eq!(canonical(example).as_deref(), Ok(example));
            assert_eq!(canonical(&example.to_lowercase()).as_deref(), Ok(example));
            assert_eq!(canonical(&format!("0x{}", example[2..].to_uppercase())).as_deref(), Ok(example));
        }
    }

    #[test]
    fn a_letter_in_the_wrong_case_is_noticed() {
        let example = EXAMPLES[4];
        for at in (2..42).filter(|at| example.as_bytes()[*at].is_ascii_alphabetic()) {
            let mut wrong = example.to_owned().into_bytes();
            wrong[at] ^= 0x20;
            let why = canonical(str::from_utf8(&wrong).unwrap()).unwrap_err();
            assert!(why.contains("EIP-55"), "{why}");
        }
    }

    /// A changed digit changes the hash, and with it the case of half the letters. It is not impossible that one is missed,
    /// but in these addresses none is.
    #[test]
    fn a_wrong_digit_is_noticed() {
        for example in &EXAMPLES[4..] {
            for at in 2..42 {
                for other in "0123456789abcdefABCDEF".chars() {
                    let changed = format!("{}{other}{}", &example[..at], &example[at + 1..]);
                    assert_eq!(canonical(&changed).is_ok(), changed == **example, "{changed}");
                }
            }
        }
    }

    #[test]
    fn anything_else_is_no_address() {
        let digits = &EXAMPLES[4][2..];
        for text in [
            "".to_owned(),
            "0x".to_owned(),
            digits.to_owned(),
            format!("0X{digits}"),
            format!("0x{}", &digits[1..]),
            format!("0x{digits}0"),
            format!(" 0x{digits}"),
            format!("0x{digits}\u{0}"),
            format!("0x{}g", &digits[1..]),
            format!("0x{}\u{0}", &digits[1..]),
            format!("0x{}é", &digits[2..]),
            format!("0x{}\u{200f}", &digits[3..]),
            format!("0x{}０", &digits[3..]),
        ] {
            assert!(canonical(&text).unwrap_err().contains("40 hex digits"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_address_has_one_spelling(address in any::<[u8; 20]>()) {
            let small = format!("0x{}", base16ct::lower::encode_string(&address));
            let spelled = canonical(&small).unwrap();
            prop_assert_eq!(canonical(&spelled), Ok(spelled.clone()));
            prop_assert_eq!(spelled.to_lowercase(), small);
        }
    }
}
