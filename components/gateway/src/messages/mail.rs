//! The mail, in plain text: the code, and the link where there is one.

use super::Notice;
use crate::when;
use std::fmt::Write as _;

/// The longest subject that a transport has to take, in bytes (`wit/delivery.wit`).
const LONGEST_SUBJECT: usize = 200;

/// Subject and text.
pub fn email(notice: &Notice<'_>) -> (String, String) {
    let title = notice.described.title;
    let subject = subject(notice.asked_by, &format!("confirm {title}"));
    let mut lines = String::new();
    for (label, value) in &notice.described.lines {
        // Writing to a String cannot fail.
        let _ = writeln!(lines, "  {label}: {value}");
    }
    let until = when::plain(notice.valid_until);
    let how = match notice.link {
        Some(link) => format!(
            "Or open this page and press its button:\n\
             {link}\n\
             \n\
             Code and link work once, until {until}. Enter the code only where you asked for this change; nobody will ever \
             ask you for it on the phone."
        ),
        None => format!(
            "{works} once, until {until}. Enter it only on the page where you asked for it; nobody will ever ask you \
             for it on the phone.",
            works = if notice.long_code.is_some() { "Either works" } else { "The code works" },
        ),
    };
    let nothing = match notice.link {
        Some(_) => "If this was not you, do nothing: without the code nothing is changed.",
        None => "If this was not you, do nothing: without the code nobody gets any further.",
    };
    let long_code = match notice.long_code {
        Some(long) => {
            format!("\nIf too many wrong codes were entered, this one still works in its place:\n{long}\n")
        }
        None => String::new(),
    };
    let text = format!(
        "{asked_by} asks you to confirm {title}.\n\
         \n\
         {lines}  Requested: {requested}\n\
         \n\
         Your code: {code}\n\
         {long_code}\
         \n\
         {how}\n\
         \n\
         {if_not_you} Please tell {asked_by} about it.\n\
         \n\
         {sender}\n",
        asked_by = notice.asked_by,
        requested = when::plain(notice.requested_at),
        code = notice.code,
        if_not_you = notice.if_not_you.unwrap_or(nothing),
        sender = notice.sender_name,
    );
    (subject, text)
}

/// `Acme: your password was changed`, or without the name where that is too long.
pub(crate) fn subject(name: &str, what: &str) -> String {
    let subject = format!("{name}: {what}");
    if subject.len() <= LONGEST_SUBJECT {
        return subject;
    }
    let mut letters = what.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{Described, example};

    fn described() -> Described {
        Described {
            title: "the change of your e-mail address",
            lines: vec![("From", "a***@e***.com".into()), ("To", "b***@n***.org".into())],
        }
    }

    #[test]
    fn a_mail_says_what_for_whom_until_when_and_what_to_do_if_it_was_not_you() {
        let described = described();
        let (subject, text) = email(&example(&described));
        assert_eq!(subject, "Acme: confirm the change of your e-mail address");
        for part in [
            "Acme asks you to confirm the change of your e-mail address.",
            "  From: a***@e***.com\n  To: b***@n***.org\n  Requested: 15 January 2026, 10:15 UTC\n",
            "Your code: 012345\n",
            "\nhttps://2fa.example.com/confirm/token\n",
            "until 15 January 2026, 10:25 UTC",
            "do nothing",
            "tell Acme",
            "\nAcme Security\n",
        ] {
            assert!(text.contains(part), "{part:?} in:\n{text}");
        }
    }

    #[test]
    fn a_mail_without_a_link_promises_none() {
        let described = described();
        let (_, text) = email(&Notice { link: None, ..example(&described) });
        assert!(
            text.contains("Your code: 012345\n\nThe code works once, until 15 January 2026, 10:25 UTC."),
            "{text}"
        );
        assert!(text.contains("do nothing") && text.contains("tell Acme"));
        assert!(!text.contains("://") && !text.contains("link") && !text.contains("button"), "{text}");
    }

    #[test]
    fn a_mail_may_hold_a_long_code_and_advice_of_its_own() {
        let described = described();
        let long_code = Some("Zm9vYmFy");
        let if_not_you = Some("If this was not you, change your password.");
        let (_, text) = email(&Notice { link: None, long_code, if_not_you, ..example(&described) });
        assert!(
            text.contains(
                "Your code: 012345\n\nIf too many wrong codes were entered, this one still works in its place:\nZm9vYmFy\n\n\
                 Either works once"
            ),
            "{text}"
        );
        assert!(
            text.contains("\n\nIf this was not you, change your password. Please tell Acme about it.\n"),
            "{text}"
        );
        assert!(!text.contains("do nothing"), "{text}");
    }

    #[test]
    fn a_subject_is_never_longer_than_a_transport_takes() {
        let described = described();
        let name = "ü".repeat(99);
        let (subject, _) = email(&Notice { asked_by: &name, ..example(&described) });
        assert_eq!(subject, "Confirm the change of your e-mail address");
    }
}
