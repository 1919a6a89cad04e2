//! `Prefer: wait=N` (RFC 7240): how long a caller would rather wait than ask again.
//!
//! *Invariant:* what cannot be read is passed over, as the RFC demands; nobody waits longer than two minutes.

use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::rt::time::sleep;
use std::time::Duration;

use super::problem::Problem;
use crate::clock;

/// Says which preference was followed (RFC 7240, section 3).
pub(crate) const APPLIED: HeaderName = HeaderName::from_static("preference-applied");
const MOST_SECONDS: u64 = 120;
/// How long until work is looked at for the first time, and at most between two looks.
const FIRST_LOOK: Duration = Duration::from_millis(10);
const SLOWEST_LOOK: Duration = Duration::from_millis(400);

/// Returns how long the caller would wait; the first `wait` that stands there counts.
#[must_use]
pub(crate) fn wait(headers: &HeaderMap) -> Option<Duration> {
    let stated = headers.get_all("prefer").filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let mut waits = stated.filter_map(|preference| {
        let preference = preference.split(';').next()?;
        let (name, value) = preference.split_once('=')?;
        let seconds = value.trim().trim_matches('"').parse::<u64>().ok()?;
        name.trim().eq_ignore_ascii_case("wait").then(|| Duration::from_secs(seconds.min(MOST_SECONDS)))
    });
    waits.next()
}

/// Looks at work, ever more rarely, until it has ended or the caller has waited long enough; returns what was seen last.
///
/// # Errors
/// Those of looking.
pub(crate) async fn until<T>(
    has_ended: impl Fn(&T) -> bool,
    wait: Option<Duration>,
    look: impl AsyncFn() -> Result<T, Problem>,
) -> Result<T, Problem> {
    let began = clock::now().as_millis();
    let most = i64::try_from(wait.unwrap_or_default().as_millis()).unwrap_or(i64::MAX);
    let mut pause = FIRST_LOOK;
    loop {
        let seen = look().await?;
        if has_ended(&seen) || clock::now().as_millis().saturating_sub(began) >= most {
            return Ok(seen);
        }
        sleep(pause).await;
        pause = pause.saturating_mul(2).min(SLOWEST_LOOK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn stated(value: &'static str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("prefer"), HeaderValue::from_static(value));
        wait(&headers)
    }

    #[test]
    fn a_wait_is_found_among_other_preferences() {
        assert_eq!(stated("wait=10"), Some(Duration::from_secs(10)));
        assert_eq!(stated("respond-async, Wait = \"5\"; foo=bar"), Some(Duration::from_secs(5)));
        assert_eq!(stated("respond-async"), None);
        assert_eq!(stated("wait=soon"), None);
        assert_eq!(wait(&HeaderMap::new()), None);
    }

    #[test]
    fn nobody_waits_longer_than_two_minutes() {
        assert_eq!(stated("wait=3600"), Some(Duration::from_mins(2)));
    }
}
