//! The data folder: nobody else reads it, and nobody else writes what is run from it.

use super::config::WrongSetting;
use rustix::fs::Mode;
use std::fs::{DirBuilder, Metadata};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

/// Below the data folder: compiled code, which is run as it is.
pub(super) const COMPILED: &str = "compiled";

/// Keeps every file this process makes from now on to its user, whoever makes it and in whatever folder.
pub(super) fn make_files_private() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// Makes the data folder if it is not there.
pub(super) fn prepare(data: &Path) -> Result<(), WrongSetting> {
    let wrong = |error| WrongSetting::new("data", format!("the folder cannot be used: {error}"));
    DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(wrong)?;
    let is_shared = |metadata: Metadata| metadata.permissions().mode() & 0o022 != 0;
    let compiled = std::fs::metadata(data.join(COMPILED));
    if is_shared(std::fs::metadata(data).map_err(wrong)?) || compiled.is_ok_and(is_shared) {
        let why = "group or others may write to the folder, from which code is run: chmod -R go-w, or name a new \
                   folder inside of it";
        return Err(WrongSetting::new("data", why));
    }
    Ok(())
}
