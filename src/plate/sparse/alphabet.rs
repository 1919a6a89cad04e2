//! The nineteen symbols: digits and Latin capitals no two of which share most of their strokes.
//!
//! *Invariant:* a value is the rank of its symbol, 0 to 18, in the order of ASCII: numbers are ordered as their texts are.

/// The symbols by their values.
pub const ALPHABET: [char; 19] =
    ['4', '6', '7', '9', 'A', 'C', 'D', 'E', 'H', 'J', 'L', 'P', 'Q', 'S', 'U', 'W', 'X', 'Y', 'Z'];

/// Returns the value of a symbol, 0 to 18, or `None` if the scheme has no such symbol.
#[must_use]
pub const fn value(symbol: char) -> Option<u8> {
    Some(match symbol {
        '4' => 0,
        '6' => 1,
        '7' => 2,
        '9' => 3,
        'A' => 4,
        'C' => 5,
        'D' => 6,
        'E' => 7,
        'H' => 8,
        'J' => 9,
        'L' => 10,
        'P' => 11,
        'Q' => 12,
        'S' => 13,
        'U' => 14,
        'W' => 15,
        'X' => 16,
        'Y' => 17,
        'Z' => 18,
        _ => return None,
    })
}

/// Returns the symbol of a value, or `None` for 19 and more.
#[must_use]
pub fn symbol(value: u8) -> Option<char> {
    ALPHABET.get(usize::from(value)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_and_values_belong_to_each_other_in_the_order_of_ascii() {
        for (rank, character) in (0_u8..).zip(ALPHABET) {
            assert_eq!((value(character), symbol(rank)), (Some(rank), Some(character)));
        }
        assert!(ALPHABET.is_sorted());
        assert_eq!(symbol(19), None);
        let lawful = (0..=0x2_FFFF).filter_map(char::from_u32).filter(|character| value(*character).is_some());
        assert_eq!(lawful.count(), 19);
    }
}
