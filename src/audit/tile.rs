//! The tree in tiles: C2SP `tlog-tiles`, the form in which anyone can mirror the log.
//!
//! *Invariant:* a tile is named by its path and never changes once full; nothing here decides who may read what.
//!
//! A tile holds up to 256 neighbouring hashes of every eighth level. Whoever has the tiles of a log can build every
//! proof about it without asking the log a question that would reveal what they are after.

use std::fmt;

use thiserror::Error;

use super::checkpoint::decimal;
use super::compact::join;
use super::tree::{Hash, Subtree};

/// The number of hashes in a full tile, and of entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// The levels of the tree that one tile spans.
const TILE_HEIGHT: u32 = 8;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TileKind {
    /// Hashes: of leaves at level 0, of full tiles of the level below at the others (0 to 63).
    Hashes(u8),
    /// The entries themselves, each with its length before it.
    Entries,
}

impl TileKind {
    /// Returns the height above the leaves at which one item of such a tile stands.
    fn height(self) -> u32 {
        match self {
            Self::Hashes(level) => u32::from(level) * TILE_HEIGHT,
            Self::Entries => 0,
        }
    }
}

/// The name of one tile or entry bundle: what, the how-manieth, and how wide.
///
/// ```
/// use scooter_registry::audit::{Tile, TileKind};
///
/// let tile = Tile::at(TileKind::Hashes(0), 273, 70_000).unwrap();
/// assert_eq!(tile.path(), "tile/0/273.p/112");
/// assert_eq!(Tile::parse("tile/0/x001/x234/067").unwrap().index(), 1_234_067);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tile {
    kind: TileKind,
    index: u64,
    width: u16,
}

impl Tile {
    /// Returns the tile at an index as a tree of `size` leaves has it, full or partial, or nothing if it has none there.
    #[must_use]
    pub fn at(kind: TileKind, index: u64, size: u64) -> Option<Self> {
        let items = size.checked_shr(kind.height())?;
        let before = index.checked_mul(u64::from(TILE_WIDTH))?;
        let width = items.checked_sub(before)?.min(u64::from(TILE_WIDTH));
        let width = u16::try_from(width).ok().filter(|width| *width > 0)?;
        Some(Self { kind, index, width })
    }

    /// Returns the tile that a path names, such as `tile/0/x001/x234/067` or `tile/entries/000.p/17`.
    ///
    /// # Errors
    /// [`TileProblem::Path`] for any other text: every tile has one path.
    pub fn parse(path: &str) -> Result<Self, TileProblem> {
        Self::read(path).filter(|tile| tile.path() == path).ok_or(TileProblem::Path)
    }

    fn read(path: &str) -> Option<Self> {
        let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes(u8::try_from(decimal(level)?).ok().filter(|level| *level < 64)?),
        };
        let (groups, width) = match rest.split_once(".p/") {
            None => (rest, TILE_WIDTH),
            Some((groups, width)) => {
                let width = u16::try_from(decimal(width)?).ok()?;
                (groups, Some(width).filter(|width| (1..TILE_WIDTH).contains(width))?)
            }
        };
        let index = groups.split('/').try_fold(0_u64, |index, group| {
            let digits = group.strip_prefix('x').unwrap_or(group);
            index.checked_mul(1000)?.checked_add(digits.parse::<u16>().ok().map(u64::from)?)
        })?;
        // The path is compared as a whole afterwards, which settles zeros, signs and the place of every `x`.
        Some(Self { kind, index, width })
    }

    /// Returns the path below the prefix of the log, in groups of three digits, all but the last after an `x`.
    #[must_use]
    pub fn path(&self) -> String {
        self.to_string()
    }

    /// Returns what the tile holds.
    #[must_use]
    pub const fn kind(&self) -> TileKind {
        self.kind
    }

    /// Returns the number of tiles of the same kind to its left.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Returns the number of hashes or entries in it, 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Returns whether a tree of `size` leaves has all that this tile holds.
    #[must_use]
    pub fn is_within(&self, size: u64) -> bool {
        Self::at(self.kind, self.index, size).is_some_and(|existing| existing.width >= self.width)
    }

    /// Returns the full subtrees whose hashes the tile holds, from left to right.
    ///
    /// For entries they are the leaves themselves. Nothing, if they would be numbered beyond 64 bits.
    #[must_use]
    pub fn subtrees(&self) -> Option<Vec<Subtree>> {
        let first = self.index.checked_mul(u64::from(TILE_WIDTH))?;
        (0..u64::from(self.width)).map(|place| Subtree::new(self.kind.height(), first.checked_add(place)?)).collect()
    }

    /// Returns the half-open range of leaf indexes below the tile, or nothing if there can be no such leaves.
    #[must_use]
    pub fn leaves(&self) -> Option<std::ops::Range<u64>> {
        let subtrees = self.subtrees()?;
        Some(subtrees.first()?.leaves().start..subtrees.last()?.leaves().end)
    }

    /// Returns the bytes of a tile of hashes, 32 for each, asking `fetch` for one full subtree after another.
    ///
    /// # Errors
    /// What `fetch` failed with. A tile that no tree can have is empty: ask [`is_within`](Self::is_within) before.
    pub fn bytes<E>(&self, fetch: &mut impl FnMut(Subtree) -> Result<Hash, E>) -> Result<Vec<u8>, E> {
        let mut bytes = Vec::with_capacity(usize::from(self.width) * 32);
        for subtree in self.subtrees().unwrap_or_default() {
            bytes.extend_from_slice(fetch(subtree)?.as_bytes());
        }
        Ok(bytes)
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(formatter, "tile/{level}/")?,
            TileKind::Entries => formatter.write_str("tile/entries/")?,
        }
        let mut groups = vec![format!("{:03}", self.index % 1000)];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        formatter.write_str(&groups.join("/"))?;
        if self.width < TILE_WIDTH { write!(formatter, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// Returns the hash of a full subtree of a tree of `size` leaves, from the one tile that holds what is below it.
///
/// Turns a store of tiles into what [`inclusion_proof_from`](super::inclusion_proof_from) asks for.
///
/// # Errors
/// [`TileProblem::Outside`] if the tree has no such subtree, [`TileProblem::Bytes`] if the tile is too short, and what
/// `fetch` failed with.
pub fn subtree_from_tiles<E: From<TileProblem>>(
    subtree: Subtree,
    size: u64,
    fetch: &mut impl FnMut(Tile) -> Result<Vec<u8>, E>,
) -> Result<Hash, E> {
    let level = u8::try_from(subtree.level() / TILE_HEIGHT).unwrap_or(u8::MAX);
    let lift = subtree.level() % TILE_HEIGHT;
    let first = subtree.index() << lift;
    let tile = Tile::at(TileKind::Hashes(level), first / u64::from(TILE_WIDTH), size)
        .filter(|_| subtree.leaves().end <= size)
        .ok_or(TileProblem::Outside)?;
    let bytes = fetch(tile)?;
    let (hashes, _) = bytes.as_chunks::<32>();
    let skipped = usize::try_from(first % u64::from(TILE_WIDTH)).unwrap_or(usize::MAX);
    let mut nodes: Vec<Hash> = hashes.iter().skip(skipped).take(1 << lift).copied().map(Hash::from_bytes).collect();
    if nodes.len() != 1 << lift {
        return Err(TileProblem::Bytes.into());
    }
    while nodes.len() > 1 {
        nodes = nodes.chunks(2).map(join).collect();
    }
    Ok(join(&nodes))
}

/// Why a tile cannot be named or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TileProblem {
    /// The text is the path of no tile.
    #[error("this is not the path of a tile")]
    Path,
    /// The tree is too small for it.
    #[error("the tree has no such part")]
    Outside,
    /// The bytes end too early.
    #[error("the bytes of the tile are cut off")]
    Bytes,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::audit::prover::{inclusion_proof, inclusion_proof_from};
    use crate::audit::tree::{leaf_hash, tree_root};

    #[test]
    fn the_examples_of_the_specification_hold() {
        let tile = Tile::parse("tile/0/x001/x234/067").unwrap();
        assert_eq!((tile.kind(), tile.index(), tile.width()), (TileKind::Hashes(0), 1_234_067, 256));
        let widths = |level, size: u64| -> Vec<u16> {
            (0..).map_while(|index| Tile::at(TileKind::Hashes(level), index, size)).map(|tile| tile.width()).collect()
        };
        // "273 full level 0 tiles, one partial of width 112, one full level 1 tile, one partial of width 17, and one
        // partial level 2 tile of width 1"
        let level_0 = widths(0, 70_000);
        assert_eq!((level_0.len(), level_0[272], level_0[273]), (274, 256, 112));
        assert_eq!((widths(1, 70_000), widths(2, 70_000), widths(3, 70_000)), (vec![256, 17], vec![1], vec![]));
        assert_eq!((widths(0, 256), widths(1, 256)), (vec![256], vec![1]));
        assert_eq!(widths(0, 0), Vec::<u16>::new());
    }

    #[test]
    fn paths_are_read_and_written_alike_and_no_second_spelling_passes() {
        for path in
            ["tile/0/000", "tile/63/999", "tile/1/x001/000.p/255", "tile/entries/x018/x446/x744/x073/x709/x551/615"]
        {
            assert_eq!(Tile::parse(path).unwrap().path(), path);
        }
        for path in [
            "tile/0/0",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/x001",
            "tile/00/001",
            "tile/64/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/+01",
            "tile/entries/",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
            "tile/data/000",
            "/tile/0/000",
            "tile/0/000/",
            "tile/0/xx01/000",
        ] {
            assert_eq!(Tile::parse(path), Err(TileProblem::Path), "{path}");
        }
    }

    #[test]
    fn a_tile_says_which_leaves_it_covers_and_whether_a_tree_has_it() {
        let tile = Tile::parse("tile/1/001.p/17").unwrap();
        assert_eq!(tile.leaves(), Some(65_536..69_888));
        assert!(tile.is_within(69_888) && tile.is_within(1 << 40) && !tile.is_within(69_887));
        assert_eq!(Tile::parse("tile/entries/002").unwrap().leaves(), Some(512..768));
        assert_eq!(Tile::parse("tile/9/000").unwrap().leaves(), None);
        assert!(!Tile::parse("tile/9/000").unwrap().is_within(u64::MAX));
    }

    #[test]
    fn proofs_come_out_of_tiles_alone() {
        let leaves: Vec<Hash> = (0..70_000_u32).map(|number| leaf_hash(&number.to_be_bytes())).collect();
        let slice = |subtree: Subtree| {
            let range = subtree.leaves();
            tree_root(&leaves[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()])
        };
        let mut tiles = std::collections::HashMap::new();
        let mut store = |tile: Tile| {
            let fetched = tiles
                .entry(tile)
                .or_insert_with(|| tile.bytes(&mut |subtree| Ok::<_, TileProblem>(slice(subtree))).unwrap());
            Ok::<_, TileProblem>(fetched.clone())
        };
        for index in [0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999] {
            let found =
                inclusion_proof_from(70_000, index, &mut |subtree| subtree_from_tiles(subtree, 70_000, &mut store))
                    .unwrap();
            assert_eq!(found, inclusion_proof(&leaves, index).unwrap(), "index {index}");
        }
        let outside = Subtree::new(0, 70_000).unwrap();
        assert_eq!(subtree_from_tiles(outside, 70_000, &mut store), Err(TileProblem::Outside));
        let mut short = |_: Tile| Ok::<_, TileProblem>(vec![0; 31]);
        assert_eq!(subtree_from_tiles(Subtree::new(0, 0).unwrap(), 1, &mut short), Err(TileProblem::Bytes));
    }

    proptest! {
        #[test]
        fn no_path_makes_the_parser_panic(
            path in "\\PC*|tile/(entries|[0-9]{1,2})/(x[0-9]{3}/){0,8}[0-9]{3}(\\.p/[0-9]{1,3})?",
        ) {
            if let Ok(tile) = Tile::parse(&path) {
                prop_assert_eq!(tile.path(), path);
                prop_assert!(tile.leaves().is_none_or(|leaves| leaves.start < leaves.end));
            }
        }
    }
}
