//! `sessions import`: a file of rides entered straight into the database, step by step, at the machine's own console.
//!
//! *Invariant:* every row is recorded, known, or stands in the file of refused rows with the reason; that file is on the disk
//! before its window is called done.

use clap::{Args, Subcommand};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::paper::{self, ProgressLine};
use super::settings::SettingsFrom;
use super::{Exit, Failure};
use crate::clock;
use crate::model::{Caller, Moment, Operator, OperatorId};
use crate::plate::SeriesLetter;
use crate::registry::record::back_fill::{BackFill, Counts, Hands, Pace, Placed, Placer, Refused, Rows, RowsProblem};
use crate::registry::record::{RecordError, watermark};
use crate::registry::{Registry, access};
use crate::startup;
use crate::storage::{self, operators, series};
use crate::words::Language;

/// Rides.
#[derive(Debug, Subcommand)]
pub(super) enum Sessions {
    /// Enters the rides of a file straight into the database; the same file again changes nothing
    Import(Import),
}

/// A file of rides to be entered.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// CSV whose header names the fields of a report (`ride_id`, `device_id` or `plate`, `started_at`, `ended_at`, `start_lat`,
    /// `start_lng`, `end_lat`, `end_lng`, `kind`, `rider_handle`), or one report a line (NDJSON); - is standard input
    file: PathBuf,
    /// Whose rides they are: the operator's letter or its id [default: the only operator there is]
    #[arg(long, value_name = "LETTER-OR-ID")]
    operator: Option<String>,
    /// Where refused rows are written, with the reason [default: FILE.refused.csv]
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// Says that with this file everything up to an instant was reported
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    complete_until: Option<Moment>,
    /// Nobody else works on the registry meanwhile: larger steps, which keep others waiting for longer
    #[arg(long)]
    alone: bool,
    /// Prints the summary as one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: SettingsFrom,
}

fn instant(text: &str) -> Result<Moment, String> {
    Moment::parse(text).map_err(|problem| problem.to_string())
}

impl Sessions {
    /// Does it.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let Self::Import(import) = self;
        import.run()
    }
}

impl Import {
    fn run(self) -> Result<Exit, Failure> {
        let registry = startup::open(&self.settings.for_a_command()?)?.registry;
        let operator = self.whose(&registry)?;
        let caller = Caller { operator_id: Some(operator.id.clone()), ..access::console() };
        let mut rows = Rows::open(registry.rules.scheme, self.input()?).map_err(unreadable)?;
        let unread = rows.unread().join(", ");
        if !unread.is_empty() {
            paper::note(&format!("these columns are not read: {unread}"));
        }
        let pace = if self.alone { Pace::Alone } else { Pace::Considerate };
        let hands = Hands { now: clock::now, chance: clock::chance };
        let mut fill = BackFill::begin(&registry, hands, caller.clone(), rows.columns(), pace).map_err(failed)?;
        let mut refusals = Refusals::of(self.refused_file(), rows.columns());
        let (to_fill, windows) = sync_channel(1);
        let (size, mut placer) = (fill.window(), fill.placer());
        std::thread::scope(|scope| -> Result<(), Failure> {
            let reader = scope.spawn(move || read(&mut rows, size, &mut placer, &to_fill));
            let filled = enter(&windows, &mut fill, &mut refusals);
            // Whoever still reads finds nobody who takes it.
            drop(windows);
            let was_read = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            filled?;
            was_read
        })?;
        let counts = fill.end();
        if let Some(until) = self.complete_until {
            let now = clock::now();
            registry.store.write(|tx| watermark(tx, now, &mut clock::chance(), &caller, until)).map_err(failed)?;
        }
        self.tell(&operator, counts, &refusals)?;
        Ok(if counts.refused == 0 { Exit::Done } else { Exit::Wrong })
    }

    fn input(&self) -> Result<Box<dyn BufRead + Send>, Failure> {
        // Standard input cannot be locked for another thread, hence the buffer of our own.
        let input: Box<dyn Read + Send> = if self.file == Path::new("-") {
            Box::new(std::io::stdin())
        } else {
            let advice = format!("check that {} is there and may be read", self.file.display());
            Box::new(File::open(&self.file).map_err(|error| Failure::new(Exit::Failed, error, advice))?)
        };
        Ok(Box::new(BufReader::with_capacity(1 << 20, input)))
    }

    fn refused_file(&self) -> PathBuf {
        self.refused.clone().unwrap_or_else(|| {
            let stdin = self.file == Path::new("-");
            let mut name = if stdin { "sessions".into() } else { self.file.clone().into_os_string() };
            name.push(".refused.csv");
            PathBuf::from(name)
        })
    }

    /// Finds whose rides they are.
    fn whose(&self, registry: &Registry) -> Result<Operator, Failure> {
        let found = registry.store.read(|db| -> storage::Result<_> {
            let Some(named) = &self.operator else {
                let all = operators::list(db, None, None, 2)?;
                return Ok(<[Operator; 1]>::try_from(all).ok().map(|[only]| only));
            };
            let letter = SeriesLetter::parse(named).ok();
            let of_letter = letter.map(|letter| series::find(db, letter)).transpose()?.flatten();
            let id = of_letter.map_or_else(|| OperatorId::from_text(named), |series| series.operator_id);
            operators::find(db, &id)
        })?;
        found.ok_or_else(|| {
            let wrong = match &self.operator {
                Some(named) => format!("there is no operator {named}"),
                None => "there is not exactly one operator".to_owned(),
            };
            Failure::new(Exit::Usage, wrong, "name the operator: --operator LETTER-OR-ID (see `operator list`)")
        })
    }

    fn tell(&self, operator: &Operator, counts: Counts, refusals: &Refusals) -> Result<(), Failure> {
        let Counts { recorded, repeated, versioned, refused } = counts;
        let total = recorded + repeated + versioned + refused;
        let file = (refused > 0).then(|| refusals.path.display().to_string());
        if self.json {
            let summary = serde_json::json!({"sessions": {"operator": operator.id.as_str(), "total": total,
                "recorded": recorded, "repeated": repeated, "versioned": versioned, "refused": refused,
                "refused_file": file}});
            return paper::say(&summary.to_string());
        }
        paper::say(&format!(
            "{total} rides: {recorded} recorded, {repeated} repeated, {versioned} versioned, {refused} refused"
        ))?;
        if let Some(file) = file {
            paper::note(&format!("the refused rows stand in {file}: correct them there and import that file"));
        }
        Ok(())
    }
}

/// Reads the file into windows and places their rows, ahead of who enters them.
fn read<R: BufRead>(
    rows: &mut Rows<R>,
    size: usize,
    placer: &mut Placer<'_>,
    to: &SyncSender<Placed>,
) -> Result<(), Failure> {
    loop {
        let mut window = Vec::with_capacity(size);
        while window.len() < size {
            match rows.next_row().map_err(unreadable)? {
                Some(row) => window.push(row),
                None => break,
            }
        }
        // An error of the receiver: it failed, and says so itself.
        if window.is_empty() || to.send(placer.place(window).map_err(failed)?).is_err() {
            return Ok(());
        }
    }
}

fn enter<R: rand::Rng>(
    windows: &Receiver<Placed>,
    fill: &mut BackFill<'_, R>,
    refusals: &mut Refusals,
) -> Result<(), Failure> {
    let mut progress = ProgressLine::new();
    for window in windows {
        let refused = fill.take(window).map_err(failed)?;
        refusals.write(&refused).map_err(|error| {
            Failure::new(Exit::Failed, error, format!("see whether {} can be written", refusals.path.display()))
        })?;
        let Counts { recorded, repeated, versioned, refused } = fill.counts();
        let done = recorded + repeated + versioned + refused;
        progress.show(&format!("{done} rides: {recorded} recorded, {repeated} repeated, {refused} refused…"));
    }
    Ok(())
}

fn unreadable(problem: RowsProblem) -> Failure {
    Failure::new(Exit::Wrong, problem, "correct the file and import it again; what was taken in is only repeated")
}

fn failed(error: RecordError) -> Failure {
    match error {
        RecordError::Storage(error) => error.into(),
        RecordError::InFuture => Failure::new(Exit::Wrong, error, "name an instant that has come"),
        other => Failure::new(Exit::Failed, other, "run `scooter-registry doctor`"),
    }
}

/// The file of refused rows, which begins with the first of them.
struct Refusals {
    path: PathBuf,
    columns: Vec<String>,
    file: Option<csv::Writer<BufWriter<File>>>,
}

impl Refusals {
    fn of(path: PathBuf, columns: &[String]) -> Self {
        Self { path, columns: columns.to_vec(), file: None }
    }

    /// Writes rows as they came, with line, code and reason after them.
    fn write(&mut self, refused: &[Refused]) -> std::io::Result<()> {
        if refused.is_empty() {
            return Ok(());
        }
        if self.file.is_none() {
            // Rows may have more cells or fewer than the header.
            let file = BufWriter::new(File::create(&self.path)?);
            let mut file = csv::WriterBuilder::new().flexible(true).from_writer(file);
            file.write_record(self.columns.iter().map(String::as_str).chain(["line", "code", "problem"]))?;
            self.file = Some(file);
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        for row in refused {
            let (line, problem) = (row.line.to_string(), row.problem.text(Language::En));
            let reason = [line.as_bytes(), row.problem.code().as_bytes(), problem.as_bytes()];
            let missing = self.columns.len().saturating_sub(row.cells.len());
            let cells = row.cells.iter().map(Vec::as_slice).chain(std::iter::repeat_n(&b""[..], missing));
            file.write_record(cells.chain(reason))?;
        }
        file.flush()?;
        file.get_ref().get_ref().sync_data()
    }
}
