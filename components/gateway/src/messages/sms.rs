//! The SMS. Its last line is in the form that phones fill in for the named site and for no other
//! (<https://wicg.github.io/sms-one-time-codes/>).

use super::Notice;
use crate::when;

/// The text. `host` is the name of the site that the code is typed in on.
pub fn sms(notice: &Notice<'_>, host: &str) -> String {
    let values: Vec<&str> = notice.described.lines.iter().map(|(_, value)| value.as_str()).collect();
    let values = if values.is_empty() { String::new() } else { format!(" ({})", values.join(" to ")) };
    let nothing;
    let if_not_you = match notice.if_not_you {
        Some(advice) => advice,
        None => {
            nothing = format!("Not you? Do nothing and tell {}.", notice.asked_by);
            &nothing
        }
    };
    format!(
        "{asked_by}: {code} confirms {title}{values}, until {until}. {if_not_you}\n\
         \n\
         @{host} #{code}",
        asked_by = notice.asked_by,
        code = notice.code,
        title = notice.described.title,
        until = when::clock(notice.valid_until),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{Described, example};

    #[test]
    fn the_last_line_binds_the_code_to_the_site() {
        let described = Described {
            title: "the change of your e-mail address",
            lines: vec![("From", "a***@e***.com".into()), ("To", "b***@n***.org".into())],
        };
        let text = sms(&example(&described), "2fa.example.com");
        assert_eq!(text.lines().last(), Some("@2fa.example.com #012345"));
        assert!(text.starts_with(
            "Acme: 012345 confirms the change of your e-mail address (a***@e***.com to b***@n***.org), until 10:25 UTC. \
             Not you? Do nothing and tell Acme.\n"
        ));
    }

    #[test]
    fn what_has_no_details_leaves_no_brackets_and_advice_takes_the_place_of_the_usual() {
        let described = Described { title: "your sign-in", lines: Vec::new() };
        let notice = Notice { if_not_you: Some("Not you? Change your password."), ..example(&described) };
        assert_eq!(
            sms(&notice, "2fa.example.com"),
            "Acme: 012345 confirms your sign-in, until 10:25 UTC. Not you? Change your password.\n\n@2fa.example.com #012345"
        );
    }
}
