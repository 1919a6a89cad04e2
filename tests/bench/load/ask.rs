//! The connections: each asks, reads the whole answer, and asks again.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use scooter_registry::plate::PlateNumber;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::orders::{Orders, Pair};
use crate::tally::Tally;

/// What all connections share; they run on one thread.
struct Run {
    orders: Arc<Orders>,
    paths: Vec<String>,
    began: Instant,
    next: Cell<u64>,
    tally: RefCell<Tally>,
}

/// Lets all connections ask until the time is over.
pub(crate) async fn all(orders: Arc<Orders>) -> Tally {
    let journal =
        orders.journal.as_ref().map(|path| std::io::BufWriter::new(std::fs::File::create(path).expect("a journal")));
    let paths = orders.public.as_ref().map(|file| {
        let text = std::fs::read_to_string(file).expect("a file of paths");
        text.lines().map(ToOwned::to_owned).collect()
    });
    let run = Rc::new(Run {
        orders: Arc::clone(&orders),
        paths: paths.unwrap_or_default(),
        began: Instant::now(),
        next: Cell::new(0),
        tally: RefCell::new(Tally { journal, ..Tally::default() }),
    });
    let asking: Vec<_> =
        (0..orders.connections).map(|place| tokio::task::spawn_local(connection(Rc::clone(&run), place))).collect();
    for one in asking {
        one.await.expect("a connection that ends");
    }
    let mut tally = run.tally.take();
    tally.seconds = run.began.elapsed().as_secs_f64();
    tally
}

impl Run {
    /// When the next question is due; `None` once it is over.
    fn due(&self) -> Option<Instant> {
        let number = self.next.get();
        self.next.set(number + 1);
        let end = self.began + Duration::from_secs_f64(self.orders.seconds);
        let due = match self.orders.rate {
            Some(rate) => self.began + Duration::from_secs_f64(number as f64 / rate),
            None => Instant::now(),
        };
        (due < end && number < self.orders.questions).then_some(due)
    }

    fn request(&self, rng: &mut StdRng) -> String {
        if !self.paths.is_empty() {
            let path = &self.paths[rng.random_range(0..self.paths.len())];
            return format!("GET {path} HTTP/1.1\r\nHost: registry\r\n\r\n");
        }
        let orders = &self.orders;
        let letter = orders.letters[rng.random_range(0..orders.letters.len())];
        let text = format!("{letter}{:05}", rng.random_range(1..=orders.serials));
        let with_pair = match orders.pair {
            Pair::Always => true,
            Pair::Half => rng.random(),
            Pair::Never => false,
        };
        let plate = if with_pair { number(&text).machine_form() } else { text };
        let at =
            chrono::DateTime::from_timestamp_millis(rng.random_range(orders.from..=orders.to)).expect("an instant");
        let body = format!(
            r#"{{"plate":"{plate}","at":"{}","purpose":"hit_and_run","case_number":"2026-{:06}"}}"#,
            at.to_rfc3339(),
            rng.random_range(1..999_999)
        );
        format!(
            "POST /v1/lookups HTTP/1.1\r\nHost: registry\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            orders.key,
            body.len()
        )
    }
}

fn number(text: &str) -> PlateNumber {
    PlateNumber::parse(text).expect("a number")
}

async fn connection(run: Rc<Run>, place: usize) {
    let mut rng = StdRng::seed_from_u64(2_026 + place as u64);
    let mut stream = None;
    let mut buffer = Vec::with_capacity(16 * 1024);
    while let Some(due) = run.due() {
        tokio::time::sleep_until(due.into()).await;
        if stream.is_none() {
            stream = TcpStream::connect(&run.orders.address).await.ok();
            if let Some(stream) = &stream {
                let _slower = stream.set_nodelay(true);
            }
        }
        let request = run.request(&mut rng);
        let answer = match &mut stream {
            Some(open) => exchange(open, request.as_bytes(), &mut buffer).await,
            None => None,
        };
        let took = due.elapsed();
        if let Some((status, body)) = answer {
            note(&run, status, body, took);
        } else {
            run.tally.borrow_mut().broken += 1;
            stream = None;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn note(run: &Run, status: u16, body: &[u8], took: Duration) {
    let mut tally = run.tally.borrow_mut();
    *tally.by_status.entry(status).or_default() += 1;
    if status != 200 {
        return;
    }
    tally.micros.push(took.as_micros() as u32);
    if run.paths.is_empty() && (tally.journal.is_some() || tally.micros.len() % 64 == 1) {
        let answer: serde_json::Value = serde_json::from_slice(body).expect("an answer in JSON");
        let lookup = &answer["lookup"];
        let verdict = lookup["verdict"].as_str().expect("a verdict").to_owned();
        *tally.by_verdict.entry(verdict).or_default() += 1;
        let (id, index) =
            (lookup["id"].as_str().expect("an id"), lookup["receipt"]["index"].as_u64().expect("a receipt"));
        tally.note(&format!("{id}\t{index}"));
    }
}

/// Sends a request and reads its answer whole; `None` where the connection ended before that.
async fn exchange<'a>(stream: &mut TcpStream, request: &[u8], buffer: &'a mut Vec<u8>) -> Option<(u16, &'a [u8])> {
    stream.write_all(request).await.ok()?;
    buffer.clear();
    let (status, start, length) = loop {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = std::str::from_utf8(&buffer[..end]).ok()?.to_ascii_lowercase();
            let status = head.get(9..12)?.parse().ok()?;
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length: "))?.trim().parse::<usize>().ok()?;
            break (status, end + 4, length);
        }
    };
    while buffer.len() < start + length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    Some((status, &buffer[start..start + length]))
}
