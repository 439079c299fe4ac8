//! `STEPGATE_*` variables.

use super::WrongSetting;
use std::ffi::OsString;
use std::path::PathBuf;
use toml::{Table, Value};

const PREFIX: &str = "STEPGATE_";
const CONFIG: &str = "STEPGATE_CONFIG";
/// Kubernetes sets such variables for every service, so also for one that is called `stepgate`.
const NOT_OURS: [&str; 2] = ["STEPGATE_SERVICE_", "STEPGATE_PORT"];

/// How the text of a variable is to be read.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Number,
    Flag,
    Json,
}

const SETTINGS: [(&str, Form); 47] = [
    ("environment", Form::Text),
    ("listen", Form::Text),
    ("data", Form::Text),
    ("log", Form::Text),
    ("store", Form::Text),
    ("compile_cache", Form::Flag),
    ("base_url", Form::Text),
    ("sender_name", Form::Text),
    ("sms_countries", Form::Text),
    ("autoramp_status_spelling", Form::Text),
    ("fiat_address_authorization", Form::Text),
    ("code_lifetime_seconds", Form::Number),
    ("code_attempts", Form::Number),
    ("resend_cooldown_seconds", Form::Number),
    ("identification_lifetime_days", Form::Number),
    ("emails_per_hour", Form::Number),
    ("sms_per_day", Form::Number),
    ("account_lock_minutes", Form::Number),
    ("access_token_seconds", Form::Number),
    ("refresh_token_days", Form::Number),
    ("session_days", Form::Number),
    ("idempotency_key_required", Form::Flag),
    ("required_signings", Form::Json),
    ("api_keys", Form::Json),
    ("mac_keys", Form::Json),
    ("webhook_keys", Form::Json),
    ("accounts", Form::Json),
    ("account_keys", Form::Json),
    ("token_keys", Form::Json),
    ("webhook_allowed_networks", Form::Json),
    ("webhook_extra_roots", Form::Text),
    ("webhook_run_token", Form::Text),
    ("delivery_url", Form::Text),
    ("delivery_token", Form::Text),
    ("smtp.host", Form::Text),
    ("smtp.port", Form::Number),
    ("smtp.tls", Form::Text),
    ("smtp.username", Form::Text),
    ("smtp.password", Form::Text),
    ("smtp.from", Form::Text),
    ("limits.connections", Form::Number),
    ("limits.requests", Form::Number),
    ("limits.instances", Form::Number),
    ("limits.requests_per_instance", Form::Number),
    ("limits.request_seconds", Form::Number),
    ("limits.receive_seconds", Form::Number),
    ("limits.shutdown_seconds", Form::Number),
];

/// What a setting may be, for one that has another form.
pub(super) fn allowed(name: &str) -> &'static str {
    match name {
        "environment" => "must be production or sandbox",
        "listen" => "must be an address and a port, as in 127.0.0.1:8080",
        "store" => "must be redb or memory",
        "smtp.tls" => "must be starttls, tls or none",
        "api_keys" | "mac_keys" | "webhook_keys" | "required_signings" | "accounts" | "account_keys"
        | "token_keys" => "must be a list of tables",
        "webhook_allowed_networks" => "must be a list of networks",
        "smtp" | "limits" => "must be a table",
        _ if name.starts_with("api_keys[") && name.ends_with(".role") => {
            "must be read-write, read-only or operator"
        }
        _ if name.starts_with("accounts[") => match name.rsplit('.').next() {
            Some("partner_id") => "must be a whole number of 32 bits",
            Some("mfa") => "must be mandatory or optional",
            Some("registration") => "must be closed, verified or open",
            Some("two_factor" | "method_objects" | "strict") => "must be true or false",
            _ => "is not of the form it must be",
        },
        _ if name.ends_with(".requests_per_minute") => "must be a whole number from 1 to 4294967295",
        _ => match SETTINGS.iter().find(|(known, _)| *known == name) {
            Some((_, Form::Text)) => "must be text",
            Some((_, Form::Number)) => "must be a whole number, neither negative nor too large",
            Some((_, Form::Flag)) => "must be true or false",
            Some((_, Form::Json)) | None => "is not of the form it must be",
        },
    }
}

/// The settings file that is named there, and all settings as a table.
pub(super) fn read(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<(Option<PathBuf>, Table), WrongSetting> {
    let mut file = None;
    let mut table = Table::new();
    for (variable, value) in variables {
        let Some(variable) = variable.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        if variable == CONFIG {
            file = Some(PathBuf::from(value));
            continue;
        }
        if NOT_OURS.iter().any(|prefix| variable.starts_with(prefix)) {
            continue;
        }
        let name = variable[PREFIX.len()..].to_ascii_lowercase().replace("__", ".");
        let Some((name, form)) = SETTINGS.iter().find(|(known, _)| *known == name) else {
            return Err(WrongSetting::new(variable, "there is no such setting"));
        };
        let wrong = |why: &str| WrongSetting::new(format!("{name} ({variable})"), why);
        let value = value.to_str().ok_or_else(|| wrong("must be UTF-8"))?;
        let value = match form {
            Form::Text => Value::String(value.to_owned()),
            Form::Number => {
                value.trim().parse().map(Value::Integer).map_err(|_| wrong("must be a whole number"))?
            }
            Form::Flag => {
                value.trim().parse().map(Value::Boolean).map_err(|_| wrong("must be true or false"))?
            }
            Form::Json => serde_json::from_str(value).map_err(|_| wrong("must be JSON"))?,
        };
        put(&mut table, name, value);
    }
    Ok((file, table))
}

fn put(table: &mut Table, name: &str, value: Value) {
    match name.split_once('.') {
        None => {
            table.insert(name.to_owned(), value);
        }
        Some((section, rest)) => {
            let below = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(below) = below {
                put(below, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(variables: &[(&str, &str)]) -> Result<Table, WrongSetting> {
        read(variables.iter().map(|(name, value)| (name.into(), value.into()))).map(|(_, table)| table)
    }

    #[test]
    fn variables_become_settings_of_their_form() {
        let table = table(&[
            ("STEPGATE_CODE_ATTEMPTS", "3"),
            ("STEPGATE_SENDER_NAME", "42"),
            ("STEPGATE_SMTP__PORT", "25"),
            ("STEPGATE_SMTP__PASSWORD", "[1]"),
            ("STEPGATE_API_KEYS", r#"[{"name":"Acme"}]"#),
            ("STEPGATE_COMPILE_CACHE", "false"),
            ("HOME", "/"),
        ]);
        let expected = r#"
            code_attempts = 3
            sender_name = "42"
            compile_cache = false
            api_keys = [{ name = "Acme" }]
            smtp = { port = 25, password = "[1]" }
        "#;
        assert_eq!(table.unwrap(), expected.parse().unwrap());
    }

    #[test]
    fn what_is_wrong_is_named_and_not_shown() {
        for (name, value) in [
            ("STEPGATE_CODE_ATTEMPTS", "s3cret"),
            ("STEPGATE_COMPILE_CACHE", "s3cret"),
            ("STEPGATE_MAC_KEYS", "s3cret"),
            ("STEPGATE_MAC_KEY", "s3cret"),
        ] {
            let wrong = table(&[(name, value)]).unwrap_err().to_string();
            assert!(wrong.contains(name) && !wrong.contains(value), "{wrong}");
        }
    }

    #[test]
    fn what_kubernetes_sets_is_no_mistake() {
        let set = [("STEPGATE_SERVICE_HOST", "10.0.0.1"), ("STEPGATE_PORT_8080_TCP_PROTO", "tcp")];
        assert_eq!(table(&set), Ok(Table::new()));
    }
}
