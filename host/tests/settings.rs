//! A wrong setting is one clear line that names it, and exit code 2.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails, fails its test")]

use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Output};
use std::sync::LazyLock;

const KEY: &str = "c2VjcmV0LXRoYXQtbXVzdC1ub3QtYmUtc2hvd24tMTIzNDU=";
const HASH: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn production(more: &str) -> String {
    format!(
        r#"
environment = "production"
base_url = "https://2fa.example.com"
{more}
[[api_keys]]
sha256 = "{HASH}"
partner = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
name = "Acme"
role = "read-only"
requests_per_minute = 600
[[mac_keys]]
id = "k1"
secret = "{KEY}"
[smtp]
host = "127.0.0.1"
tls = "none"
from = "Acme <no-reply@example.com>"
"#
    )
}

struct Run {
    folder: tempfile::TempDir,
    command: Command,
}

impl Run {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_stepgate"));
        // It must end by itself, so somebody else listens there.
        command.current_dir(folder.path()).env("STEPGATE_LISTEN", taken(0).to_string());
        Self { folder, command }
    }

    fn file(mut self, text: &str) -> Self {
        let path = self.folder.path().join("stepgate.toml");
        std::fs::write(&path, text).unwrap();
        self.command.arg("--config").arg(path);
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    fn output(mut self) -> Output {
        self.command.output().unwrap()
    }

    fn assert_names(self, name: &str) {
        let output = self.output();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.starts_with(&format!("stepgate: {name}")), "expected {name}: {said}");
        assert!(!said.contains("c2VjcmV0") && !said.contains("s3cret"), "{said}");
        assert!(output.stdout.is_empty());
    }
}

/// Addresses that are in use for as long as these tests run.
fn taken(index: usize) -> SocketAddr {
    static TAKEN: LazyLock<[TcpListener; 3]> =
        LazyLock::new(|| std::array::from_fn(|_| TcpListener::bind("127.0.0.1:0").unwrap()));
    TAKEN[index].local_addr().unwrap()
}

/// What it says where everything is right but for the address.
fn cannot_listen(index: usize) -> String {
    format!("listen: {}: ", taken(index))
}

#[test]
fn what_is_right_gets_as_far_as_listening() {
    Run::new().assert_names(&cannot_listen(0));
    Run::new().file("").assert_names(&cannot_listen(0));
    Run::new().file(&production("code_attempts = 3")).assert_names(&cannot_listen(0));
}

#[test]
fn the_file_has_to_be_there_and_to_be_toml() {
    let mut run = Run::new();
    run.command.args(["--config", "s3cret.toml"]);
    run.assert_names("config: the file cannot be read: ");
    let output = Run::new().file("listen = \"127.0.0.1:0\"\nsmtp = s3cret\n").output();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("line 2") && !said.contains("s3cret"), "{said}");
}

#[test]
fn unknown_settings_are_named() {
    Run::new().file("lisen = 1").assert_names("lisen: unknown field");
    Run::new().file("[limits]\nqueues = 1").assert_names("limits.queues: unknown field");
    Run::new().env("STEPGATE_LISEN", "s3cret").assert_names("STEPGATE_LISEN: ");
}

#[test]
fn values_out_of_range_are_named() {
    for (line, name) in [
        ("store = \"redis\"", "store: "),
        ("log = \"loud\"", "log: "),
        ("code_attempts = 11", "code_attempts: "),
        ("code_attempts = -1", "code_attempts: "),
        ("code_attempts = \"3\"", "code_attempts: "),
        ("code_lifetime_seconds = 3601", "code_lifetime_seconds: "),
        ("resend_cooldown_seconds = 86401", "resend_cooldown_seconds: "),
        ("sender_name = \"a\\nb\"", "sender_name: "),
        ("identification_lifetime_days = 0", "identification_lifetime_days: "),
        ("idempotency_key_required = 1", "idempotency_key_required: "),
        (
            "required_signings = [{ id = \"s3cret\", url = \"https://example.com\", display_name = \"x\" }]",
            "required_signings[0].id: ",
        ),
        ("autoramp_status_spelling = \"s3cret\"", "autoramp_status_spelling: "),
        ("webhook_keys = []", "webhook_keys: must hold"),
        (
            "webhook_allowed_networks = [\"10.0.0.0/8\", \"s3cret\"]",
            "webhook_allowed_networks[1]: must be a network",
        ),
        ("webhook_allowed_networks = [\"10.0.0.0\"]", "webhook_allowed_networks[0]: must be a network"),
        ("webhook_allowed_networks = [\"10.0.0.0/33\"]", "webhook_allowed_networks[0]: must be a network"),
        ("webhook_extra_roots = \"s3cret.pem\"", "webhook_extra_roots: the file cannot be read: "),
        ("webhook_extra_roots = \"stepgate.toml\"", "webhook_extra_roots: holds no certificate"),
        ("webhook_run_token = \"s3cret\"", "webhook_run_token: must be 32 to 256 characters"),
        ("fiat_address_authorization = \"all,s3cret\"", "fiat_address_authorization: "),
        ("emails_per_hour = 0", "emails_per_hour: must be a whole number from 1 to 1000"),
        ("emails_per_hour = 1001", "emails_per_hour: "),
        ("sms_per_day = 0", "sms_per_day: "),
        ("sms_per_day = 1001", "sms_per_day: "),
        ("account_lock_minutes = 14", "account_lock_minutes: must be a whole number from 15 to 1440"),
        ("account_lock_minutes = 1441", "account_lock_minutes: "),
        ("access_token_seconds = 59", "access_token_seconds: must be a whole number from 60 to 604800"),
        ("access_token_seconds = 604801", "access_token_seconds: "),
        ("refresh_token_days = 0", "refresh_token_days: must be a whole number from 1 to 90"),
        ("refresh_token_days = 91", "refresh_token_days: "),
        ("session_days = 0", "session_days: must be a whole number from 1 to 90"),
        ("session_days = 91", "session_days: "),
        ("sms_countries = \"1,,44\"", "sms_countries: must be calling codes"),
        ("sms_countries = \"+1\"", "sms_countries: "),
        ("sms_countries = \"01\"", "sms_countries: "),
        ("sms_countries = \"12345678\"", "sms_countries: "),
        ("sms_countries = \"1,s3cret\"", "sms_countries: "),
        ("sms_countries = 1", "sms_countries: must be text"),
        ("account_keys = []", "account_keys: must hold"),
        ("token_keys = []", "token_keys: must hold"),
        ("accounts = []", "accounts: must hold"),
        ("delivery_url = \"sms.s3cret\"", "delivery_url: must be an absolute URL"),
        ("delivery_url = \"https://s3cret@sms.example/\"", "delivery_url: must be an absolute URL"),
        ("delivery_url = \"http://sms.example/s3cret\"", "delivery_url: must begin with https://"),
        ("delivery_url = \"https://sms.example/\"\ndelivery_token = \"s3cret s3cret\"", "delivery_token: "),
        ("delivery_token = \"s3cret\"", "delivery_url: is required with delivery_token"),
        ("base_url = \"2fa.example.com\"", "base_url: "),
        ("base_url = \"ftp://example.com\"", "base_url: "),
        ("base_url = \"https://s3cret@example.com\"", "base_url: "),
        ("base_url = \"https://example.com/?s3cret\"", "base_url: "),
        ("[limits]\nrequest_seconds = 14", "limits.request_seconds: "),
        ("[limits]\ninstances = 0", "limits.instances: "),
        ("[smtp]\nhost = \"x\"", "smtp: missing field `from`"),
        ("[smtp]\nhost = \"x\"\nfrom = \"s3cret\"", "smtp.from: "),
        ("[smtp]\nhost = \"x\"\nfrom = \"a@b.c\"\ntls = \"s3cret\"", "smtp.tls: "),
        ("[smtp]\nhost = \"x\"\nfrom = \"a@b.c\"\nusername = \"u\"", "smtp.password: "),
        ("[smtp]\nhost = \"x\"\nfrom = \"a@b.c\"\npassword = 123456", "smtp.password: "),
    ] {
        Run::new().env("STEPGATE_ENVIRONMENT", "sandbox").file(line).assert_names(name);
    }
}

#[test]
fn values_of_another_form_are_named_and_never_shown() {
    for (name, why) in [
        ("environment", "must be production or sandbox"),
        ("listen", "must be an address and a port, as in 127.0.0.1:8080"),
        ("store", "must be redb or memory"),
        ("log", "must be off, error, warn, info, debug or trace"),
        ("compile_cache", "must be true or false"),
        ("code_attempts", "must be a whole number, neither negative nor too large"),
        ("base_url", "must be an absolute URL"),
        ("api_keys", "must be a list of tables"),
        ("mac_keys", "must be a list of tables"),
        ("webhook_keys", "must be a list of tables"),
        ("accounts", "must be a list of tables"),
        ("account_keys", "must be a list of tables"),
        ("token_keys", "must be a list of tables"),
        ("session_days", "must be a whole number, neither negative nor too large"),
        ("webhook_allowed_networks", "must be a list of networks"),
        ("smtp", "must be a table"),
        ("limits", "must be a table"),
        ("limits.requests", "must be a whole number, neither negative nor too large"),
    ] {
        let mut run = Run::new().file(&format!("{name} = \"s3cret /:\""));
        run.command.env_remove("STEPGATE_LISTEN");
        run.assert_names(&format!("{name}: {why}"));
    }
    for name in ["ENVIRONMENT", "LISTEN", "STORE", "LOG", "COMPILE_CACHE", "LIMITS__REQUESTS", "SMTP__TLS"] {
        let text = "environment = \"sandbox\"\n[smtp]\nhost = \"x\"\nfrom = \"a@b.c\"";
        let setting = name.to_ascii_lowercase().replace("__", ".");
        Run::new().file(text).env(&format!("STEPGATE_{name}"), "s3cret").assert_names(&setting);
    }
    Run::new().file("sender_name = 1").assert_names("sender_name: must be text");
    Run::new().file("data = [\"s3cret\"]").assert_names("data: must be text");
    Run::new().env("STEPGATE_CONFIG", "s3cret").assert_names("config: ");
}

/// Guards against a production set-up without that one line, which was a sandbox: 123456 confirmed everything.
#[test]
fn the_sandbox_is_no_default_where_something_looks_like_production() {
    let text = production("").replace("environment = \"production\"\n", "");
    let all = ["base_url", "api_keys", "mac_keys", "smtp"];
    for sign in all {
        let text =
            all.iter().filter(|name| **name != sign).fold(text.clone(), |text, name| without(&text, name));
        Run::new().file(&text).assert_names("environment: is required with ");
        let sandbox = format!("environment = \"sandbox\"\n{text}");
        Run::new().file(&sandbox).assert_names(&cannot_listen(0));
    }
    Run::new().env("STEPGATE_BASE_URL", "HTTPS://x").assert_names("environment: is required with ");
    for line in
        [&tenant(""), "token_keys = []", "account_keys = []", "delivery_url = \"https://sms.example\""]
    {
        Run::new().file(line).assert_names("environment: is required with ");
    }
    Run::new().env("STEPGATE_LISTEN", "0.0.0.0:0").assert_names("environment: is required with ");
    Run::new().env("STEPGATE_LISTEN", "[::]:0").assert_names("environment: is required with ");
    let mut run = Run::new();
    run.command.args(["--listen", "192.0.2.1:0"]);
    run.assert_names("environment: is required with ");
    // With the word said, that address is only one that this machine does not have.
    let mut run = Run::new().env("STEPGATE_ENVIRONMENT", "sandbox");
    run.command.args(["--listen", "192.0.2.1:0"]);
    run.assert_names("listen: ");
    Run::new().env("STEPGATE_BASE_URL", "http://x").assert_names(&cannot_listen(0));
}

#[test]
fn mail_goes_out_in_the_clear_to_this_machine_only() {
    let to = |host: &str| production("").replace("host = \"127.0.0.1\"", &format!("host = \"{host}\""));
    for host in ["127.0.0.1", "127.1.2.3", "::1", "localhost", "LocalHost"] {
        Run::new().file(&to(host)).assert_names(&cannot_listen(0));
    }
    for host in ["mail.example.com", "10.0.0.1", "localhost.example.com", "127.0.0.1.example.com", "::"] {
        Run::new().file(&to(host)).assert_names("smtp.tls: may be none only ");
        let sandbox = to(host).replace("\"production\"", "\"sandbox\"");
        let credentials = "username = \"u\"\npassword = \"s3cret\"\n";
        Run::new().file(&format!("{sandbox}{credentials}")).assert_names("smtp.tls: may be none only ");
    }
}

#[test]
fn keys_are_checked_and_never_shown() {
    for (field, value, name) in [
        ("sha256", "\"s3cret\"", "api_keys[0].sha256: "),
        ("partner", "\"s3cret\"", "api_keys[0].partner: "),
        ("name", "\"\"", "api_keys[0].name: "),
        ("role", "\"s3cret\"", "api_keys[0].role: "),
        ("requests_per_minute", "0", "api_keys[0].requests_per_minute: "),
        ("id", "\"not an id\"", "mac_keys[0].id: "),
        ("secret", "\"c2VjcmV0\"", "mac_keys[0].secret: "),
        ("secret", "[\"c2VjcmV0\"]", "mac_keys[0].secret: "),
    ] {
        let text: String = production("")
            .lines()
            .map(|line| match line.split_once(" = ") {
                Some((key, _)) if key == field => format!("{field} = {value}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        Run::new().file(&text).assert_names(name);
    }
    Run::new().env("STEPGATE_MAC_KEYS", "c2VjcmV0").assert_names("mac_keys (STEPGATE_MAC_KEYS): ");
    Run::new().env("STEPGATE_MAC_KEYS", r#"["c2VjcmV0"]"#).assert_names("mac_keys[0]: ");
    Run::new()
        .env("STEPGATE_ENVIRONMENT", "sandbox")
        .env("STEPGATE_API_KEYS", "[]")
        .assert_names("api_keys: must hold");
}

#[test]
fn production_needs_keys_an_address_and_a_transport() {
    for name in ["base_url", "api_keys", "mac_keys", "smtp"] {
        let text = without(&production(""), name);
        Run::new().file(&text).assert_names(&format!("{name}: is required in production"));
    }
    Run::new()
        .file(&production("").replace("https://", "http://"))
        .assert_names("base_url: must start with https:// in production");
}

#[test]
fn production_refuses_the_keys_that_everybody_knows() {
    use sha2::Digest as _;
    let hash: String = sha2::Sha256::digest("sandbox-key").iter().map(|byte| format!("{byte:02x}")).collect();
    Run::new()
        .file(&production("").replace(HASH, &hash))
        .assert_names("api_keys[0].sha256: is the sandbox's key");
    Run::new()
        .file(&production("").replace("\"k1\"", "\"sandbox-only\""))
        .assert_names("mac_keys[0].id: is the sandbox's key");
    Run::new()
        .file(&production(&webhook_keys("sandbox-only")))
        .assert_names("webhook_keys[0].id: is the sandbox's key");
}

fn webhook_keys(id: &str) -> String {
    format!("webhook_keys = [{{ id = \"{id}\", secret = \"{KEY}\" }}]\n")
}

/// The setting `accounts` with one entry, and more in it.
fn tenant(more: &str) -> String {
    format!("accounts = [{{ {TENANT}{more} }}]\n")
}

const TENANT: &str = "partner = \"3c90c3cc-0d44-4b50-8888-8dd25736052a\", partner_id = 7, name = \"Acme\"";
const SEED: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// What accounts in production need.
fn account_keys(id: &str, seed: &str) -> String {
    format!(
        "account_keys = [{{ id = \"{id}\", secret = \"{KEY}\" }}]\ntoken_keys = [{{ id = \"{id}\", seed = \"{seed}\" }}]\n"
    )
}

#[test]
fn accounts_in_production_need_keys_of_their_own() {
    let all = tenant("") + &account_keys("k1", SEED);
    Run::new().file(&production(&all)).assert_names(&cannot_listen(0));
    for name in ["account_keys", "token_keys"] {
        let text = without(&production(&all), name);
        Run::new().file(&text).assert_names(&format!("{name}: is required with accounts in production"));
    }
    // The sandbox has some.
    let sandbox = format!("environment = \"sandbox\"\n{}", tenant(""));
    Run::new().file(&sandbox).assert_names(&cannot_listen(0));
}

#[test]
fn who_keeps_accounts_is_checked() {
    for more in [
        ", hosts = [\"acme.example\", \"127.0.0.1:8080\"], mfa = \"optional\", two_factor = false",
        ", registration = \"closed\", scope = \"a:b c\", method_objects = true, strict = true",
        ", registration = \"open\", mfa = \"mandatory\", scope = \"\"",
        &format!(", bridge_secret_sha256 = \"{HASH}\""),
    ] {
        let text = production(&(tenant(more) + &account_keys("k1", SEED)));
        Run::new().file(&text).assert_names(&cannot_listen(0));
    }
    for (more, name) in [
        (", hosts = [\"S3cret.example\"]", "accounts[0].hosts: must be host names"),
        (", hosts = [\"\"]", "accounts[0].hosts: must be host names"),
        (", hosts = [\"s3cret.example:443\"]", "accounts[0].hosts: must be host names"),
        (", two_factor = false", "accounts[0].mfa: must be optional where two_factor is false"),
        (", two_factor = false, mfa = \"mandatory\"", "accounts[0].mfa: must be optional"),
        (", hosts = \"s3cret\"", "accounts[0].hosts: "),
        (", mfa = \"s3cret\"", "accounts[0].mfa: must be mandatory or optional"),
        (", registration = \"s3cret\"", "accounts[0].registration: must be closed, verified or open"),
        (", two_factor = \"s3cret\"", "accounts[0].two_factor: must be true or false"),
        (", strict = 1", "accounts[0].strict: must be true or false"),
        (", bridge_secret = \"s3cret\"", "accounts[0].bridge_secret: unknown field"),
        (", bridge_secret_sha256 = \"s3cret\"", "accounts[0].bridge_secret_sha256: must be 64"),
        (", scope = \"s3cret\\ts3cret\"", "accounts[0].scope: must be words"),
    ] {
        let text = format!("environment = \"sandbox\"\n{}", tenant(more));
        Run::new().file(&text).assert_names(name);
    }
    for (from, to, name) in [
        ("partner = \"3c90", "partner = \"s3cret", "accounts[0].partner: must be a UUID"),
        (
            "partner_id = 7",
            "partner_id = 2147483648",
            "accounts[0].partner_id: must be a whole number of 32 bits",
        ),
        ("partner_id = 7, ", "", "accounts[0]: missing field `partner_id`"),
        ("name = \"Acme\"", "name = \"a\\nb\"", "accounts[0].name: must be 1 to 80 characters"),
    ] {
        let text = format!("environment = \"sandbox\"\n{}", tenant("").replace(from, to));
        Run::new().file(&text).assert_names(name);
    }
}

#[test]
fn two_who_keep_accounts_are_told_apart() {
    const OTHER: &str =
        "partner = \"00000000-0000-4000-8000-000000000002\", partner_id = 8, name = \"Other\"";
    for (first, second, name) in [
        ("", OTHER.to_owned() + ", hosts = [\"b.example\"]", cannot_listen(0)),
        ("", OTHER.to_owned(), "accounts[1].hosts: must name a host".into()),
        (
            ", hosts = [\"a.example\"]",
            OTHER.to_owned() + ", hosts = [\"b.example\", \"a.example\"]",
            "accounts[1].hosts: holds a host of another entry".into(),
        ),
        ("", OTHER.replace("= 8", "= 7"), "accounts[1].partner_id: is there twice".into()),
        (
            "",
            TENANT.replace("= 7", "= 8").to_uppercase().replace("PARTNER_ID", "partner_id"),
            "accounts[1]".into(),
        ),
    ] {
        let text = format!("environment = \"sandbox\"\naccounts = [{{ {TENANT}{first} }}, {{ {second} }}]\n");
        Run::new().file(&text).assert_names(&name);
    }
}

#[test]
fn keys_of_accounts_are_checked_and_never_shown() {
    let second = |key: &str| format!("token_keys = [{{ id = \"k1\", seed = \"{SEED}\" }}, {{ {key} }}]");
    for (line, name) in [
        ("token_keys = [{ id = \"not an id\", seed = \"c2VjcmV0\" }]".to_owned(), "token_keys[0].id: "),
        (
            "token_keys = [{ id = \"k1\", seed = \"c2VjcmV0\" }]".to_owned(),
            "token_keys[0].seed: must be base64",
        ),
        (
            format!("token_keys = [{{ id = \"k1\", seed = \"{}=\" }}]", "A".repeat(43)),
            "token_keys[0].seed: must be random",
        ),
        (
            "token_keys = [{ id = \"k1\", secret = \"c2VjcmV0\" }]".to_owned(),
            "token_keys[0].secret: unknown field",
        ),
        (second(&format!("id = \"k1\", seed = \"{KEY}\"")), "token_keys[1].id: is there twice"),
        (second(&format!("id = \"k2\", seed = \"{SEED}\"")), "token_keys[1].seed: is there twice"),
        (format!("account_keys = [{{ id = \"\", secret = \"{KEY}\" }}]"), "account_keys[0].id: "),
        ("account_keys = [{ id = \"k1\", secret = \"c2VjcmV0\" }]".to_owned(), "account_keys[0].secret: "),
    ] {
        Run::new().env("STEPGATE_ENVIRONMENT", "sandbox").file(&line).assert_names(name);
    }
    Run::new().env("STEPGATE_ACCOUNTS", "s3cret").assert_names("accounts (STEPGATE_ACCOUNTS): must be JSON");
    Run::new()
        .env("STEPGATE_ENVIRONMENT", "sandbox")
        .env("STEPGATE_ACCOUNTS", r#"[{"partner":"s3cret","partner_id":1,"name":"x"}]"#)
        .assert_names("accounts[0].partner: ");
    Run::new()
        .env("STEPGATE_ENVIRONMENT", "sandbox")
        .env("STEPGATE_TOKEN_KEYS", r#"[{"id":"k1","seed":"s3cret"}]"#)
        .assert_names("token_keys[0].seed: ");
}

#[test]
fn production_refuses_what_the_sandbox_has_for_accounts() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let secret: String =
        sha2::Sha256::digest("sandbox-bridge").iter().map(|byte| format!("{byte:02x}")).collect();
    let known = tenant(&format!(", bridge_secret_sha256 = \"{secret}\""));
    Run::new()
        .file(&production(&(known.clone() + &account_keys("k1", SEED))))
        .assert_names("accounts[0].bridge_secret_sha256: is the sandbox's");
    let sandbox = format!("environment = \"sandbox\"\n{known}");
    Run::new().file(&sandbox).assert_names(&cannot_listen(0));
    Run::new()
        .file(&production(&account_keys("sandbox-only", SEED)))
        .assert_names("account_keys[0].id: is the sandbox's key");
    let token_keys = format!("token_keys = [{{ id = \"sandbox-only\", seed = \"{SEED}\" }}]");
    Run::new().file(&production(&token_keys)).assert_names("token_keys[0].id: is the sandbox's key");
    let seed = base64::engine::general_purpose::STANDARD.encode("stepgate sandbox seed, no secret");
    Run::new()
        .file(&production(&account_keys("k1", &seed)))
        .assert_names("token_keys[0].seed: is the sandbox's");
    Run::new().file(&production("sms_countries = \"*\"")).assert_names("delivery_url: is required with sms");
    let sms = "delivery_url = \"https://sms.example/\"\nsms_countries = ";
    Run::new()
        .file(&production(&format!("{sms}\"*\"")))
        .assert_names("sms_countries: must name the countries in production");
    Run::new().file(&production(&format!("{sms}\"1, 44\""))).assert_names(&cannot_listen(0));
}

#[test]
fn mail_may_go_by_http_in_place_of_smtp() {
    let text =
        without(&production("delivery_url = \"https://mail.example/\"\ndelivery_token = \"t\""), "smtp");
    Run::new().file(&text).assert_names(&cannot_listen(0));
}

#[test]
fn webhooks_are_off_in_production_until_there_are_keys_for_them() {
    let more = [
        "webhook_allowed_networks = [\"10.1.2.3/16\", \"fd00::/8\"]",
        "webhook_run_token = \"0123456789abcdef0123456789abcdef\"",
    ];
    for line in more {
        let name = line.split(" = ").next().unwrap();
        Run::new().file(&production(line)).assert_names(&format!("webhook_keys: is required with {name}"));
        Run::new().file(&production(&(webhook_keys("w1") + line))).assert_names(&cannot_listen(0));
        let sandbox = format!("environment = \"sandbox\"\n{line}");
        Run::new().file(&sandbox).assert_names(&cannot_listen(0));
    }
    Run::new().file(&webhook_keys("w1")).assert_names("environment: is required with webhook_keys");
    Run::new().file(&production(&webhook_keys("not an id"))).assert_names("webhook_keys[0].id: ");
    Run::new()
        .env("STEPGATE_WEBHOOK_ALLOWED_NETWORKS", r#"["10.0.0.0/8","s3cret"]"#)
        .assert_names("webhook_allowed_networks[1]: ");
    Run::new().env("STEPGATE_WEBHOOK_ALLOWED_NETWORKS", "s3cret").assert_names("webhook_allowed_networks (");
}

#[test]
fn environment_goes_before_the_file_and_options_before_both() {
    let file = format!("listen = \"{}\"", taken(1));
    Run::new().file(&file).assert_names(&cannot_listen(0));
    let mut run = Run::new().file(&file);
    run.command.args(["--listen", &taken(2).to_string()]);
    run.assert_names(&cannot_listen(2));
    let mut run = Run::new().file(&file);
    run.command.env_remove("STEPGATE_LISTEN");
    run.assert_names(&cannot_listen(1));
}

#[test]
fn a_data_folder_that_cannot_be_made_is_named() {
    Run::new().env("STEPGATE_DATA", "/dev/null/data").assert_names("data: ");
}

#[test]
fn help_has_examples() {
    let output = Command::new(env!("CARGO_BIN_EXE_stepgate")).arg("--help").output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "Examples:",
        "[[api_keys]]",
        "[[accounts]]",
        "[[token_keys]]",
        "delivery_url",
        "STEPGATE_",
        "--listen",
    ] {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
}

/// The text without a key, or without the table of that name.
fn without(text: &str, name: &str) -> String {
    let mut left_out = false;
    text.lines()
        .filter(|line| {
            if line.starts_with('[') {
                left_out = line.trim_matches(['[', ']']) == name;
            }
            !left_out && !line.starts_with(&format!("{name} = "))
        })
        .map(|line| format!("{line}\n"))
        .collect()
}
