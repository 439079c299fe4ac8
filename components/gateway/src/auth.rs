//! Who is calling.

use crate::http::{ApiError, single};
use crate::ids;
use crate::owner::Owner;
use crate::settings::{ApiKey, Role};
use http::HeaderMap;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

/// The longest key that is looked at, in bytes.
const LONGEST_KEY: usize = 256;

/// The API versions there are; they do not differ in anything served here.
pub(crate) const VERSIONS: [&str; 3] = ["2025-03-13", "2026-07-01", "2026-08-01"];

/// Whoever the key belongs to, and what it lets them do.
#[derive(Debug)]
pub(crate) struct Caller {
    /// Whose records it reaches, and whose the records are that it makes.
    pub(crate) acting_as: Owner,
    /// The partner's name, as people are shown it.
    pub(crate) partner_name: String,
    pub(crate) role: Role,
}

/// The key a request comes with, if it is one of ours.
pub(crate) fn key<'a>(headers: &HeaderMap, keys: &'a [ApiKey]) -> Result<&'a ApiKey, ApiError> {
    authenticate(headers, keys).ok_or(ApiError::Unauthorized)
}

/// Whom the holder of a key acts as: `X-SUB-PARTNER-ID` narrows it down.
pub(crate) fn caller(headers: &HeaderMap, key: &ApiKey) -> Result<Caller, ApiError> {
    check_version(headers)?;
    let sub_partner = match single(headers, "x-sub-partner-id") {
        Ok(None) => None,
        Ok(Some(text)) => Some(ids::parse(text).ok_or_else(wrong_sub_partner)?),
        Err(_) => return Err(wrong_sub_partner()),
    };
    Ok(Caller {
        acting_as: Owner { partner: key.partner, sub_partner },
        partner_name: key.name.clone(),
        role: key.role,
    })
}

fn wrong_sub_partner() -> ApiError {
    ApiError::bad_request("X-SUB-PARTNER-ID must be a UUID.")
}

/// Compares against every key, so that the time taken tells neither whether one matched nor which.
fn authenticate<'a>(headers: &HeaderMap, keys: &'a [ApiKey]) -> Option<&'a ApiKey> {
    let presented = single(headers, "x-api-key").ok()??;
    if presented.len() > LONGEST_KEY {
        return None;
    }
    let hash: [u8; 32] = Sha256::digest(presented.as_bytes()).into();
    let mut found = Choice::from(0);
    let mut place = 0_u64;
    for (index, key) in keys.iter().enumerate() {
        let matches = key.sha256.ct_eq(&hash);
        place.conditional_assign(&(index as u64), matches);
        found |= matches;
    }
    if bool::from(found) { keys.get(usize::try_from(place).ok()?) } else { None }
}

fn check_version(headers: &HeaderMap) -> Result<(), ApiError> {
    match single(headers, "x-api-version") {
        Ok(None) => Ok(()),
        Ok(Some(version)) if VERSIONS.contains(&version) => Ok(()),
        _ => Err(ApiError::bad_request("X-API-Version must be 2025-03-13, 2026-07-01 or 2026-08-01.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};
    use uuid::Uuid;

    fn entry(secret: &str, partner: u128) -> ApiKey {
        ApiKey {
            sha256: Sha256::digest(secret).into(),
            partner: Uuid::from_u128(partner),
            name: format!("Partner {partner}"),
            role: Role::ReadWrite,
            requests_per_minute: None,
        }
    }

    fn headers(of: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in of {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn status(of: &[(&'static str, &str)]) -> Result<Uuid, &'static str> {
        let keys = [entry("old", 1), entry("new", 1), entry("other", 2)];
        let headers = headers(of);
        match key(&headers, &keys).and_then(|key| caller(&headers, key)) {
            Ok(caller) => Ok(caller.acting_as.partner),
            Err(ApiError::Unauthorized) => Err("401"),
            Err(ApiError::BadRequest(_)) => Err("400"),
            Err(_) => Err("another"),
        }
    }

    #[test]
    fn several_keys_of_one_partner_work_at_once() {
        assert_eq!(status(&[("x-api-key", "old")]), Ok(Uuid::from_u128(1)));
        assert_eq!(status(&[("x-api-key", "new")]), Ok(Uuid::from_u128(1)));
        assert_eq!(status(&[("x-api-key", "other")]), Ok(Uuid::from_u128(2)));
    }

    #[test]
    fn anything_else_is_no_key() {
        let long = "a".repeat(LONGEST_KEY + 1);
        for value in ["", "olds", "OLD", "0", &long] {
            assert_eq!(status(&[("x-api-key", value)]), Err("401"), "{value}");
        }
        assert_eq!(status(&[]), Err("401"));
        assert_eq!(status(&[("x-api-key", "old"), ("x-api-key", "old")]), Err("401"));
        assert!(authenticate(&headers(&[("x-api-key", "old")]), &[]).is_none());
    }

    #[test]
    fn the_key_is_looked_at_before_the_other_headers() {
        assert_eq!(status(&[("x-sub-partner-id", "x"), ("x-api-version", "x")]), Err("401"));
    }

    #[test]
    fn a_version_is_one_of_those_there_are() {
        for (version, expected) in [
            ("", Ok(Uuid::from_u128(1))),
            ("2025-03-13", Ok(Uuid::from_u128(1))),
            ("2026-07-01", Ok(Uuid::from_u128(1))),
            ("2026-08-01", Ok(Uuid::from_u128(1))),
            ("2026-08-02", Err("400")),
            ("latest", Err("400")),
        ] {
            assert_eq!(status(&[("x-api-key", "old"), ("x-api-version", version)]), expected, "{version}");
        }
    }

    #[test]
    fn a_sub_partner_is_a_uuid() {
        let keys = [entry("old", 1)];
        let id = "3c90c3cc-0d44-4b50-8888-8dd25736052a";
        let headers = headers(&[("x-api-key", "old"), ("x-sub-partner-id", id)]);
        let caller = caller(&headers, key(&headers, &keys).unwrap()).unwrap();
        assert_eq!(caller.acting_as.sub_partner, ids::parse(id));
        assert_eq!(status(&[("x-api-key", "old"), ("x-sub-partner-id", "x")]), Err("400"));
        assert_eq!(status(&[("x-api-key", "old"), ("x-sub-partner-id", "")]), Ok(Uuid::from_u128(1)));
    }
}
