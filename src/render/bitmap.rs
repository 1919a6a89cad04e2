//! Black and white pixels: one bit each, a set bit is ink.
//!
//! *Invariant:* what lies outside is left out, never wrapped around.

use tiny_skia::{FillRule, Mask, Transform};

use super::outline::{Step, path};

/// A picture of bits; each row begins with a byte of its own, the leftmost pixel in its highest bit, as in PNG.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bitmap {
    width: usize,
    height: usize,
    stride: usize,
    bytes: Vec<u8>,
}

impl Bitmap {
    /// Makes an empty picture.
    pub(super) fn new(width: usize, height: usize) -> Self {
        let stride = width.div_ceil(8);
        Self { width, height, stride, bytes: vec![0; stride * height] }
    }

    /// Fills the outline whose points are moved as told; a pixel is ink where half of it or more is covered.
    pub(super) fn of_outline(width: usize, height: usize, steps: &[Step], placed: Transform) -> Option<Self> {
        let mut mask = Mask::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?)?;
        mask.fill_path(&path(steps)?, FillRule::Winding, true, placed);
        let mut bitmap = Self::new(width, height);
        for (row, covered) in bitmap.bytes.chunks_mut(bitmap.stride).zip(mask.data().chunks(width)) {
            for (byte, covered) in row.iter_mut().zip(covered.chunks(8)) {
                let bits = covered.iter().fold(0, |bits, covered| bits << 1 | covered >> 7);
                *byte = bits << (8 - covered.len());
            }
        }
        Some(bitmap)
    }

    /// Returns the bytes, row by row.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns how many pixels it is wide and high.
    pub(super) const fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Takes all ink away.
    pub(super) fn clear(&mut self) {
        self.bytes.fill(0);
    }

    /// Returns the picture moved right by less than a byte.
    pub(super) fn shifted(&self, pixels: u8) -> Self {
        let mut moved = Self::new(self.width + usize::from(pixels), self.height);
        for (to, from) in moved.bytes.chunks_mut(moved.stride).zip(self.bytes.chunks(self.stride)) {
            let mut carried = 0_u16;
            for (byte, taken) in to.iter_mut().zip(from.iter().chain([&0])) {
                let pair = carried << 8 | u16::from(*taken);
                let [_, low] = (pair >> pixels).to_be_bytes();
                *byte = low;
                carried = u16::from(*taken);
            }
        }
        moved
    }

    /// Puts a picture over this one, its left edge on a border of bytes.
    pub(super) fn stamp(&mut self, picture: &Self, left_byte: usize, top: usize) {
        for (row, from) in self.rows_from(top).zip(picture.bytes.chunks(picture.stride.max(1))) {
            for (byte, ink) in row.iter_mut().skip(left_byte).zip(from) {
                *byte |= ink;
            }
        }
    }

    /// Takes ink away where a picture of the same size has some.
    pub(super) fn take_away(&mut self, picture: &Self) {
        for (byte, gone) in self.bytes.iter_mut().zip(&picture.bytes) {
            *byte &= !gone;
        }
    }

    /// Fills the pixels of some runs, the same in every row from `top` until `bottom`.
    pub(super) fn fill_runs(&mut self, runs: &[(usize, usize)], top: usize, bottom: usize) {
        let mut line = vec![0; self.stride];
        for (from, until) in runs {
            fill_bits(&mut line, *from, (*until).min(self.width));
        }
        let first = runs.first().map_or(0, |(from, _)| from / 8).min(self.stride);
        let end = runs.last().map_or(0, |(_, until)| until.div_ceil(8)).clamp(first, self.stride);
        let Some(line) = line.get(first..end) else { return };
        for row in self.rows_from(top).take(bottom.saturating_sub(top)) {
            for (byte, ink) in row.iter_mut().skip(first).zip(line) {
                *byte |= ink;
            }
        }
    }

    fn rows_from(&mut self, top: usize) -> impl Iterator<Item = &mut [u8]> {
        self.bytes.chunks_mut(self.stride.max(1)).skip(top)
    }
}

fn fill_bits(line: &mut [u8], from: usize, until: usize) {
    if from >= until {
        return;
    }
    let (first, last) = (from / 8, (until - 1) / 8);
    for (place, byte) in line.iter_mut().enumerate().take(last + 1).skip(first) {
        let left = if place == first { 0xff_u8 >> (from % 8) } else { 0xff };
        let right = if place == last { 0xff_u8 << (7 - (until - 1) % 8) } else { 0xff };
        *byte |= left & right;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bitmap: &Bitmap) -> Vec<String> {
        let line = |row: &[u8]| row.iter().map(|byte| format!("{byte:08b}")).collect::<Vec<_>>().concat();
        bitmap.bytes.chunks(bitmap.stride).map(line).collect()
    }

    #[test]
    fn runs_are_filled_to_the_pixel() {
        let mut bitmap = Bitmap::new(20, 3);
        bitmap.fill_runs(&[(2, 5), (7, 17), (19, 40)], 1, 2);
        let empty = "0".repeat(24);
        assert_eq!(lines(&bitmap), [empty.as_str(), "001110011111111110010000", empty.as_str()]);
    }

    #[test]
    fn a_stamp_is_moved_put_over_and_taken_away() {
        let mut square = Bitmap::new(3, 2);
        square.fill_runs(&[(0, 3)], 0, 2);
        let moved = square.shifted(7);
        assert_eq!(lines(&moved), ["0000000111000000"; 2]);
        let mut bitmap = Bitmap::new(24, 2);
        bitmap.stamp(&moved, 1, 1);
        assert_eq!(lines(&bitmap), ["000000000000000000000000", "000000000000000111000000"]);
        bitmap.take_away(&bitmap.clone());
        assert_eq!(bitmap, Bitmap::new(24, 2));
    }

    #[test]
    fn what_lies_outside_is_left_out() {
        let mut bitmap = Bitmap::new(8, 1);
        bitmap.stamp(&Bitmap::of_outline(8, 2, &[], Transform::identity()).unwrap_or_default(), 3, 5);
        bitmap.fill_runs(&[(9, 12)], 0, 1);
        bitmap.fill_runs(&[(0, 8)], 4, 9);
        assert_eq!(bitmap, Bitmap::new(8, 1));
    }
}
