//! How badly a masked QR code would be read, so that the best of eight masks is taken (ISO/IEC 18004, 7.8.3).
//!
//! *Invariant:* counts exactly as the `qrcode` crate does, whole rows at a time; the two must agree on the mask.

/// Returns the penalty of a symbol given as rows of bits; the least is best.
pub(super) fn penalty(rows: &[u64]) -> u32 {
    let width = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let all = low_bits(width);
    let columns = turned(rows);
    let lines = rows.iter().chain(&columns);
    let along: u32 = lines.map(|line| runs(*line) + runs(!line & all) + finders(*line)).sum();
    along + blocks(rows, low_bits(width.saturating_sub(1))) + imbalance(rows, width)
}

fn low_bits(count: u32) -> u64 {
    1_u64.checked_shl(count).map_or(u64::MAX, |bit| bit - 1)
}

/// The columns as rows. The loops are over bits, so that no module is asked for one by one.
fn turned(rows: &[u64]) -> Vec<u64> {
    let mut columns = vec![0; rows.len()];
    for (y, row) in rows.iter().enumerate() {
        let mut left = *row;
        for column in &mut columns {
            *column |= (left & 1) << y;
            left >>= 1;
        }
    }
    columns
}

/// Five or more of a colour in a line: 3 and 1 for each further one.
fn runs(line: u64) -> u32 {
    let fives = line & line >> 1 & line >> 2 & line >> 3 & line >> 4;
    // A run of n begins n - 4 times five; it counts n - 2.
    fives.count_ones() + 2 * (fives & !(fives << 1)).count_ones()
}

/// The finder pattern's `#.###.#` with four light modules before or after it: 40. Outside the symbol everything is light.
/// The crate counts without the nine of the finder patterns themselves: a constant, which chooses nothing.
fn finders(line: u64) -> u32 {
    let found = line & !(line >> 1) & line >> 2 & line >> 3 & line >> 4 & !(line >> 5) & line >> 6;
    let before = line << 1 | line << 2 | line << 3 | line << 4;
    let after = line >> 7 | line >> 8 | line >> 9 | line >> 10;
    40 * (found & !(before & after)).count_ones()
}

/// Four of a colour in a square: 3.
fn blocks(rows: &[u64], inner: u64) -> u32 {
    let equal = |row: u64| !(row ^ row >> 1);
    let squares = rows.iter().zip(rows.iter().skip(1));
    3 * squares.map(|(row, next)| (equal(*row) & equal(*next) & !(row ^ next) & inner).count_ones()).sum::<u32>()
}

/// How far from half of the modules the dark ones are, in half per cent.
fn imbalance(rows: &[u64], width: u32) -> u32 {
    let dark: u32 = rows.iter().map(|row| row.count_ones()).sum();
    (dark * 200).checked_div(width * width).map_or(0, |ratio| ratio.abs_diff(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_squares_and_finders_are_counted() {
        assert_eq!(runs(0b1_1111), 3);
        assert_eq!(runs(0b0111_1111_0111_1100), 5 + 3);
        assert_eq!(finders(0b101_1101), 40);
        assert_eq!(finders(0b101_0111_0101), 0);
        assert_eq!(blocks(&[0b11, 0b11], 0b1), 3);
        assert_eq!(imbalance(&[0b11, 0b00], 2), 0);
    }
}
