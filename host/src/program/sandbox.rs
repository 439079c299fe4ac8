//! What the sandbox brings along, so that it runs without any setting.

use super::config::{ApiKey, MacKey, Role, SANDBOX_API_KEY, Tenant, TokenKey};
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use uuid::Uuid;

const PARTNER: Uuid = Uuid::from_u128(0x00000000_0000_4000_8000_000000000001);
const NAME: &str = "Sandbox";
const KEY_ID: &str = "sandbox";

pub(super) fn api_key() -> ApiKey {
    ApiKey::of(SANDBOX_API_KEY, PARTNER, NAME, Role::ReadWrite)
}

/// Who keeps accounts: the partner of that key.
pub(super) fn tenant() -> Tenant {
    Tenant::sandbox(PARTNER, NAME)
}

pub(super) fn mac_key(data: &Path) -> io::Result<MacKey> {
    Ok(MacKey::new(KEY_ID, &secret(data, "mac-key")?))
}

pub(super) fn webhook_key(data: &Path) -> io::Result<MacKey> {
    Ok(MacKey::new(KEY_ID, &secret(data, "webhook-key")?))
}

pub(super) fn account_key(data: &Path) -> io::Result<MacKey> {
    Ok(MacKey::new(KEY_ID, &secret(data, "account-key")?))
}

pub(super) fn token_key(data: &Path) -> io::Result<TokenKey> {
    Ok(TokenKey::new(KEY_ID, &secret(data, "token-key")?))
}

/// What is in a file of the data folder; something new at the first start.
fn secret(data: &Path, file: &str) -> io::Result<[u8; 32]> {
    let path = data.join(file);
    let mut secret = [0; 32];
    match OpenOptions::new().read(true).open(&path) {
        Ok(mut file) => file.read_exact(&mut secret)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            secret = rand::random();
            // Under another name first: a start that is killed here must not leave half a key behind.
            let draft = data.join(format!("{file}.new"));
            let mut file =
                OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
            file.write_all(&secret)?;
            file.sync_all()?;
            std::fs::rename(&draft, &path)?;
        }
        Err(error) => return Err(error),
    }
    Ok(secret)
}
