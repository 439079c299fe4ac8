//! The body of `POST /api/addresses/fiat`.

use super::record::New;
use crate::email::Email;
use crate::http::ApiError;
use crate::json::{self, Once};
use crate::payment::{AccountIdentifier, Coded, Country, CurrencyCode, FieldError, Fields};
use serde::Serialize;
use uuid::Uuid;

/// The longest names and lines of addresses, in characters. The contract gives 50 for names, nothing for the rest.
const LONGEST_NAME: usize = 50;
const LONGEST_LINE: usize = 140;

/// What is to be registered, and for whom.
pub(super) struct NewFiatAddress {
    pub(super) customer_id: Uuid,
    pub(super) new: New,
}

/// The bank details as they are answered: what was sent, without what nobody asked for.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(description = "A bank account, and whose it is."))]
pub(crate) struct BankDetails {
    recipient: Recipient,
    provider_name: String,
    #[cfg_attr(test, schema(inline))]
    provider_country: Coded<Country>,
    account_identifier: AccountIdentifier,
    address: Address,
    is_third_party: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    email_address: Option<EmailAddress>,
    /// Needed for USD.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    phone_number: Option<String>,
    /// Needed for SWIFT.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    bank_address: Option<Address>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema), schema(as = AccountHolder, description = "Whose account it is."))]
#[serde(tag = "type")]
pub(crate) enum Recipient {
    Business { name: String },
    Individual { given_name: String, family_name: String },
}

#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct Address {
    street: String,
    city: String,
    state: String,
    #[cfg_attr(test, schema(inline))]
    country: Coded<Country>,
    postal_code: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct EmailAddress {
    email: Email,
}

impl NewFiatAddress {
    pub(super) fn parse(body: &[u8]) -> Result<NewFiatAddress, ApiError> {
        let Once(body) = json::object(body)?;
        let fields = Fields::of(&body, "")?;
        let customer_id = fields.uuid("customer_id")?;
        let currency: CurrencyCode = fields.coded_or_bare("currency")?;
        let label = fields.optional_text("label", LONGEST_LINE)?;
        let details = BankDetails::read(&fields.object("bank_details")?, &currency)?;
        let bank_details = json::value_of(&details)
            .map_err(|_| ApiError::Internal("bank details could not be written".into()))?;
        Ok(NewFiatAddress {
            customer_id,
            new: New {
                currency,
                label,
                account: details.account_identifier,
                bank_name: details.provider_name,
                country: details.provider_country.code.to_string(),
                is_third_party: details.is_third_party,
                bank_details,
            },
        })
    }
}

impl BankDetails {
    fn read(fields: &Fields<'_>, currency: &CurrencyCode) -> Result<BankDetails, FieldError> {
        let account_identifier: AccountIdentifier = fields.parse("account_identifier")?;
        if let Some(only) = only_currency(&account_identifier)
            && currency.to_string() != only
        {
            return Err(
                fields.refuse("account_identifier", format!("is of a kind that is paid in {only} only"))
            );
        }
        let email_address = match fields.optional_object("email_address")? {
            Some(address) => Some(EmailAddress { email: address.parse("email")? }),
            None => None,
        };
        let phone_number = fields.optional("phone_number").map(|field| field.text(4..=30)).transpose()?;
        if phone_number.is_none() && currency.to_string() == "USD" {
            return Err(fields.refuse("phone_number", "must be given for USD"));
        }
        let bank_address = match fields.optional_object("bank_address")? {
            Some(address) => Some(Address::read(&address)?),
            None if matches!(account_identifier, AccountIdentifier::Swift { .. }) => {
                return Err(fields.refuse("bank_address", "must be given for SWIFT"));
            }
            None => None,
        };
        Ok(BankDetails {
            recipient: Recipient::read(&fields.object("recipient")?)?,
            provider_name: fields.text("provider_name", LONGEST_LINE)?,
            provider_country: fields.parse("provider_country")?,
            account_identifier,
            address: Address::read(&fields.object("address")?)?,
            is_third_party: fields.flag("is_third_party")?,
            email_address,
            phone_number,
            bank_address,
        })
    }
}

/// The one currency that an account of this kind can hold.
fn only_currency(account: &AccountIdentifier) -> Option<&'static str> {
    match account {
        AccountIdentifier::Sepa { .. } => Some("EUR"),
        AccountIdentifier::Ach(_)
        | AccountIdentifier::Wire(_)
        | AccountIdentifier::Rtp(_)
        | AccountIdentifier::FedNow(_) => Some("USD"),
        AccountIdentifier::Chaps(_) | AccountIdentifier::Fps(_) => Some("GBP"),
        AccountIdentifier::Swift { .. } => None,
    }
}

impl Recipient {
    fn read(fields: &Fields<'_>) -> Result<Recipient, FieldError> {
        let is_business = fields.one_of("type", &[("Business", true), ("Individual", false)])?;
        Ok(if is_business {
            Recipient::Business { name: fields.text("name", LONGEST_NAME)? }
        } else {
            Recipient::Individual {
                given_name: fields.text("given_name", LONGEST_NAME)?,
                family_name: fields.text("family_name", LONGEST_NAME)?,
            }
        })
    }
}

impl Address {
    fn read(fields: &Fields<'_>) -> Result<Address, FieldError> {
        Ok(Address {
            street: fields.text("street", LONGEST_LINE)?,
            city: fields.text("city", LONGEST_LINE)?,
            state: fields.text("state", LONGEST_LINE)?,
            country: fields.parse("country")?,
            postal_code: fields.text("postal_code", 20)?,
        })
    }
}
