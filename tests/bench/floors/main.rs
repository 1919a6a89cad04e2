//! How fast the pure floors are: `cargo bench --bench floors` tells fastest, slowest, median and mean of each.
//!
//! The bar of the design (7.3): candidates for a reading with two unknown characters among two million issued numbers in 5 ms.
//!
//! *Invariant:* every round has an input of its own, drawn from a fixed seed: nothing is answered from the round before.
#![allow(clippy::unwrap_used, reason = "a measurement: it ends where something is wrong")]

use std::cell::RefCell;

use divan::{Bencher, black_box};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use scooter_registry::model::{
    DeviceId, Moment, OperatorId, Pace, Place, Purpose, RideId, RideKind, RideSession, Seen, Stand, StandFrom, Traces,
    VehicleId, Window, fit, spread,
};
use scooter_registry::plate::sparse::{Codeword, Shuffle};
use scooter_registry::plate::{
    Issued, KZ_158, PlateNumber, Ranked, SPARSE_19, Scheme, SeriesLetter, Sight, candidates, reading, recall,
};

const SEED: u64 = 158;
/// As many candidates as a lookup weighs.
const MOST: usize = 2_000;
const NOON: Moment = Moment::from_millis(1_783_400_400_000);
const TOWN: Place = Place { lat: 43.24, lng: 76.92 };

fn main() {
    divan::main();
}

/// Two million numbers.
enum TwoMillion {
    /// The serials up to 76 923 of all letters.
    Lettered,
    /// The first serials under a key.
    Shuffled(Shuffle),
}

impl TwoMillion {
    const A_LETTER: u32 = 76_923;
    const SERIALS: u32 = 2_000_000;

    fn shuffled() -> Self {
        Self::Shuffled(Shuffle::new(&[19; 32]))
    }

    const fn scheme(&self) -> Scheme {
        match self {
            Self::Lettered => KZ_158,
            Self::Shuffled(_) => SPARSE_19,
        }
    }

    fn any(&self, rng: &mut StdRng) -> PlateNumber {
        match self {
            Self::Lettered => {
                let letter = SeriesLetter::all().nth(rng.random_range(0..26)).unwrap();
                PlateNumber::of(letter, rng.random_range(1..=Self::A_LETTER)).unwrap()
            }
            Self::Shuffled(shuffle) => {
                let payload = shuffle.payload(rng.random_range(0..Self::SERIALS)).unwrap();
                PlateNumber::parse(&Codeword::of_payload(payload).unwrap().to_string()).unwrap()
            }
        }
    }
}

impl Issued for TwoMillion {
    fn is_issued(&self, number: PlateNumber) -> bool {
        match self {
            Self::Lettered => number.serial().is_some_and(|serial| serial <= Self::A_LETTER),
            Self::Shuffled(shuffle) => {
                let serial = number.codeword().and_then(|word| shuffle.serial(word.payload()));
                serial.is_some_and(|serial| serial < Self::SERIALS)
            }
        }
    }

    fn count(&self) -> u32 {
        Self::SERIALS
    }
}

/// Returns the text with two characters unreadable, the first `spared` not among them.
fn with_two_unknown(text: &str, spared: usize, rng: &mut StdRng) -> String {
    let length = text.chars().count();
    let one = rng.random_range(spared..length);
    let other = spared + (one - spared + rng.random_range(1..length - spared)) % (length - spared);
    let hidden = |(place, character)| if place == one || place == other { '?' } else { character };
    text.chars().enumerate().map(hidden).collect()
}

/// What a lookup does with a text that was badly seen.
fn ranked(issued: &TwoMillion, text: &str) -> Ranked {
    candidates(&recall(issued.scheme(), text).unwrap(), Sight::Poor, issued, MOST).unwrap()
}

/// Measures what `of` does with texts that `draw` makes.
fn with_texts<A>(bencher: Bencher<'_, '_>, draw: impl Fn(&mut StdRng) -> String, of: impl Fn(&str) -> A) {
    let rng = RefCell::new(StdRng::seed_from_u64(SEED));
    bencher.with_inputs(|| draw(&mut rng.borrow_mut())).bench_local_refs(|text| of(text));
}

#[divan::bench]
fn control_pair_of_a_number(bencher: Bencher<'_, '_>) {
    let rng = RefCell::new(StdRng::seed_from_u64(SEED));
    let any = || TwoMillion::Lettered.any(&mut rng.borrow_mut());
    bencher.with_inputs(any).bench_local_refs(|number| number.control());
}

#[divan::bench]
fn read_a_number_with_its_pair(bencher: Bencher<'_, '_>) {
    with_texts(
        bencher,
        |rng| TwoMillion::Lettered.any(rng).human_form().to_lowercase(),
        |text| reading::read(KZ_158, text).unwrap(),
    );
}

/// Both by shape and by sound of Cyrillic letters, with characters that cannot stand where they are.
#[divan::bench]
fn read_a_number_typed_in_cyrillic(bencher: Bencher<'_, '_>) {
    let typed = |rng: &mut StdRng| format!("Н {:05} ", rng.random_range(1..99_999)).replace('0', "О").replace('3', "З");
    with_texts(bencher, typed, |text| reading::read(KZ_158, text).unwrap());
}

#[divan::bench]
fn rank_two_unknown_of_sparse_19_among_two_million(bencher: Bencher<'_, '_>) {
    let issued = TwoMillion::shuffled();
    with_texts(bencher, |rng| with_two_unknown(&issued.any(rng).to_string(), 0, rng), |text| ranked(&issued, text));
}

/// Without the pair a hundred numbers fit.
#[divan::bench]
fn rank_two_unknown_digits_of_kz_158_among_two_million(bencher: Bencher<'_, '_>) {
    let issued = TwoMillion::Lettered;
    with_texts(bencher, |rng| with_two_unknown(&issued.any(rng).to_string(), 1, rng), |text| ranked(&issued, text));
}

#[divan::bench]
fn rank_two_unknown_of_kz_158_with_its_pair_among_two_million(bencher: Bencher<'_, '_>) {
    let issued = TwoMillion::Lettered;
    with_texts(bencher, |rng| with_two_unknown(&issued.any(rng).machine_form(), 0, rng), |text| ranked(&issued, text));
}

/// All was read, and the pair contradicts it.
#[divan::bench]
fn rank_a_misread_number_with_its_pair_among_two_million(bencher: Bencher<'_, '_>) {
    let issued = TwoMillion::Lettered;
    let misread = |rng: &mut StdRng| {
        let pair = issued.any(rng).control_text();
        format!("{} {pair}", issued.any(rng))
    };
    with_texts(bencher, misread, |text| ranked(&issued, text));
}

/// Somewhere in a square of so many kilometres about the town.
fn anywhere(kilometres: f64, rng: &mut StdRng) -> Place {
    let mut degrees = || rng.random_range(-0.5..0.5) * kilometres / 111.2;
    Place { lat: TOWN.lat + degrees(), lng: TOWN.lng + degrees() / TOWN.lat.to_radians().cos() }
}

/// Consecutive numbers strewn over a town of so many kilometres each way; within 50 metres, as if nothing else is asked for.
#[divan::bench(args = [2, 10])]
fn spread_of_20_000_scooters(bencher: Bencher<'_, '_>, kilometres: u32) {
    let mut rng = StdRng::seed_from_u64(SEED);
    let letter = SeriesLetter::parse("K").unwrap();
    let stand = |serial: u32| Stand {
        number: PlateNumber::of(letter, serial).unwrap(),
        device_id: DeviceId::parse(&format!("k-{serial}")).unwrap(),
        place: anywhere(f64::from(kilometres), &mut rng),
        at: NOON,
        from: StandFrom::RideEnd,
    };
    let stands: Vec<Stand> = (1..=20_000).map(stand).collect();
    bencher.bench_local(|| spread(black_box(&stands), 50.0));
}

/// One ride each, which began and ended somewhere and touches the window.
#[divan::bench]
fn fit_of_2_000_candidates_to_time_and_place(bencher: Bencher<'_, '_>) {
    let mut rng = StdRng::seed_from_u64(SEED);
    let ride = |vehicle: i64| {
        let began = rng.random_range(-1_500..-100);
        RideSession {
            vehicle_id: VehicleId(vehicle),
            operator_id: OperatorId::from_text("qala"),
            ride_id: RideId::parse("ride").unwrap(),
            version: 1,
            started_at: NOON.plus_seconds(began),
            ended_at: Some(NOON.plus_seconds(began + rng.random_range(300..1_800))),
            start: Some(anywhere(6.0, &mut rng)),
            end: Some(anywhere(6.0, &mut rng)),
            kind: RideKind::Rider,
            received_at: NOON,
            superseded_at: None,
            completes: false,
        }
    };
    let rides: Vec<RideSession> = (0..2_000).map(ride).collect();
    let seen =
        Seen { window: Window { at: NOON, tolerance: 300 }, near: Some((TOWN, 300.0)), purpose: Purpose::HitAndRun };
    let pace = Pace { fastest: 30.0 / 3.6, place_error_m: 50.0, parked_scale_m: 200.0, town_radius_m: 10_000.0 };
    bencher.bench_local(|| {
        let of_ride = |ride: &RideSession| {
            let rides = std::slice::from_ref(ride);
            let traces =
                Traces { rides, before: None, after: None, fixes: &[], complete: true, max_ride_s: 24 * 3_600 };
            fit(seen, pace, traces).weight
        };
        black_box(&rides).iter().map(of_ride).sum::<f64>()
    });
}
