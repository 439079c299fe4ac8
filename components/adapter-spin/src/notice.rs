//! The body a message is posted as, and what an answer means.

use serde::Serialize;

use crate::bindings::exports::stepgate::otp::delivery::{Channel, Error, Message};

/// The JSON object that docs/spin.md promises to whoever receives messages.
#[derive(Serialize)]
struct Notice<'a> {
    channel: &'static str,
    to: &'a str,
    subject: &'a str,
    text: &'a str,
}

pub(crate) fn body(message: &Message) -> Result<Vec<u8>, Error> {
    let notice = Notice {
        channel: match message.channel {
            Channel::Email => "email",
            Channel::Sms => "sms",
        },
        to: &message.to,
        subject: &message.subject,
        text: &message.text,
    };
    // serde_json's own text could quote the message, so it is dropped.
    serde_json::to_vec(&notice).map_err(|_| Error::Refused("the message cannot be written as JSON".into()))
}

/// 400, 413 and 422 speak of this message. Everything else that is no success (a wrong token, a wrong address, an
/// overload, a redirect, which is not followed) may be mended, so it is worth trying again.
pub(crate) fn judge(status: u16) -> Result<(), Error> {
    match status {
        200..=299 => Ok(()),
        400 | 413 | 422 => Err(Error::Refused(format!("the delivery service answered {status}"))),
        _ => Err(Error::Unavailable(format!("the delivery service answered {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_the_documented_object() {
        let message = Message {
            channel: Channel::Sms,
            to: "+4915112345678".into(),
            subject: String::new(),
            text: "Ihr \"Code\":\n123456 ü".into(),
        };
        let json: serde_json::Value = serde_json::from_slice(&body(&message).unwrap()).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "channel": "sms", "to": "+4915112345678", "subject": "", "text": "Ihr \"Code\":\n123456 ü",
            })
        );
    }

    #[test]
    fn only_a_2xx_means_taken() {
        for status in 100..600 {
            assert_eq!(judge(status).is_ok(), (200..300).contains(&status), "{status}");
        }
    }

    #[test]
    fn only_what_speaks_of_the_message_is_final() {
        for status in [400, 413, 422] {
            assert!(matches!(judge(status), Err(Error::Refused(_))), "{status}");
        }
        for status in [301, 401, 403, 404, 408, 429, 500, 503] {
            assert!(matches!(judge(status), Err(Error::Unavailable(_))), "{status}");
        }
    }
}
