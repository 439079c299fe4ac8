//! How an account is named on each rail: `contracts/authentication-codes.md` §5.2.

use super::fields::{Field, FromJson, restored_by_fields};
use super::{
    AccountNumber, Bic, FieldError, Iban, RoutingNumber, SortCode, SwiftAccountNumber, UkAccountNumber,
};
use serde::Serialize;

/// A rail, and an account in its terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
#[serde(tag = "type")]
pub(crate) enum AccountIdentifier {
    #[serde(rename = "SEPA")]
    Sepa {
        iban: Iban,
    },
    #[serde(rename = "ACH")]
    Ach(UsAccount),
    Wire(UsAccount),
    #[serde(rename = "RTP")]
    Rtp(UsAccount),
    #[serde(rename = "FEDNOW")]
    FedNow(UsAccount),
    #[serde(rename = "SWIFT")]
    Swift {
        bic: Bic,
        account_number: SwiftAccountNumber,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, schema(nullable = false))]
        intermediary_bic: Option<Bic>,
    },
    #[serde(rename = "CHAPS")]
    Chaps(UkAccount),
    #[serde(rename = "FPS")]
    Fps(UkAccount),
}

/// An account in the United States.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct UsAccount {
    pub(crate) routing_number: RoutingNumber,
    pub(crate) account_number: AccountNumber,
}

/// An account in the United Kingdom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct UkAccount {
    pub(crate) sort_code: SortCode,
    pub(crate) account_number: UkAccountNumber,
}

#[derive(Clone, Copy)]
enum Rail {
    Sepa,
    Ach,
    Wire,
    Rtp,
    FedNow,
    Swift,
    Chaps,
    Fps,
}

const RAILS: [(&str, Rail); 8] = [
    ("SEPA", Rail::Sepa),
    ("ACH", Rail::Ach),
    ("Wire", Rail::Wire),
    ("RTP", Rail::Rtp),
    ("FEDNOW", Rail::FedNow),
    ("SWIFT", Rail::Swift),
    ("CHAPS", Rail::Chaps),
    ("FPS", Rail::Fps),
];

impl FromJson for AccountIdentifier {
    fn from_json(field: &Field<'_>) -> Result<AccountIdentifier, FieldError> {
        let fields = field.object()?;
        Ok(match fields.one_of("type", &RAILS)? {
            Rail::Sepa => AccountIdentifier::Sepa { iban: fields.parse("iban")? },
            Rail::Ach => AccountIdentifier::Ach(field.parse()?),
            Rail::Wire => AccountIdentifier::Wire(field.parse()?),
            Rail::Rtp => AccountIdentifier::Rtp(field.parse()?),
            Rail::FedNow => AccountIdentifier::FedNow(field.parse()?),
            Rail::Swift => AccountIdentifier::Swift {
                bic: fields.parse("bic")?,
                account_number: fields.parse("account_number")?,
                intermediary_bic: fields.optional_parse("intermediary_bic")?,
            },
            Rail::Chaps => AccountIdentifier::Chaps(field.parse()?),
            Rail::Fps => AccountIdentifier::Fps(field.parse()?),
        })
    }
}

impl FromJson for UsAccount {
    fn from_json(field: &Field<'_>) -> Result<UsAccount, FieldError> {
        let fields = field.object()?;
        Ok(UsAccount {
            routing_number: fields.parse("routing_number")?,
            account_number: fields.parse("account_number")?,
        })
    }
}

impl FromJson for UkAccount {
    fn from_json(field: &Field<'_>) -> Result<UkAccount, FieldError> {
        let fields = field.object()?;
        Ok(UkAccount {
            sort_code: fields.parse("sort_code")?,
            account_number: fields.parse("account_number")?,
        })
    }
}

restored_by_fields!(AccountIdentifier);

impl AccountIdentifier {
    /// The rail as the API spells it.
    pub(crate) fn rail(&self) -> &'static str {
        match self {
            AccountIdentifier::Sepa { .. } => "SEPA",
            AccountIdentifier::Ach(_) => "ACH",
            AccountIdentifier::Wire(_) => "Wire",
            AccountIdentifier::Rtp(_) => "RTP",
            AccountIdentifier::FedNow(_) => "FEDNOW",
            AccountIdentifier::Swift { .. } => "SWIFT",
            AccountIdentifier::Chaps(_) => "CHAPS",
            AccountIdentifier::Fps(_) => "FPS",
        }
    }

    /// `SEPA DE89 **** 3000`, `ACH 021000021 **** 6789`. The bank is shown whole: it is public, and it is what another account
    /// with the same last digits seldom shares.
    pub(crate) fn masked(&self) -> String {
        let account = match self {
            AccountIdentifier::Sepa { iban } => iban.masked(),
            AccountIdentifier::Ach(us)
            | AccountIdentifier::Wire(us)
            | AccountIdentifier::Rtp(us)
            | AccountIdentifier::FedNow(us) => {
                format!("{} {}", us.routing_number, us.account_number.masked())
            }
            AccountIdentifier::Swift { bic, account_number, intermediary_bic } => {
                let by = intermediary_bic.as_ref().map(|bic| format!(" via {bic}")).unwrap_or_default();
                format!("{bic} {}{by}", account_number.masked())
            }
            AccountIdentifier::Chaps(uk) | AccountIdentifier::Fps(uk) => {
                format!("{} {}", uk.sort_code, uk.account_number.masked())
            }
        };
        format!("{} {account}", self.rail())
    }
}
