//! The bodies of `POST /api/autoramps` and `PATCH /api/autoramps/{id}`.

use crate::guarded::Terms;
use crate::http::ApiError;
use crate::json::{self, Once};
use crate::payment::{Account, Currency, Field, Fields};
use std::collections::BTreeMap;
use uuid::Uuid;

const LONGEST_TEXT: usize = 200;
const MOST_SOURCES: usize = 20;

/// What is written on payments, and how long each rail lets it be.
const REFERENCES: [(&str, core::ops::RangeInclusive<usize>); 5] = [
    ("sepa_payment_reference", 6..=140),
    ("ach_payment_reference", 1..=10),
    ("fps_payment_reference", 6..=18),
    ("swift_payment_reference", 1..=140),
    ("wire_message", 1..=140),
];

/// An autoramp that is to be made.
pub(super) struct NewAutoramp {
    pub(super) customer_id: Uuid,
    pub(super) source_currencies: Vec<Currency>,
    pub(super) terms: Terms,
    pub(super) name: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) is_third_party: bool,
    pub(super) batch_payout: bool,
    pub(super) pay_by_reference: bool,
    pub(super) references: BTreeMap<String, String>,
}

impl NewAutoramp {
    pub(super) fn parse(body: &[u8]) -> Result<NewAutoramp, ApiError> {
        let Once(body) = json::object(body)?;
        let fields = Fields::of(&body, "")?;
        if let Some(kind) = fields.optional("type") {
            let is_market = kind.one_of(&[("market", true), ("quote", false)])?;
            if !is_market {
                return Err(kind.refuse("cannot be quote here: there are no quotes").into());
            }
        }
        let source_currencies = fields.list("source_currencies", 1..=MOST_SOURCES)?;
        let source_currencies: Vec<Currency> =
            source_currencies.iter().map(Field::parse).collect::<Result<_, _>>()?;
        let destination_currency: Currency = fields.parse("destination_currency")?;
        let account = fields.parse("recipient_account")?;
        let terms =
            Terms { account, destination_currency, fee_profile_id: fields.optional_uuid("fee_profile_id")? };
        check_fit(&terms)?;
        if source_currencies.contains(&terms.destination_currency) {
            return Err(fields.refuse("source_currencies", "cannot hold the destination currency").into());
        }
        let flag = |name| fields.optional_flag(name).map(Option::unwrap_or_default);
        let mut references = BTreeMap::new();
        for (name, length) in REFERENCES {
            if let Some(text) = fields.optional_text_of(name, length)? {
                references.insert(name.to_owned(), text);
            }
        }
        Ok(NewAutoramp {
            customer_id: fields.uuid("customer_id")?,
            terms,
            name: fields.optional_text("name", LONGEST_TEXT)?,
            external_id: fields.optional_text("external_id", LONGEST_TEXT)?,
            is_third_party: flag("source_is_third_party")?,
            batch_payout: flag("batch_payout")?,
            pay_by_reference: flag("pay_by_reference")?,
            source_currencies,
            references,
        })
    }
}

/// What of an autoramp is to change.
pub(super) struct Edit {
    pub(super) customer_id: Uuid,
    pub(super) account: Option<Account>,
    destination_currency: Option<Currency>,
    fee_profile_id: Option<Uuid>,
}

impl Edit {
    pub(super) fn parse(body: &[u8]) -> Result<Edit, ApiError> {
        let Once(body) = json::object(body)?;
        let fields = Fields::of(&body, "")?;
        Ok(Edit {
            customer_id: fields.uuid("customer_id")?,
            account: fields.optional_parse("recipient_account")?,
            destination_currency: fields.optional_parse("destination_currency")?,
            fee_profile_id: fields.optional_uuid("fee_profile_id")?,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.account.is_none() && self.destination_currency.is_none() && self.fee_profile_id.is_none()
    }

    /// These terms with the edit in them.
    pub(super) fn applied_to(&self, terms: &Terms) -> Terms {
        Terms {
            account: self.account.clone().unwrap_or_else(|| terms.account.clone()),
            destination_currency: self
                .destination_currency
                .clone()
                .unwrap_or_else(|| terms.destination_currency.clone()),
            fee_profile_id: self.fee_profile_id.or(terms.fee_profile_id),
        }
    }
}

/// Refuses terms that cannot be kept.
pub(super) fn check_fit(terms: &Terms) -> Result<(), ApiError> {
    if terms.fit() {
        Ok(())
    } else {
        Err(ApiError::bad_request("recipient_account cannot receive the destination currency."))
    }
}
