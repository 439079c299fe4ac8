use clap::{Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  stepgate
      A sandbox on http://127.0.0.1:8080 with its data in ./stepgate-data.
      It prints what to try next.

  stepgate --listen 127.0.0.1:9000 --data /tmp/stepgate
      The same elsewhere. Where others can reach it, `environment` has to be set.

  stepgate --config /etc/stepgate.toml
      With settings from a file:

          environment = \"production\"
          listen = \"0.0.0.0:8080\"
          data = \"/var/lib/stepgate\"
          base_url = \"https://2fa.example.com\"
          sender_name = \"Acme\"
          # Takes SMS, and mail where there is no smtp.
          delivery_url = \"https://sms.example.com/send\"
          delivery_token = \"...\"
          sms_countries = \"1,44,49\"

          [[api_keys]]
          sha256 = \"<printf %s \"$KEY\" | sha256sum>\"
          partner = \"3c90c3cc-0d44-4b50-8888-8dd25736052a\"
          name = \"Acme\"
          role = \"read-write\"

          [[mac_keys]]
          id = \"2026-11\"
          secret = \"<openssl rand -base64 32>\"

          # Without these three there are no accounts to sign in with.
          [[accounts]]
          partner = \"3c90c3cc-0d44-4b50-8888-8dd25736052a\"
          partner_id = 7
          name = \"Acme\"

          [[account_keys]]
          id = \"2026-11\"
          secret = \"<openssl rand -base64 32>\"

          [[token_keys]]
          id = \"2026-11\"
          seed = \"<openssl rand -base64 32>\"

          # Without these there are no webhooks.
          [[webhook_keys]]
          id = \"2026-11\"
          secret = \"<openssl rand -base64 32>\"

          [smtp]
          host = \"smtp.example.com\"
          port = 587
          tls = \"starttls\"
          username = \"acme\"
          password = \"...\"
          from = \"Acme <no-reply@example.com>\"

  STEPGATE_SMTP__PASSWORD=... stepgate --config /etc/stepgate.toml
      Every setting can come from the environment instead: STEPGATE_ and its name in capitals, with __ for
      each dot. Lists (api_keys, mac_keys, webhook_keys, accounts, account_keys, token_keys) are JSON there.
      Options come first, then the environment, then the file.

A wrong setting is reported with its name, and exit code 2.";

/// One-time codes and confirmation links in front of sensitive actions.
#[derive(Debug, Parser)]
#[command(name = "stepgate", version, after_long_help = EXAMPLES, after_help = "See --help for examples.")]
pub(super) struct Args {
    /// Read settings from this TOML file
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) config: Option<PathBuf>,

    /// Listen here; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT", global = true)]
    pub(super) listen: Option<SocketAddr>,

    /// Keep everything in this folder [default: stepgate-data]
    #[arg(long, value_name = "FOLDER", global = true)]
    pub(super) data: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve HTTP. This is also what happens without a command
    Serve,
}
