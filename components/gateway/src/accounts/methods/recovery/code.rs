//! A recovery code: ten characters, 50 bits.

use crate::ports::Surroundings;

/// Crockford's base 32: without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

const LENGTH: usize = 10;

/// The longest text that is looked at, in bytes.
const LONGEST_TEXT: usize = 64;

/// A code, in small letters. It has neither `Debug` nor `==`.
pub(crate) struct Code([u8; LENGTH]);

impl Code {
    pub(super) fn random(surroundings: &impl Surroundings) -> Code {
        // 32 divides 256, so each character is as likely as any other.
        let random: [u8; LENGTH] = surroundings.random();
        Code(random.map(|byte| ALPHABET[usize::from(byte % 32)]))
    }

    /// Reads what somebody has typed, in whatever case and with spaces and hyphens anywhere. I and L are read as 1, and O as 0,
    /// since neither is in any code.
    pub(crate) fn parse(text: &str) -> Option<Code> {
        if text.len() > LONGEST_TEXT {
            return None;
        }
        let mut typed = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-'));
        let mut code = [0; LENGTH];
        for place in &mut code {
            *place = match typed.next()?.to_ascii_lowercase() {
                b'o' => b'0',
                b'i' | b'l' => b'1',
                byte if ALPHABET.contains(&byte) => byte,
                _ => return None,
            };
        }
        typed.next().is_none().then_some(Code(code))
    }

    /// For its owner, once: `xxxxx-xxxxx`.
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(LENGTH + 1);
        for (place, byte) in self.0.iter().enumerate() {
            if place == LENGTH / 2 {
                text.push('-');
            }
            text.push(char::from(*byte));
        }
        text
    }

    /// For its seal.
    pub(super) fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestPorts;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<String> {
        Code::parse(text).map(|code| code.text())
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for typed in [
            "0123a-bcdef",
            "0123ABCDEF",
            "O123a-bcdef",
            "o 1 2 3 a b c d e f",
            "OI23AbcdEF",
            "ol23a--bcdef",
            "-0L23abcdef ",
        ] {
            assert_eq!(read(typed).as_deref(), Some("0123a-bcdef"), "{typed}");
        }
    }

    #[test]
    fn anything_else_is_no_code() {
        let long = format!("0123a-bcdef{}", " ".repeat(LONGEST_TEXT));
        for text in [
            "",
            "-",
            "0123a-bcde",
            "0123a-bcdefg",
            "u123a-bcdef",
            "0123a_bcdef",
            "０123abcde",
            "123456",
            &long,
        ] {
            assert!(Code::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn every_character_comes_up_about_as_often() {
        let ports = TestPorts::default();
        let mut seen = [0_u32; 256];
        for _ in 0..3200 {
            for byte in Code::random(&ports).bytes() {
                seen[usize::from(*byte)] += 1;
            }
        }
        let seen: Vec<u32> = ALPHABET.iter().map(|byte| seen[usize::from(*byte)]).collect();
        // 1,000 each; five standard deviations are 156.
        assert!(seen.iter().all(|seen| (844..=1156).contains(seen)), "{seen:?}");
        assert_eq!(seen.iter().sum::<u32>(), 32_000);
    }

    proptest! {
        #[test]
        fn no_text_upsets_the_parser(text in ".{0,80}") {
            let _ = Code::parse(&text);
        }

        #[test]
        fn what_is_shown_is_read(random in any::<[u8; LENGTH]>()) {
            let code = Code(random.map(|byte| ALPHABET[usize::from(byte % 32)]));
            let text = code.text();
            prop_assert_eq!(text.len(), LENGTH + 1);
            prop_assert_eq!(read(&text), Some(text.clone()));
            prop_assert_eq!(read(&text.to_uppercase()), Some(text));
        }
    }
}
