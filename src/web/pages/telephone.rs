//! Telephone numbers as links.
//!
//! *Invariant:* the text of a number is shown as it was given; only the link is digits.

/// Returns the number as a link dials it: digits after an optional plus; `None` where the text is no such number.
pub(super) fn link(text: &str) -> Option<String> {
    let text = text.trim();
    let is_part = |character: char| character.is_ascii_digit() || " -()\u{a0}".contains(character);
    let (plus, rest) = text.strip_prefix('+').map_or(("", text), |rest| ("+", rest));
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    (rest.chars().all(is_part) && digits.len() >= 3).then(|| format!("{plus}{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_dialled_becomes_a_link() {
        assert_eq!(link(" +7 (727) 000-00-00 ").as_deref(), Some("+77270000000"));
        assert_eq!(link("1414").as_deref(), Some("1414"));
        for none in ["", "+", "12", "ask the duty officer", "+7 700 1 ext. 5", "javascript:alert(1)"] {
            assert_eq!(link(none), None, "{none}");
        }
    }
}
