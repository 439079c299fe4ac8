//! Whose a record is: a partner's, or one of its sub-partners'.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The owner of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    pub(crate) partner: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sub_partner: Option<Uuid>,
}

impl Owner {
    /// As the core knows it: `<partner>` or `<partner>/<sub-partner>`.
    pub(crate) fn scope(&self) -> String {
        match self.sub_partner {
            Some(sub_partner) => format!("{}/{sub_partner}", self.partner),
            None => self.partner.to_string(),
        }
    }

    /// Whether somebody who acts as `self` may see what belongs to `other`: a partner sees all of its
    /// sub-partners', a sub-partner only its own.
    pub(crate) fn reaches(&self, other: &Owner) -> bool {
        self.partner == other.partner && (self.sub_partner.is_none() || self.sub_partner == other.sub_partner)
    }
}
