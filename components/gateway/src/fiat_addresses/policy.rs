//! Which fiat addresses their customer has to confirm. The contract leaves it to the partner
//! (`contracts/authentication-codes.md` §5), apart from accounts of third parties: those always.

use crate::ids;
use crate::owner::Owner;
use crate::ports::Settings;
use crate::settings::{SettingError, read};

const NAME: &str = "fiat_address_authorization";

/// Whether an account that is the customer's own needs its confirmation, by the setting `fiat_address_authorization`.
pub(super) fn is_guarded(settings: &impl Settings, owner: &Owner) -> Result<bool, SettingError> {
    match read(settings, NAME)?.as_deref() {
        None | Some("third-party") => Ok(false),
        Some("all") => Ok(true),
        Some(partners) => {
            let wrong = || {
                SettingError::new(NAME, "must be third-party, all, or ids of partners with commas between")
            };
            let partners = partners.split(',').map(|id| ids::parse(id.trim()).ok_or_else(wrong));
            Ok(partners.collect::<Result<Vec<_>, _>>()?.contains(&owner.partner))
        }
    }
}
