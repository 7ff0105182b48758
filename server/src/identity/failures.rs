//! Slowing down those who guess passwords.
//!
//! Failures are counted per user name and address together; and, with wider limits, per name, so that many machines cannot share the work on
//! one user, and per address, so that one machine cannot try one password on many users: of a name, the first failure alone counts for the
//! address, or a program with an old password would keep everybody behind it from signing in. From the fifth failure of a name from an address on,
//! or the twentieth of one of them alone, the next try has to wait 1, 2, 4 ... seconds from the last failure, at most five minutes: about 300
//! guesses a day. A quarter of an hour without a failure, and the count starts again. Tries made while waiting are refused unseen and not
//! counted: they would otherwise keep the wait alive for ever.
//!
//! **Nobody is locked out by a stranger.** On a device where a user has signed in before ([`device`](super::device)), tries are counted for that
//! device alone, from the fifth failure on: whatever others do, the right password gets its turn there. On a new device, who keeps guessing at
//! a name from many addresses makes its owner wait; sessions that are open go on, and a new password from an administrator lifts the wait.
//!
//! Names nobody has are counted like all others, so a wait does not tell whether a user exists.
//!
//! **What was no wrong password is no failure.** Where the server could not look at the password, or not keep what follows, the count is taken
//! back.
//!
//! **Guesses made at once.** A failure is counted before the password is looked at, and taken back by success: were it counted afterwards, a
//! thousand guesses sent at once would all find the same low count. An address cannot be treated so, for success must not take back the
//! failures of others behind the same address (with an account of one's own one could reset the count at will). Its failures are counted when
//! they have happened; until then its tries in flight stand for failures. Nor does success forget the failures of the name alone: only its own
//! is taken back.

use super::{names, token};
use crate::causes;
use crate::doors::household;
use crate::store::{Failures as Count, Store};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vigia_app::model::{ApiError, Timestamp};

/// Failures that cost nothing, of a name from an address or on a device.
const FREE: u32 = 5;
/// The same of a name, or an address, alone.
const FREE_ALONE: u32 = 20;
/// Longest wait, in seconds.
const LONGEST: i64 = 300;
/// Milliseconds without a failure after which counting starts again.
const FORGOTTEN: i64 = 15 * 60 * 1000;
/// Waits remembered as told; beyond that some are told twice.
const TOLD: usize = 10_000;

/// Counts failed tries and says who has to wait.
pub(super) struct Failures {
    store: Arc<dyn Store>,
    /// Held from reading a count to changing it.
    counting: tokio::sync::Mutex<()>,
    in_flight: Arc<Mutex<HashMap<String, u32>>>,
    /// The last failure of each key whose present wait is in the trail already.
    told: Mutex<HashMap<String, Timestamp>>,
}

/// A try that has to wait.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) seconds: i64,
    /// Whether it is the first one refused in this wait. Only that one goes to the trail, or the trail could be flooded.
    pub(super) first: bool,
}

/// A try that may go on. Where it is the first of its name from its address, the address is occupied until this is dropped.
pub(super) struct Try {
    /// Counted already. The first is forgotten with success: that of the device, or of the name from the address.
    counted: Vec<Counted>,
    /// The address for which it counts, should it fail.
    address: Option<Occupied>,
}

struct Counted {
    key: String,
    at: Timestamp,
    /// When the failure before it was.
    before: Timestamp,
}

struct Occupied {
    key: String,
    in_flight: Arc<Mutex<HashMap<String, u32>>>,
}

impl Failures {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, counting: tokio::sync::Mutex::default(), in_flight: Arc::default(), told: Mutex::default() }
    }

    /// Asks to try a password; `device` tells a device that the user has signed in on apart. Failures of the name are counted already when
    /// this says yes.
    pub(super) async fn begin(
        &self,
        username: &str,
        ip: Option<IpAddr>,
        device: Option<&str>,
        now: Timestamp,
    ) -> Result<Result<Try, Wait>, ApiError> {
        let name = name_key(username);
        let keys = match device {
            Some(device) => vec![(format!("device:{device}"), FREE)],
            None => vec![(format!("{name}|{}", ip.map(address_key).as_deref().unwrap_or("here")), FREE), (name, FREE_ALONE)],
        };
        let _counting = self.counting.lock().await;
        let mut before = Vec::with_capacity(keys.len());
        for (key, free) in keys {
            let count = self.count(&key, now).await?;
            if let Some(wait) = self.wait(&key, free, count, now) {
                return Ok(Err(wait));
            }
            before.push((key, free, count));
        }
        let mut address = None;
        if let Some(key) = ip.map(address_key).filter(|_| device.is_none()) {
            let count = self.count(&key, now).await?;
            if let Some(wait) = self.wait(&key, FREE_ALONE, count, now) {
                return Ok(Err(wait));
            }
            if before.first().is_some_and(|(.., count)| count.is_none()) {
                match Occupied::new(key, count.map_or(0, |count| count.count), &self.in_flight) {
                    Ok(occupied) => address = Some(occupied),
                    Err(wait) => return Ok(Err(wait)),
                }
            }
        }
        let mut counted = Vec::with_capacity(before.len());
        for (key, free, before) in before {
            let after = self.store.add_failure(&key, now).await?;
            // Another process on the same database counted in between: its try is the one that was free.
            let raced = after.count > before.map_or(0, |count| count.count) + 1;
            if raced && after.count > free {
                return Ok(Err(Wait { seconds: delay(after.count, free), first: false }));
            }
            counted.push(Counted { key, at: now, before: before.map_or(now, |count| count.last) });
        }
        Ok(Ok(Try { counted, address }))
    }

    /// The password was wrong.
    pub(super) async fn failed(&self, tried: Try, now: Timestamp) -> Result<(), ApiError> {
        let _counting = self.counting.lock().await;
        // Let go before counting goes on elsewhere, or this try would stand for two failures.
        let Try { address, .. } = tried;
        if let Some(address) = &address {
            self.store.add_failure(&address.key, now).await?;
        }
        Ok(())
    }

    /// The password was right.
    pub(super) async fn succeeded(&self, tried: Try) -> Result<(), ApiError> {
        let mut counted = tried.counted.into_iter();
        if let Some(first) = counted.next() {
            self.store.clear_failures(&first.key).await?;
        }
        for Counted { key, at, before } in counted {
            self.store.take_failure_back(&key, at, before).await?;
        }
        Ok(())
    }

    /// Whether the password was right could not be told, or nothing come of it: that was the server's failure.
    pub(super) async fn untold(&self, tried: Try) {
        let _counting = self.counting.lock().await;
        for Counted { key, at, before } in tried.counted {
            if let Err(error) = self.store.take_failure_back(&key, at, before).await {
                tracing::warn!(error = causes::chain(&error), "a failed sign-in that was none could not be taken back");
            }
        }
    }

    /// An administrator set a new password: what was guessed before no longer matters.
    pub(super) async fn forget(&self, username: &str) -> Result<(), ApiError> {
        self.store.clear_failures(&name_key(username)).await.map_err(ApiError::from)
    }

    /// A key's failures, forgotten where the last one is long ago, or in a future that a wrong clock made up.
    async fn count(&self, key: &str, now: Timestamp) -> Result<Option<Count>, ApiError> {
        let Some(count) = self.store.failures(key).await? else { return Ok(None) };
        if (now.millis() - count.last.millis()).abs() <= FORGOTTEN {
            return Ok(Some(count));
        }
        self.store.clear_failures(key).await?;
        Ok(None)
    }

    fn wait(&self, key: &str, free: u32, count: Option<Count>, now: Timestamp) -> Option<Wait> {
        let count = count.filter(|count| count.count >= free)?;
        let rest = count.last.millis() + delay(count.count, free) * 1000 - now.millis();
        if rest <= 0 {
            return None;
        }
        let mut told = lock(&self.told);
        if told.len() >= TOLD {
            told.clear();
        }
        let first = told.insert(key.to_owned(), count.last) != Some(count.last);
        Some(Wait { seconds: (rest + 999) / 1000, first })
    }
}

impl Occupied {
    /// Refuses a try when the address's tries in flight would, should they fail, use up what is free.
    fn new(key: String, failures: u32, in_flight: &Arc<Mutex<HashMap<String, u32>>>) -> Result<Self, Wait> {
        let mut tries = lock(in_flight);
        let mine = tries.get(&key).copied().unwrap_or(0);
        if mine > 0 && failures.saturating_add(mine) >= FREE_ALONE {
            return Err(Wait { seconds: 1, first: false });
        }
        tries.insert(key.clone(), mine + 1);
        Ok(Self { key, in_flight: in_flight.clone() })
    }
}

impl Drop for Occupied {
    fn drop(&mut self) {
        let mut tries = lock(&self.in_flight);
        match tries.get_mut(&self.key) {
            Some(mine) if *mine > 1 => *mine -= 1,
            _ => {
                tries.remove(&self.key);
            }
        }
    }
}

/// Seconds to wait from the last of so many failures, of which so many cost nothing.
fn delay(count: u32, free: u32) -> i64 {
    match count.checked_sub(free) {
        None => 0,
        Some(over) => 2_i64.checked_pow(over).map_or(LONGEST, |seconds| seconds.min(LONGEST)),
    }
}

/// What is not a user name may be a password typed into the wrong field; only its hash is kept.
fn name_key(username: &str) -> String {
    let username = username.to_ascii_lowercase();
    if names::is_user_name(&username) {
        format!("name:{username}")
    } else {
        format!("hash:{}", BASE64_URL_SAFE_NO_PAD.encode(token::hash(&username)))
    }
}

/// The count of a household. This machine's own address is one as any other: a proxy on it has to be named, and then says whose requests they are.
fn address_key(ip: IpAddr) -> String {
    match household(ip) {
        IpAddr::V4(ip) => format!("address:{ip}"),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("address:{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// The maps stay sound whatever panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_one_second_to_five_minutes() {
        assert_eq!([0, 4, 5, 6, 7, 13, 14, u32::MAX].map(|count| delay(count, FREE)), [0, 0, 1, 2, 4, 256, 300, 300]);
    }

    #[test]
    fn the_addresses_of_one_customer_count_as_one() {
        let key = |ip: &str| address_key(ip.parse().expect("an address"));
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
        assert_eq!(key("127.0.0.1"), key("::ffff:127.0.0.1"));
    }

    #[test]
    fn what_is_no_user_name_is_kept_as_a_hash() {
        assert_eq!(name_key("Ana.Lima"), "name:ana.lima");
        let key = name_key("my s3cret password!");
        assert!(key.starts_with("hash:") && !key.contains("s3cret"), "{key}");
    }
}
