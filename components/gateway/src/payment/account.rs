//! Where money goes: `contracts/authentication-codes.md` §5.2, "Account".

use super::fields::{Field, FromJson, restored_by_fields};
use super::{AccountIdentifier, FieldError, Wallet};
use serde::Serialize;

/// An account as requests name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
pub(crate) enum Account {
    Fiat { account_identifier: AccountIdentifier },
    Crypto(Wallet),
}

#[derive(Clone, Copy)]
enum Kind {
    Fiat,
    Crypto,
    Pix,
}

impl FromJson for Account {
    fn from_json(field: &Field<'_>) -> Result<Account, FieldError> {
        let fields = field.object()?;
        let kinds = [("Fiat", Kind::Fiat), ("Crypto", Kind::Crypto), ("Pix", Kind::Pix)];
        match fields.one_of("type", &kinds) {
            Ok(Kind::Fiat) => Ok(Account::Fiat { account_identifier: fields.parse("account_identifier")? }),
            Ok(Kind::Crypto) => Ok(Account::Crypto(field.parse()?)),
            // The published `id` names a recipient that is registered elsewhere: docs/design.md says why that is not enough.
            Ok(Kind::Pix) => {
                Err(fields.refuse("type", "must be Fiat or Crypto: Pix accounts are not supported"))
            }
            Err(refused) if fields.optional("type").is_none() => Err(refused),
            Err(_) => Err(fields.refuse("type", "must be Fiat or Crypto")),
        }
    }
}

restored_by_fields!(Account);

impl Account {
    /// Enough to recognise it and to see that it is another: `SEPA DE89 **** 3000`, `Base 0x5aAeb6…1BeAed`.
    pub(crate) fn masked(&self) -> String {
        match self {
            Account::Fiat { account_identifier } => account_identifier.masked(),
            Account::Crypto(wallet) => wallet.masked(),
        }
    }
}
