//! A code as somebody types it, and trying it.

use super::deed::{self, Deed};
use super::fields::Fields;
use super::refused::{Refused, Result};
use crate::accounts::account::Account;
use crate::accounts::codes;
use crate::accounts::context::Context;
use crate::accounts::methods::{self, Kind, Method, MethodId};
use crate::accounts::notices::{self, News};
use crate::accounts::refusal::Refusal;
use crate::accounts::second_factor;
use crate::accounts::sessions::{self, Session};
use crate::ports::Ports;

const SIX_DIGITS: &str = "The code must be a string of 6 digits";

/// A code, and whose it is said to be.
pub(super) struct Typed<'f> {
    text: &'f str,
    of: Said,
}

/// Which method is meant.
pub(super) enum Said {
    Id(MethodId),
    Kind(Kind),
    /// One that cannot be there, by what it is called.
    Nobody,
    Nothing,
}

impl Said {
    /// From what a request calls the method: by its id, or by its kind. Either may come under either name.
    pub(super) fn read(fields: &Fields, ids: &[&str], kinds: &[&str]) -> Result<Said> {
        let (id, kind) = (fields.text(ids)?, fields.text(kinds)?);
        match (id, kind) {
            (Some(text), _) => Ok(MethodId::parse(text).map_or(Said::Nobody, Said::Id)),
            (None, Some(word)) => {
                let said = Kind::of(word).map(Said::Kind).or_else(|| MethodId::parse(word).map(Said::Id));
                said.ok_or(Refused::Invalid("method must be email, sms, totp or recovery"))
            }
            (None, None) => Ok(Said::Nothing),
        }
    }

    fn means(&self, method: &Method) -> bool {
        match self {
            Said::Id(id) => method.id == *id,
            Said::Kind(kind) => method.kind == *kind,
            Said::Nobody => false,
            Said::Nothing => true,
        }
    }
}

impl<'f> Typed<'f> {
    /// Of a route that is about the code.
    pub(super) fn required(fields: &'f Fields) -> Result<Typed<'f>> {
        let of = Said::read(fields, &["method_id", "methodId"], &["method"])?;
        let text = fields.text(&["code"])?.ok_or(Refused::Invalid(SIX_DIGITS))?;
        Typed::new(text, of)
    }

    /// Of a route where a code may come along.
    pub(super) fn optional(fields: &'f Fields) -> Result<Option<Typed<'f>>> {
        let of = Said::read(
            fields,
            &["verification_method_id", "verificationMethodId"],
            &["verification_method", "verificationMethod"],
        )?;
        let text = fields.text(&["verification_code", "verificationCode", "code"])?;
        text.map(|text| Typed::new(text, of)).transpose()
    }

    /// What cannot be a code takes no attempt, and is refused before anything is looked up.
    fn new(text: &'f str, of: Said) -> Result<Typed<'f>> {
        let (digits, recovery) = (Kind::Email.takes(text), Kind::Recovery.takes(text));
        let of = match of {
            Said::Nothing if recovery && !digits => Said::Kind(Kind::Recovery),
            of => of,
        };
        let possible = match of {
            Said::Kind(kind) => kind.takes(text),
            // Which kind it is, is not known yet.
            Said::Id(_) | Said::Nobody | Said::Nothing => digits || recovery,
        };
        if possible { Ok(Typed { text, of }) } else { Err(Refused::Invalid(SIX_DIGITS)) }
    }

    /// Tries it. With the right one the method is answered. The one that locks the account ends the session, if it is pending.
    pub(super) fn check<P: Ports>(
        &self,
        ctx: &Context<'_, P>,
        account: &Account,
        session: &Session,
        deed: Deed,
    ) -> Result<Method> {
        let method = self.method(ctx, session, deed)?;
        if !method.kind.takes(self.text) {
            return Err(Refused::Invalid(SIX_DIGITS));
        }
        let place = deed::place(session, deed, &method)?;
        let fits = deed::fits(session.id);
        let tried = match deed {
            Deed::Setup => second_factor::confirm_setup(ctx, account.id, &place, &method, self.text, &fits),
            _ => second_factor::verify(ctx, account.id, &place, &method, self.text, &fits).map(drop),
        };
        match tried {
            Ok(()) => {}
            Err(Refusal::Locked { until }) => {
                if session.is_pending() {
                    sessions::end(ctx, session.id)?;
                }
                return Err(Refused::Spent { until });
            }
            Err(refusal) => return Err(refusal.into()),
        }
        if deed == Deed::Setup && !method.is_active {
            notices::tell(ctx, account, &News::MethodAdded(&method));
        }
        Ok(method)
    }

    /// Of several that are meant, the one whose code was sent last and is outstanding, or whose setup as an app was begun after
    /// that; else an app; else as [`first`].
    fn method<P: Ports>(&self, ctx: &Context<'_, P>, session: &Session, deed: Deed) -> Result<Method> {
        let mut meant = possible(ctx, session, deed)?;
        meant.retain(|method| self.of.means(method));
        if meant.len() > 1 {
            if matches!(self.of, Said::Nothing) {
                // Not meant unless its form says so, which it has not.
                meant.retain(|method| method.kind != Kind::Recovery);
            }
            let mut newest = None;
            for method in &meant {
                let since = match method.kind {
                    Kind::Email | Kind::Sms => codes::sent_at(ctx, &deed::place(session, deed, method)?)?,
                    Kind::Totp if deed == Deed::Setup => Some(method.created_at),
                    Kind::Totp | Kind::Recovery => None,
                };
                // Of two in the same moment the later one of the list: `None` is less than any time.
                if since.is_some() && since >= newest.map(|(at, _)| at) {
                    newest = since.map(|at| (at, method));
                }
            }
            if let Some((_, method)) = newest {
                return Ok(method.clone());
            }
            // Without a code that was sent, only an app's can be right.
            if let Some(app) = meant.iter().find(|method| method.kind == Kind::Totp) {
                return Ok(app.clone());
            }
        }
        first(meant, deed)
    }
}

/// The methods that something can be done with, oldest first. An app that counts is not set up: another one takes its place.
pub(super) fn possible<P: Ports>(ctx: &Context<'_, P>, session: &Session, deed: Deed) -> Result<Vec<Method>> {
    Ok(match deed {
        Deed::Setup => {
            let mut methods = methods::all(ctx, session.account)?;
            methods.retain(|method| match method.kind {
                Kind::Email | Kind::Sms => true,
                Kind::Totp => !method.is_active,
                Kind::Recovery => false,
            });
            methods
        }
        Deed::Login | Deed::Remove | Deed::Toggle => methods::active(ctx, session.account)?,
    })
}

/// The one of this kind that is meant.
pub(super) fn pick<P: Ports>(
    ctx: &Context<'_, P>,
    session: &Session,
    deed: Deed,
    (said, kind): (&Said, Kind),
) -> Result<Method> {
    let mut meant = possible(ctx, session, deed)?;
    meant.retain(|method| method.kind == kind && said.means(method));
    first(meant, deed)
}

/// Of several, the one whose setup was begun last, if it is about that; else the oldest: §7.4.
fn first(methods: Vec<Method>, deed: Deed) -> Result<Method> {
    let waits = methods.iter().rposition(|method| deed == Deed::Setup && !method.is_active);
    methods.into_iter().nth(waits.unwrap_or(0)).ok_or(Refused::NoMethod)
}
