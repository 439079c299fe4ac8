//! Pages.

use super::places::{Places, log};
use super::query::{From, Order, PageQuery, unknown_cursor};
use crate::call::Call;
use crate::http::ApiError;
use crate::ids;
use crate::ports::Ports;
use serde::Serialize;
use stepgate_storage::{Store, StoreError};
use uuid::Uuid;

/// How many entries one page looks at. With a filter that few pass, a page is not full then, and its cursor goes on from
/// where it stopped: what a request costs does not depend on how long the list is.
const MOST_LOOKED_AT: usize = 200;

/// Something that stands in lists.
pub(crate) trait Entry: Sized {
    /// Where it stands.
    fn places(&self) -> &Places;

    /// The one that lists and cursors know by this id, if it is there and the caller may know of it.
    fn reachable<P: Ports>(call: &Call<'_, P>, id: Uuid) -> Result<Option<Self>, ApiError>;
}

/// One page as the API shows it.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(crate) struct Page<T> {
    items: Vec<T>,
    /// Ask with this for the page after; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schema(nullable = false))]
    cursor: Option<Uuid>,
    /// Ask with this for the page before; null on the first one.
    #[cfg_attr(test, schema(required))]
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
    let mut items = Vec::new();
    let slot_of = |id| slot_of::<P, E>(call, list, id);
    let ids = looked_through(call.ports, list, query, &slot_of, &mut |place| {
        let Some(entry) = entry_at(call, list, place)? else { return Ok(Look::Nothing) };
        let Some(item) = show(entry)? else { return Ok(Look::LeftOut) };
        items.push(item);
        Ok(Look::Shown)
    })?;
    items.truncate(ids.shown.len());
    if let From::Before(_) = query.from {
        items.reverse();
    }
    let (cursor, prev_cursor) = ids.cursors(query.from);
    Ok(Page { items, cursor, prev_cursor })
}

/// Everything in a list, oldest first.
pub(crate) fn all<P: Ports, E: Entry>(call: &Call<'_, P>, list: &str) -> Result<Vec<E>, ApiError> {
    let mut slots = Slots::of(call.ports, list, None, true)?;
    let mut all = Vec::new();
    while let Some(place) = slots.next(call.ports)? {
        all.extend(entry_at(call, list, place)?);
    }
    Ok(all)
}

/// The newest thing in a list.
pub(crate) fn newest_entry<P: Ports, E: Entry>(
    call: &Call<'_, P>,
    list: &str,
) -> Result<Option<E>, ApiError> {
    let mut slots = Slots::of(call.ports, list, None, false)?;
    while let Some(place) = slots.next(call.ports)? {
        if let Some(entry) = entry_at(call, list, place)? {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

fn slot_of<P: Ports, E: Entry>(call: &Call<'_, P>, list: &str, id: Uuid) -> Result<u64, ApiError> {
    let slot = E::reachable(call, id)?.and_then(|entry| entry.places().slot_in(list));
    slot.ok_or_else(unknown_cursor)
}

/// A slot of a list, and what it names.
#[derive(Clone, Copy)]
struct Place {
    slot: u64,
    id: Uuid,
}

fn entry_at<P: Ports, E: Entry>(call: &Call<'_, P>, list: &str, place: Place) -> Result<Option<E>, ApiError> {
    // A creation that was tried twice has claimed two slots; what it made stands in the one it remembers.
    let found = E::reachable(call, place.id)?;
    Ok(found.filter(|entry| entry.places().slot_in(list) == Some(place.slot)))
}

/// What came of looking at a place.
enum Look {
    /// There is no entry, or not for the caller.
    Nothing,
    LeftOut,
    Shown,
}

/// The ids of a page.
struct Ids {
    /// What it shows, in the order it was looked at.
    shown: Vec<Uuid>,
    /// Where the page after it begins, in that order.
    more: Option<Uuid>,
}

/// Looks at the places that `query` asks for. This and all below knows nothing of what stands in the list, so that it is compiled
/// once.
fn looked_through(
    store: &impl Store,
    list: &str,
    query: &PageQuery,
    slot_of: &dyn Fn(Uuid) -> Result<u64, ApiError>,
    look: &mut dyn FnMut(Place) -> Result<Look, ApiError>,
) -> Result<Ids, ApiError> {
    let (start, backwards) = match query.from {
        From::Start => (None, false),
        From::After(id) => (Some(slot_of(id)?), false),
        From::Before(id) => (Some(slot_of(id)?), true),
    };
    let rising = (query.order == Order::Rising) != backwards;
    walk(store, &mut Slots::of(store, list, start, rising)?, query.size, look)
}

/// Looks at one place after the other until a page is full.
fn walk(
    store: &impl Store,
    slots: &mut Slots<'_>,
    size: usize,
    look: &mut dyn FnMut(Place) -> Result<Look, ApiError>,
) -> Result<Ids, ApiError> {
    let mut ids = Ids { shown: Vec::new(), more: None };
    let mut looked_at = 0;
    while let Some(place) = slots.next(store)? {
        match look(place)? {
            Look::Nothing => continue,
            Look::LeftOut => {}
            // One more than fits tells that there is another page, which begins behind the last one shown.
            Look::Shown if ids.shown.len() == size => {
                ids.more = ids.shown.last().copied();
                break;
            }
            Look::Shown => ids.shown.push(place.id),
        }
        looked_at += 1;
        if looked_at == MOST_LOOKED_AT {
            ids.more = Some(place.id);
            break;
        }
    }
    Ok(ids)
}

impl Ids {
    /// The cursors to the page after this one and to the one before it.
    fn cursors(&self, from: From) -> (Option<Uuid>, Option<Uuid>) {
        let first = self.shown.first().copied();
        match from {
            From::Start => (self.more, None),
            // A page that was filtered to nothing leads back to where it came from.
            From::After(from) => (self.more, first.or(Some(from))),
            // Looked at backwards: the first one it came upon is the last one it shows.
            From::Before(from) => (first.or(Some(from)), self.more),
        }
    }
}

/// The places of a list that name something, one by one.
struct Slots<'l> {
    list: &'l str,
    slots: Box<dyn Iterator<Item = u64>>,
}

impl<'l> Slots<'l> {
    /// From the slot after `start` on, in the direction of reading.
    fn of(
        store: &impl Store,
        list: &'l str,
        start: Option<u64>,
        rising: bool,
    ) -> Result<Slots<'l>, StoreError> {
        let last = log(list).last(store)?;
        let slots: Box<dyn Iterator<Item = u64>> = match (rising, start) {
            (true, start) => Box::new(start.unwrap_or(0) + 1..=last),
            (false, start) => Box::new((1..start.unwrap_or(last + 1)).rev()),
        };
        Ok(Slots { list, slots })
    }

    fn next(&mut self, store: &impl Store) -> Result<Option<Place>, StoreError> {
        for slot in self.slots.by_ref() {
            // A slot that was claimed and never written is a creation that never was answered.
            let Some(id) = log(self.list).read(store, slot)? else { continue };
            let id = ids::parse(&id).ok_or(StoreError::Corrupt("list"))?;
            return Ok(Some(Place { slot, id }));
        }
        Ok(None)
    }
}
