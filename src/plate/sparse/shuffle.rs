//! The keyed permutation of serials: consecutive scooters bear numbers that have nothing in common, and nobody without the key
//! tells from one number which others exist.
//!
//! A serial below 19⁵ goes through a Feistel network on 22 bits, twice 11 (Luby and Rackoff 1988), with ten rounds as FF1 of
//! NIST SP 800-38G has; what comes out at 19⁵ or above goes through again until it lies below. That walk stays on the cycle of
//! the larger permutation, so that it is one of the smaller set (Black and Rogaway, "Ciphers with Arbitrary Finite Domains",
//! CT-RSA 2002); on average it takes 1.7 turns. A round has 2048 inputs only: its values are taken from HMAC-SHA-256 (RFC 2104)
//! once, and looked up from then on.
//!
//! *Invariant:* a bijection of 0 to 19⁵ - 1 onto itself, the same for the same key in every process.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::codeword::CAPACITY;

const ROUNDS: usize = 10;
const HALF_BITS: u32 = 11;
const HALF: usize = 1 << HALF_BITS;
const HALF_MASK: u32 = (1 << HALF_BITS) - 1;
/// Values of a round that one code yields: 32 bytes, two for each.
const A_CODE: usize = 16;
/// What a code is computed over begins with this; another use of the key would begin otherwise.
const ROUND_DOMAIN: &[u8] = b"scooter-registry sparse-19 round 1";
const FINGERPRINT_DOMAIN: &[u8] = b"scooter-registry sparse-19 key fingerprint 1";

/// The permutation under one key.
#[derive(Clone)]
pub struct Shuffle {
    rounds: Vec<[u16; HALF]>,
    fingerprint: [u8; 32],
}

impl Shuffle {
    /// Computes the permutation of a key.
    ///
    /// ```
    /// use scooter_registry::plate::sparse::{CAPACITY, Shuffle};
    ///
    /// let shuffle = Shuffle::new(&[7; 32]);
    /// let payload = shuffle.payload(4_271).expect("it is below the capacity");
    /// assert_eq!(shuffle.serial(payload), Some(4_271));
    /// assert_eq!(shuffle.payload(CAPACITY), None);
    /// ```
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        let rounds = (0_u8..).take(ROUNDS).map(|round| {
            let mut values = [0; HALF];
            for (block, chunk) in (0_u8..).zip(values.chunks_mut(A_CODE)) {
                let code = code(key, ROUND_DOMAIN, &[round, block]);
                for (value, bytes) in chunk.iter_mut().zip(code.chunks_exact(2)) {
                    let bytes = <[u8; 2]>::try_from(bytes).unwrap_or_default();
                    *value = u16::from_be_bytes(bytes) >> (16 - HALF_BITS);
                }
            }
            values
        });
        Self { rounds: rounds.collect(), fingerprint: code(key, FINGERPRINT_DOMAIN, &[]) }
    }

    /// Returns 32 bytes by which the key is known again, and from which nobody gets it back.
    #[must_use]
    pub const fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// Returns what the number with this serial carries, or `None` at 19⁵ or above.
    #[must_use]
    pub fn payload(&self, serial: u32) -> Option<u32> {
        self.walk(serial, |left, right| {
            self.rounds.iter().fold((left, right), |(left, right), round| (right, left ^ of(round, right)))
        })
    }

    /// Returns the serial of the number that carries this, or `None` at 19⁵ or above.
    #[must_use]
    pub fn serial(&self, payload: u32) -> Option<u32> {
        self.walk(payload, |left, right| {
            self.rounds.iter().rev().fold((left, right), |(left, right), round| (right ^ of(round, left), left))
        })
    }

    /// Goes on until what comes out is below the capacity; it does, for the cycle leads back to where it began.
    #[allow(clippy::unused_self, reason = "reads as a step of the permutation")]
    fn walk(&self, from: u32, turn: impl Fn(u32, u32) -> (u32, u32)) -> Option<u32> {
        if from >= CAPACITY {
            return None;
        }
        let mut value = from;
        loop {
            let (left, right) = turn(value >> HALF_BITS, value & HALF_MASK);
            value = left << HALF_BITS | right;
            if value < CAPACITY {
                return Some(value);
            }
        }
    }
}

impl fmt::Debug for Shuffle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Shuffle(..)")
    }
}

fn of(round: &[u16; HALF], input: u32) -> u32 {
    let place = usize::try_from(input).unwrap_or_default();
    round.get(place).copied().map(u32::from).unwrap_or_default()
}

fn code(key: &[u8; 32], domain: &[u8], input: &[u8]) -> [u8; 32] {
    // RFC 2104 section 2 fills a short key with zeros to the block of 64 bytes; done here, the length cannot be wrong.
    let mut block = [0_u8; 64];
    for (place, byte) in block.iter_mut().zip(key) {
        *place = *byte;
    }
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(domain);
    mac.update(input);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_serials_together_give_every_payload_once() {
        let shuffle = Shuffle::new(&[3; 32]);
        let mut seen = vec![false; usize::try_from(CAPACITY).unwrap()];
        for serial in 0..CAPACITY {
            let payload = shuffle.payload(serial).unwrap();
            let place = &mut seen[usize::try_from(payload).unwrap()];
            assert!(!*place, "{serial} gives {payload}, which another one gave");
            *place = true;
        }
        assert!(seen.into_iter().all(|seen| seen));
    }

    #[test]
    fn neighbours_are_strewn_over_the_whole_range() {
        let shuffle = Shuffle::new(&[9; 32]);
        let payloads: Vec<_> = (0..10_000).map(|serial| shuffle.payload(serial).unwrap()).collect();
        let near = payloads.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) < CAPACITY / 100).count();
        // Of two numbers drawn by chance about 2 % are so near; 200 of 10 000, with a deviation of 14.
        assert!((120..280).contains(&near), "{near}");
        let low = payloads.iter().filter(|payload| **payload < CAPACITY / 2).count();
        assert!((4_700..5_300).contains(&low), "{low}");
    }

    #[test]
    fn a_key_always_means_the_same_permutation_and_another_key_another() {
        let [one, other] = [[1; 32], [2; 32]].map(|key| Shuffle::new(&key));
        // A registry's numbers are made of metal: these values never change.
        assert_eq!(
            [0, 1, 2, CAPACITY - 1].map(|serial| one.payload(serial).unwrap()),
            [2_410_711, 1_918_223, 897_440, 466_965]
        );
        assert!((0..100).any(|serial| one.payload(serial) != other.payload(serial)));
        assert_ne!(one.fingerprint(), other.fingerprint());
        assert_eq!(format!("{one:?}"), "Shuffle(..)");
    }

    proptest! {
        #[test]
        fn a_serial_comes_back(key in any::<[u8; 32]>(), serials in prop::collection::vec(0..CAPACITY, 64)) {
            let shuffle = Shuffle::new(&key);
            for serial in serials {
                prop_assert_eq!(shuffle.serial(shuffle.payload(serial).unwrap()), Some(serial));
                prop_assert_eq!(shuffle.payload(shuffle.serial(serial).unwrap()), Some(serial));
            }
        }
    }
}
