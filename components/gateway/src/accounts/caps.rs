//! How many messages are sent: a limit for each destination and for each account. Without one, whoever can have messages sent
//! floods a mailbox with them, or earns from SMS to numbers that cost (supabase/auth#605).
//!
//! They are counted by the hour, and SMS by the day too, of the clock in UTC. Around the turn of an hour twice as many can come
//! within an hour's time.
//!
//! Messages to a destination are counted apart by whether it was shown to belong to the account they are for. Otherwise anybody
//! could use up what is there for its owner, by asking for resets or by entering the address as their own, and the owner would
//! get no code to sign in with.

use super::names::AccountEmail;
use super::phone::Phone;
use super::refusal;
use crate::http::ApiError;
use crate::ports::delivery::Channel;
use crate::settings::MessageLimits;
use core::time::Duration;
use stepgate_storage::idempotency::digest;
use stepgate_storage::{CounterKey, Store, StoreError, Timestamp};
use uuid::Uuid;

const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;

/// Where a message goes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    Email(AccountEmail),
    Phone(Phone),
}

impl Destination {
    /// Reads what was kept of one, or what a client sent.
    pub(crate) fn parse(channel: Channel, text: &str) -> Option<Destination> {
        match channel {
            Channel::Email => AccountEmail::parse(text).map(Destination::Email),
            Channel::Sms => Phone::parse(text).map(Destination::Phone),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Destination::Email(email) => email.as_str(),
            Destination::Phone(phone) => phone.as_str(),
        }
    }

    /// Enough of it to recognise one that is known.
    pub(crate) fn masked(&self) -> String {
        match self {
            Destination::Email(email) => email.masked(),
            Destination::Phone(phone) => phone.masked(),
        }
    }

    /// What has one count. Of an address without its `+tag`: most mail servers have one mailbox for all of them.
    fn counted(&self) -> String {
        let text = self.as_str();
        match text.split_once('@') {
            Some((local, host)) => format!("{}@{host}", local.split('+').next().unwrap_or(local)),
            None => text.to_owned(),
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Destination::Email(_) => "email",
            Destination::Phone(_) => "sms",
        }
    }
}

/// On whose behalf a message is sent.
#[derive(Clone, Copy)]
pub(crate) enum For {
    /// Whoever typed in the address: a sign-up, a reset. Whether there is an account for it makes no difference.
    Anybody,
    /// An account whose owner says that the destination is theirs, and has not shown it.
    Claimed(Uuid),
    /// An account whose owner has shown that the destination is theirs.
    Proven(Uuid),
    /// An account whose owner is told what was done in it. Counted apart, so that none of the others is a way to keep its owner
    /// from hearing of it.
    News(Uuid),
}

/// Why a message is not sent.
#[derive(Debug)]
pub(crate) enum Capped {
    /// There were too many; there can be more after so many seconds.
    Full { seconds: u64 },
    /// No SMS is sent to this country.
    Country,
    /// Ours.
    Failed(ApiError),
}

impl From<StoreError> for Capped {
    fn from(error: StoreError) -> Capped {
        Capped::Failed(error.into())
    }
}

/// Says why a message must not be sent, as far as that is known before it counts. To be asked before a code is made: it would
/// make the one before worthless.
pub(crate) fn check(
    store: &impl Store,
    limits: &MessageLimits,
    scope: &str,
    to: &Destination,
    on_behalf: For,
    now: Timestamp,
) -> Result<(), Capped> {
    tally(store, limits, scope, to, on_behalf, now, 0)
}

/// Counts a message that is about to be sent, or says why it must not be. What was refused may count as well.
pub(crate) fn admit(
    store: &impl Store,
    limits: &MessageLimits,
    scope: &str,
    to: &Destination,
    on_behalf: For,
    now: Timestamp,
) -> Result<(), Capped> {
    tally(store, limits, scope, to, on_behalf, now, 1)
}

fn tally(
    store: &impl Store,
    limits: &MessageLimits,
    scope: &str,
    to: &Destination,
    on_behalf: For,
    now: Timestamp,
    messages: i64,
) -> Result<(), Capped> {
    let (hour, day) = match to {
        Destination::Phone(phone) if !limits.reaches(phone) => return Err(Capped::Country),
        Destination::Phone(_) => (limits.sms_per_hour(), Some(limits.sms_per_day)),
        Destination::Email(_) => (limits.emails_per_hour, None),
    };
    let count = |name: String| Count { store, name, hour, day, now, messages }.within();
    let of_account = |what: &str, account: Uuid| digest(&[scope, what, to.word(), &account.to_string()]);
    let at_destination = |standing: &str| digest(&[scope, standing, to.word(), &to.counted()]);
    // The account first: one that has had its share must not use up that of others at the same destination.
    match on_behalf {
        For::Anybody => count(at_destination("claimed")),
        For::Claimed(account) => {
            count(of_account("account", account)).and_then(|()| count(at_destination("claimed")))
        }
        For::Proven(account) => {
            count(of_account("account", account)).and_then(|()| count(at_destination("proven")))
        }
        For::News(account) => count(of_account("news", account)),
    }
}

struct Count<'a, S> {
    store: &'a S,
    name: String,
    /// How many there may be.
    hour: u32,
    day: Option<u32>,
    now: Timestamp,
    /// How many come to it now: one, or none to see whether there is room for one.
    messages: i64,
}

impl<S: Store> Count<'_, S> {
    /// The hour first: what does not fit into it is not taken from the day.
    fn within(&self) -> Result<(), Capped> {
        self.of("hour", HOUR, self.hour)?;
        self.day.map_or(Ok(()), |most| self.of("day", DAY, most))
    }

    fn of(&self, word: &str, span: u64, most: u32) -> Result<(), Capped> {
        let (nth, past) = (self.now.0 / span, self.now.0 % span);
        let path = format!("messages/{}/{word}/{nth}", self.name);
        let counter = CounterKey::until(self.now.day().plus(1), &path);
        let before = self.store.add(&counter, self.messages)?.saturating_sub(self.messages);
        if before >= i64::from(most) {
            return Err(Capped::Full { seconds: refusal::seconds(Duration::from_millis(span - past)) });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Environment;
    use crate::testing::TestPorts;
    use stepgate_storage::memory::Fault;

    /// Half past ten in the morning.
    const NOW: Timestamp = Timestamp(1_768_473_000_000);

    fn limits() -> MessageLimits {
        let ports = TestPorts::default();
        ports.set_setting("sms_countries", "1,44");
        MessageLimits::load(&ports, Environment::Production).ok().unwrap()
    }

    fn email(text: &str) -> Destination {
        Destination::parse(Channel::Email, text).unwrap()
    }

    fn phone(text: &str) -> Destination {
        Destination::parse(Channel::Sms, text).unwrap()
    }

    fn account(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn ask(ports: &TestPorts, to: &Destination, on_behalf: For, at: Timestamp) -> Result<(), u64> {
        match admit(ports, &limits(), "p", to, on_behalf, at) {
            Ok(()) => Ok(()),
            Err(Capped::Full { seconds }) => Err(seconds),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// How many of `times` are sent.
    fn sent(times: usize, mut ask: impl FnMut(usize) -> Result<(), u64>) -> usize {
        (0..times).filter(|nth| ask(*nth).is_ok()).count()
    }

    #[test]
    fn a_mailbox_gets_twenty_mails_in_an_hour() {
        let ports = TestPorts::default();
        for hour in 0..3 {
            let at = NOW + Duration::from_secs(hour * 3600);
            let mails = |_| ask(&ports, &email("Ann@example.com"), For::Anybody, at);
            assert_eq!(sent(50, mails), 20);
            assert_eq!(ask(&ports, &email("ann@Example.com"), For::Anybody, at), Err(1800));
            let last = Timestamp(at.0 + 1_799_999);
            assert_eq!(ask(&ports, &email("ann@example.com"), For::Anybody, last), Err(1));
            assert_eq!(ask(&ports, &email(&format!("bob{hour}@example.com")), For::Anybody, at), Ok(()));
        }
    }

    /// security.md: a send endpoint pumps SMS to premium numbers.
    #[test]
    fn a_phone_gets_five_sms_in_an_hour_and_ten_in_a_day_however_many_accounts_ask() {
        for standing in [For::Proven as fn(Uuid) -> For, For::Claimed] {
            let ports = TestPorts::default();
            let mut all = 0;
            for hour in 0..13 {
                let at = NOW + Duration::from_secs(hour * 3600);
                let sms = |nth| {
                    let account = account((hour * 100 + nth as u64).into());
                    ask(&ports, &phone("+1 555 123 4567"), standing(account), at)
                };
                let in_hour = sent(40, sms);
                assert!(in_hour <= 5, "{in_hour}");
                all += in_hour;
            }
            assert_eq!(all, 10);
            let at = NOW + Duration::from_secs(13 * 3600);
            let until_midnight = 1800;
            let refused = ask(&ports, &phone("+15551234567"), standing(account(9_999)), at);
            assert_eq!(refused, Err(until_midnight));
            let tomorrow = at + Duration::from_secs(until_midnight);
            assert_eq!(ask(&ports, &phone("+15551234567"), standing(account(9_999)), tomorrow), Ok(()));
        }
    }

    #[test]
    fn an_account_gets_no_more_by_changing_the_number() {
        for standing in [For::Proven as fn(Uuid) -> For, For::Claimed] {
            let ports = TestPorts::default();
            let numbers = |nth| ask(&ports, &phone(&format!("+1555123{nth:04}")), standing(account(1)), NOW);
            assert_eq!(sent(40, numbers), 5);
            let mails = |nth| ask(&ports, &email(&format!("a{nth}@example.com")), standing(account(1)), NOW);
            assert_eq!(sent(40, mails), 20, "channels are counted apart");
        }
    }

    #[test]
    fn strangers_use_up_nothing_of_the_owners() {
        let ports = TestPorts::default();
        let home = email("ann@example.com");
        assert_eq!(sent(100, |_| ask(&ports, &home, For::Anybody, NOW)), 20);
        for stranger in 2..20 {
            assert_eq!(sent(10, |_| ask(&ports, &home, For::Claimed(account(stranger)), NOW)), 0);
        }
        assert_eq!(ask(&ports, &home, For::Proven(account(1)), NOW), Ok(()));
    }

    #[test]
    fn an_account_that_has_had_its_share_takes_nothing_from_others() {
        let ports = TestPorts::default();
        let shared = phone("+15551234567");
        assert_eq!(sent(5, |_| ask(&ports, &phone("+15550000000"), For::Proven(account(1)), NOW)), 5);
        assert_eq!(sent(100, |_| ask(&ports, &shared, For::Proven(account(1)), NOW)), 0);
        assert_eq!(sent(9, |_| ask(&ports, &shared, For::Proven(account(2)), NOW)), 5);
    }

    #[test]
    fn what_an_hour_refuses_is_not_taken_from_the_day() {
        let ports = TestPorts::default();
        let next = NOW + Duration::from_secs(3600);
        let number = phone("+15551234567");
        assert_eq!(sent(100, |_| ask(&ports, &number, For::Anybody, NOW)), 5);
        assert_eq!(sent(100, |_| ask(&ports, &number, For::Anybody, next)), 5);
    }

    #[test]
    fn looking_takes_nothing_and_says_what_counting_would() {
        let ports = TestPorts::default();
        let number = phone("+15551234567");
        let look = |on_behalf| match check(&ports, &limits(), "p", &number, on_behalf, NOW) {
            Ok(()) => Ok(()),
            Err(Capped::Full { seconds }) => Err(seconds),
            Err(other) => panic!("{other:?}"),
        };
        for on_behalf in [For::Anybody, For::Proven(account(1)), For::News(account(1))] {
            for _ in 0..50 {
                assert_eq!(look(on_behalf), Ok(()));
            }
            assert_eq!(sent(5, |_| ask(&ports, &number, on_behalf, NOW)), 5);
            assert_eq!((look(on_behalf), ask(&ports, &number, on_behalf, NOW)), (Err(1800), Err(1800)));
        }
        let elsewhere = check(&ports, &limits(), "p", &phone("+49301234567"), For::Anybody, NOW);
        assert!(matches!(elsewhere, Err(Capped::Country)));
    }

    #[test]
    fn no_message_keeps_an_owner_from_the_news() {
        let ports = TestPorts::default();
        let home = email("ann@example.com");
        for on_behalf in [For::Anybody, For::Claimed(account(1)), For::Proven(account(1))] {
            sent(100, |_| ask(&ports, &home, on_behalf, NOW));
        }
        assert_eq!(sent(100, |_| ask(&ports, &home, For::News(account(1)), NOW)), 20);
    }

    #[test]
    fn tenants_are_counted_apart() {
        let ports = TestPorts::default();
        let home = email("ann@example.com");
        assert_eq!(sent(100, |_| ask(&ports, &home, For::Proven(account(1)), NOW)), 20);
        assert!(admit(&ports, &limits(), "q", &home, For::Proven(account(1)), NOW).is_ok());
    }

    #[test]
    fn an_sms_goes_to_listed_countries_only_and_asking_costs_nothing() {
        let ports = TestPorts::default();
        for number in ["+49301234567", "+88212345678", "+77012345678"] {
            let refused = admit(&ports, &limits(), "p", &phone(number), For::Anybody, NOW);
            assert!(matches!(refused, Err(Capped::Country)), "{number}");
        }
        assert_eq!(ports.store.operations(), 0);
        assert_eq!(ask(&ports, &phone("+442079460958"), For::Anybody, NOW), Ok(()));
    }

    #[test]
    fn a_count_that_fails_refuses_and_gives_nothing_back() {
        let number = phone("+15551234567");
        for fault in [Fault::Before, Fault::After] {
            for operation in 0..4 {
                let ports = TestPorts::default();
                ports.store.fail_after(operation, fault);
                let refused = admit(&ports, &limits(), "p", &number, For::Proven(account(1)), NOW);
                assert!(matches!(refused, Err(Capped::Failed(_))), "{operation}");
                let more = sent(10, |_| ask(&ports, &number, For::Proven(account(1)), NOW));
                let counted = fault == Fault::After || operation > 0;
                assert_eq!(more, if counted { 4 } else { 5 }, "{fault:?} {operation}");
            }
        }
    }

    #[test]
    fn no_key_holds_an_address_and_none_is_kept() {
        let ports = TestPorts::default();
        for to in [email("ann@example.com"), phone("+15551234567")] {
            for on_behalf in [For::Anybody, For::Claimed(account(1)), For::Proven(account(1))] {
                ask(&ports, &to, on_behalf, NOW).unwrap();
            }
        }
        let keys = ports.store.keys();
        assert!(!keys.is_empty());
        assert!(keys.iter().all(|key| !key.contains("ann") && !key.contains("5551234567")), "{keys:?}");
        ports.store.sweep(NOW.day().plus(1).end_seconds());
        assert_eq!(ports.store.keys(), Vec::<String>::new());
    }
}
