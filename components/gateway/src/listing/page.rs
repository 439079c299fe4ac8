//! Pages.

use super::places::{Places, log};
use super::query::{From, Order, PageQuery, unknown_cursor};
use crate::call::Call;
use crate::http::ApiError;
use crate::ids;
use crate::ports::Ports;
use serde::Serialize;
use stepgate_storage::StoreError;
use uuid::Uuid;

/// How many entries one page looks at. With a filter that few pass, a page is not full then, and its cursor goes on from
/// where it stopped: what a request costs does not depend on how long the list is.
const MOST_LOOKED_AT: usize = 200;

/// Something that stands in lists.
pub(crate) trait Entry: Sized {
    /// What the lists know it by, and cursors too.
    fn id(&self) -> Uuid;

    /// Where it stands.
    fn places(&self) -> &Places;

    /// The one with this id, if it is there and the caller may know of it.
    fn reachable<P: Ports>(call: &Call<'_, P>, id: Uuid) -> Result<Option<Self>, ApiError>;
}

/// One page as the API shows it.
#[derive(Serialize)]
pub(crate) struct Page<T> {
    items: Vec<T>,
    /// Ask with this for the page after; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<Uuid>,
    /// Ask with this for the page before; null on the first one.
    prev_cursor: Option<Uuid>,
}

impl<T> Page<T> {
    /// The same page of a list that is only read forwards.
    pub(crate) fn forwards(self) -> Page<T> {
        Page { prev_cursor: None, ..self }
    }
}

/// The page of `list` that `query` asks for. `show` turns an entry into what is answered; none leaves it out.
pub(crate) fn page<P: Ports, E: Entry, T>(
    call: &Call<'_, P>,
    list: &str,
    query: &PageQuery,
    mut show: impl FnMut(E) -> Result<Option<T>, ApiError>,
) -> Result<Page<T>, ApiError> {
    let (start, backwards) = match query.from {
        From::Start => (None, false),
        From::After(id) => (Some(slot_of::<P, E>(call, list, id)?), false),
        From::Before(id) => (Some(slot_of::<P, E>(call, list, id)?), true),
    };
    let rising = (query.order == Order::Rising) != backwards;
    let mut shown: Vec<(Uuid, T)> = Vec::new();
    let mut entries = Entries::<P, E>::of(call, list, start, rising)?;
    let (mut looked_at, mut more) = (0, None);
    while let Some(entry) = entries.next()? {
        let id = entry.id();
        looked_at += 1;
        if let Some(item) = show(entry)? {
            // One more than fits tells that there is another page, which begins behind the last one shown.
            if shown.len() == query.size {
                more = shown.last().map(|(last, _)| *last);
                break;
            }
            shown.push((id, item));
        }
        if looked_at == MOST_LOOKED_AT {
            more = Some(id);
            break;
        }
    }
    if backwards {
        shown.reverse();
    }
    let (first, last) = (shown.first().map(|(id, _)| *id), shown.last().map(|(id, _)| *id));
    let (cursor, prev_cursor) = match query.from {
        From::Start => (more, None),
        // A page that was filtered to nothing leads back to where it came from.
        From::After(from) => (more, first.or(Some(from))),
        From::Before(from) => (last.or(Some(from)), more),
    };
    Ok(Page { items: shown.into_iter().map(|(_, item)| item).collect(), cursor, prev_cursor })
}

/// Everything in a list, oldest first.
pub(crate) fn all<P: Ports, E: Entry>(call: &Call<'_, P>, list: &str) -> Result<Vec<E>, ApiError> {
    let mut entries = Entries::<P, E>::of(call, list, None, true)?;
    let mut all = Vec::new();
    while let Some(entry) = entries.next()? {
        all.push(entry);
    }
    Ok(all)
}

/// The newest thing in a list.
pub(crate) fn newest_entry<P: Ports, E: Entry>(
    call: &Call<'_, P>,
    list: &str,
) -> Result<Option<E>, ApiError> {
    Entries::<P, E>::of(call, list, None, false)?.next()
}

fn slot_of<P: Ports, E: Entry>(call: &Call<'_, P>, list: &str, id: Uuid) -> Result<u64, ApiError> {
    let slot = E::reachable(call, id)?.and_then(|entry| entry.places().slot_in(list));
    slot.ok_or_else(unknown_cursor)
}

/// The entries of a list, one by one.
struct Entries<'c, 'p, 'l, P, E> {
    call: &'c Call<'p, P>,
    list: &'l str,
    slots: Box<dyn Iterator<Item = u64>>,
    kind: core::marker::PhantomData<E>,
}

impl<'c, 'p, 'l, P: Ports, E: Entry> Entries<'c, 'p, 'l, P, E> {
    /// From the slot after `start` on, in the direction of reading.
    fn of(call: &'c Call<'p, P>, list: &'l str, start: Option<u64>, rising: bool) -> Result<Self, ApiError> {
        let last = log(list).last(call.ports)?;
        let slots: Box<dyn Iterator<Item = u64>> = match (rising, start) {
            (true, start) => Box::new(start.unwrap_or(0) + 1..=last),
            (false, start) => Box::new((1..start.unwrap_or(last + 1)).rev()),
        };
        Ok(Self { call, list, slots, kind: core::marker::PhantomData })
    }

    fn next(&mut self) -> Result<Option<E>, ApiError> {
        for slot in self.slots.by_ref() {
            // A slot that was claimed and never written is a creation that never was answered.
            let Some(id) = log(self.list).read(self.call.ports, slot)? else { continue };
            let id = ids::parse(&id).ok_or(StoreError::Corrupt("list"))?;
            // A creation that was tried twice has claimed two slots; what it made stands in the one it remembers.
            let found = E::reachable(self.call, id)?;
            if let Some(entry) = found.filter(|entry| entry.places().slot_in(self.list) == Some(slot)) {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }
}
