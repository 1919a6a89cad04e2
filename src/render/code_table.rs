//! QR codes from a table: for one version, level and mask a symbol is linear over GF(2) in its bits of content.
//!
//! Error correction is a linear code, and placing and masking are exclusive-ors; so the symbol of any content is the symbol
//! of the empty one, changed by a fixed difference for each bit that is set. The differences are taken once from the
//! `qrcode` crate, which stays the one that knows the standard; the mask is then chosen as it chooses.
//!
//! *Invariant:* gives what `qrcode` gives, module by module (held by a property test).

use std::sync::OnceLock;

use qrcode::bits::Bits;
use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::ec::construct_codewords;
use qrcode::{Color, EcLevel, Version};

use super::penalty::penalty;
use super::symbol::{CodeVersion, MOST_MODULES, Symbol};

type Rows = [u64; MOST_MODULES];

/// In the order of their numbers, which decides between equals.
const MASKS: [MaskPattern; 8] = [
    MaskPattern::Checkerboard,
    MaskPattern::HorizontalLines,
    MaskPattern::VerticalLines,
    MaskPattern::DiagonalLines,
    MaskPattern::LargeCheckerboard,
    MaskPattern::Fields,
    MaskPattern::Diamonds,
    MaskPattern::Meadow,
];

/// One for each version from 2 to 6, made when it is first needed.
static TABLES: [OnceLock<Option<CodeTable>>; 5] = [const { OnceLock::new() }; 5];

struct CodeTable {
    width: usize,
    /// The symbol whose content is all zeros, under each mask.
    empty: Vec<Rows>,
    /// What changes where a bit is set, for each bit of the content.
    changes: Vec<Rows>,
}

/// Encodes a text; `None` where it is too long.
pub(super) fn encode(content: &str, version: CodeVersion) -> Option<Symbol> {
    let size = Version::Normal(i16::from(version.number()));
    let mut bits = Bits::new(size);
    bits.push_alphanumeric_data(content.as_bytes()).ok()?;
    bits.push_terminator(EcLevel::M).ok()?;
    let table = TABLES.get(usize::from(version.number()).checked_sub(2)?)?;
    table.get_or_init(|| CodeTable::build(size)).as_ref()?.encode(&bits.into_bytes())
}

impl CodeTable {
    fn build(version: Version) -> Option<Self> {
        let mut bits = Bits::new(version);
        bits.push_terminator(EcLevel::M).ok()?;
        let bytes = bits.into_bytes().len();
        let drawn = |content: &[u8], mask| draw(content, version, mask);
        let empty = MASKS.iter().map(|mask| drawn(&vec![0; bytes], *mask)).collect::<Option<Vec<_>>>()?;
        let [first, ..] = *MASKS.first_chunk::<1>()?;
        let mut changes = Vec::with_capacity(bytes * 8);
        for bit in 0..bytes * 8 {
            let mut content = vec![0_u8; bytes];
            *content.get_mut(bit / 8)? = 0x80 >> (bit % 8);
            let mut change = drawn(&content, first)?;
            add(&mut change, empty.first()?);
            changes.push(change);
        }
        Some(Self { width: usize::try_from(version.width()).ok()?, empty, changes })
    }

    fn encode(&self, content: &[u8]) -> Option<Symbol> {
        let mut change = [0; MOST_MODULES];
        for (byte, changes) in content.iter().zip(self.changes.chunks(8)) {
            for (bit, rows) in changes.iter().enumerate() {
                if byte << bit & 0x80 != 0 {
                    add(&mut change, rows);
                }
            }
        }
        let masked = self.empty.iter().map(|empty| {
            let mut rows = change;
            add(&mut rows, empty);
            rows
        });
        let best = masked.min_by_key(|rows| rows.get(..self.width).map_or(u32::MAX, penalty))?;
        Some(Symbol::of_rows(self.width, &best))
    }
}

fn add(rows: &mut Rows, others: &Rows) {
    for (row, other) in rows.iter_mut().zip(others) {
        *row ^= other;
    }
}

/// Draws a symbol with the `qrcode` crate.
fn draw(content: &[u8], version: Version, mask: MaskPattern) -> Option<Rows> {
    let (words, correction) = construct_codewords(content, version, EcLevel::M).ok()?;
    let mut canvas = Canvas::new(version, EcLevel::M);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&words, &correction);
    canvas.apply_mask(mask);
    rows_of(&canvas.into_colors(), usize::try_from(version.width()).ok()?)
}

fn rows_of(colors: &[Color], width: usize) -> Option<Rows> {
    let mut rows = [0; MOST_MODULES];
    for (row, colors) in rows.iter_mut().zip(colors.chunks(width)) {
        *row = colors.iter().rev().fold(0, |bits, color| bits << 1 | u64::from(*color == Color::Dark));
    }
    (width <= MOST_MODULES).then_some(rows)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests state what must hold")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use qrcode::QrCode;

    fn by_the_crate(content: &str, version: Version) -> Symbol {
        let mut bits = Bits::new(version);
        bits.push_alphanumeric_data(content.as_bytes()).unwrap();
        bits.push_terminator(EcLevel::M).unwrap();
        let code = QrCode::with_bits(bits, EcLevel::M).unwrap();
        Symbol::of_rows(code.width(), &rows_of(&code.to_colors(), code.width()).unwrap())
    }

    #[test]
    fn the_usual_link_is_version_2() {
        let content = "HTTPS://REG.TEST/P/K04271KR/0123456789";
        let version = CodeVersion::holding(content.len()).unwrap();
        assert_eq!(encode(content, version), Some(by_the_crate(content, Version::Normal(2))));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]
        #[test]
        fn a_symbol_from_the_table_is_the_one_of_the_crate(version in 2_u8..=6, seed in "[0-9A-Z $%*+./:-]{154}", length in 0_usize..=154) {
            let most = [38, 61, 90, 122, 154][usize::from(version) - 2];
            let content: String = seed.chars().take(length % (most + 1)).collect();
            let smallest = CodeVersion::holding(most).unwrap();
            prop_assert_eq!(smallest.number(), version);
            prop_assert_eq!(encode(&content, smallest).unwrap(), by_the_crate(&content, Version::Normal(i16::from(version))));
        }
    }
}
