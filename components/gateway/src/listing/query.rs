//! What a query says about pages: `contracts/authentication-codes.md` §8.

use crate::http::ApiError;
use crate::ids;
use core::str::FromStr;
use uuid::Uuid;

pub(super) const DEFAULT_SIZE: usize = 10;
pub(super) const LARGEST_SIZE: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Oldest first.
    Rising,
    /// Newest first.
    Falling,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    Start,
    After(Uuid),
    Before(Uuid),
}

/// Which page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageQuery {
    pub(super) size: usize,
    pub(super) order: Order,
    pub(super) from: From,
}

impl PageQuery {
    /// Reads a query. `filter` is handed every parameter that does not concern pages; it ignores those it does not know.
    pub(crate) fn parse(
        query: &str,
        filter: &mut dyn FnMut(&str, &str) -> Result<(), ApiError>,
    ) -> Result<PageQuery, ApiError> {
        let mut read = PageQuery { size: DEFAULT_SIZE, order: Order::Falling, from: From::Start };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "page_size" => {
                    let size = whole_number(&value).filter(|size| (1..=LARGEST_SIZE).contains(size));
                    read.size = size.ok_or_else(|| {
                        ApiError::bad_request(format!("page_size must be 1 to {LARGEST_SIZE}."))
                    })?;
                }
                "sort_order" => {
                    read.order = match &*value {
                        "asc" => Order::Rising,
                        "desc" => Order::Falling,
                        _ => return Err(ApiError::bad_request("sort_order must be asc or desc.")),
                    }
                }
                "cursor" | "prev_cursor" if value.is_empty() => {}
                "cursor" | "prev_cursor" if read.from != From::Start => {
                    return Err(ApiError::bad_request("Either cursor or prev_cursor can be given, once."));
                }
                "cursor" => read.from = From::After(cursor(&value)?),
                "prev_cursor" => read.from = From::Before(cursor(&value)?),
                other => filter(other, &value)?,
            }
        }
        Ok(read)
    }
}

/// Digits, and no plus before them, which Rust would take.
pub(crate) fn whole_number<T: FromStr>(text: &str) -> Option<T> {
    if text.starts_with('+') { None } else { text.parse().ok() }
}

fn cursor(text: &str) -> Result<Uuid, ApiError> {
    ids::parse(text).ok_or_else(unknown_cursor)
}

pub(super) fn unknown_cursor() -> ApiError {
    ApiError::bad_request("cursor and prev_cursor must be as an earlier page gave them.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<PageQuery, ApiError> {
        PageQuery::parse(query, &mut |_, _| Ok(()))
    }

    #[test]
    fn a_query_is_ten_newest_first_unless_it_says_otherwise() {
        let start = PageQuery { size: 10, order: Order::Falling, from: From::Start };
        for query in ["", "cursor=", "unknown=1", "&&=&"] {
            assert_eq!(parse(query).unwrap(), start, "{query}");
        }
        let id = "3c90c3cc-0d44-4b50-8888-8dd25736052a";
        let query = parse(&format!("page_size=100&sort_order=asc&cursor={id}")).unwrap();
        let after = From::After(ids::parse(id).unwrap());
        assert_eq!(query, PageQuery { size: 100, order: Order::Rising, from: after });
    }

    #[test]
    fn what_does_not_concern_pages_goes_to_the_filter() {
        let mut seen = Vec::new();
        let query = PageQuery::parse("a=1&page_size=5&b%5B%5D=%C3%A9", &mut |name, value| {
            seen.push(format!("{name}={value}"));
            Ok(())
        });
        assert_eq!(query.unwrap().size, 5);
        assert_eq!(seen, ["a=1", "b[]=é"]);
    }

    #[test]
    fn a_query_that_cannot_be_followed_is_refused() {
        let id = "3c90c3cc-0d44-4b50-8888-8dd25736052a";
        let both = format!("cursor={id}&prev_cursor={id}");
        for query in [
            "page_size=101",
            "page_size=0",
            "page_size=-1",
            "page_size=1e1",
            "page_size=",
            "page_size=99999999999999999999",
            "sort_order=up",
            "cursor=1",
            "prev_cursor=x",
            &both,
        ] {
            assert!(parse(query).is_err(), "{query}");
        }
    }
}
