//! Which drawing this is: what a program must share with another for their print files to lie side by side.
//!
//! *Invariant:* where the same plates under the same settings come to other bytes than before, the number is another one;
//! the test below holds a digest of drawings against it.

/// The how manieth way of drawing this is. Another typeface, another place of a line, another compression of pixels: raise
/// it, and work that began under the former number is refused rather than mixed. A program that draws as the one before did
/// keeps it, and goes on where that one stopped.
pub const DRAWING: u32 = 2;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests state what must hold")]
mod tests {
    use sha2::{Digest, Sha256};

    use super::DRAWING;
    use crate::model::Position;
    use crate::plate::{KZ_158, PlateNumber};
    use crate::render::press::{Press, PressItem, PressSettings, Slug, Stock};
    use crate::render::{Dpi, FaceKind, Faces, Inscription, PlateSettings, Plotter, Validity, pdf, svg};

    /// The drawing, and what the digest of everything below comes to under it. Whoever changes how plates look changes both.
    const KNOWN: (u32, &str) = (2, "ac6923a7f5aeb3578c6b621e42561306cf8f22ae03c1e9c6ce6c701d867dc825");

    /// Not the shipped ones: other lengths are no other way of drawing.
    const SETTINGS: &str = r#"
[plates]
control_pair = "{PAIR}"
qr = "{CODE}"
tracking = 0.10
bar_mm = 0.6
cut_tolerance_mm = 1.0
text = ["ҚАЗАҚСТАН · KAZAKHSTAN", "{operator}", "{host}"]
rear = { width_mm = 134, height_mm = 60, margin_mm = 4, gap_mm = 2, number_mm = 22, pair_mm = 14, module_mm = 0.8,
         text_mm = 3, text_least_mm = 2 }
side = { width_mm = 120, height_mm = 40, margin_mm = 3.5, gap_mm = 1.5, number_mm = 12, pair_mm = 8, module_mm = 1.0,
         text_mm = 2.2, text_least_mm = 1.5 }
[press]
plates_a_file = 5000
margin_mm = 5
gap_mm = 4
bleed_mm = 2
safety_mm = 3
mark_offset_mm = 3
mark_length_mm = 4
mark_line_mm = 0.1
slug_mm = 2
cut_colour = "CutContour"
cut_shown_as = [0, 100, 0, 0]
cut_line_mm = 0.1
module_least_mm = 0.5
a4 = { width_mm = 210, height_mm = 297 }
sra3 = { width_mm = 320, height_mm = 450 }
roll = { width_mm = 610, longest_mm = 1500 }
"#;

    /// Draws sheets of two plates, and pictures of one, of everything that is cut.
    fn draw_everything(hash: &mut Sha256, [pair, code]: [&str; 2]) {
        let mut both: toml::Table = SETTINGS.replace("{PAIR}", pair).replace("{CODE}", code).parse().unwrap();
        let mut section = |name| both.remove(name).unwrap();
        let (plates, press): (PlateSettings, PressSettings) =
            (section("plates").try_into().unwrap(), section("press").try_into().unwrap());
        let faces = Faces::new(KZ_158, &plates, "REG.TEST").unwrap();
        let press = Press::new(&faces, &press, Stock::Sra3).unwrap();
        let slug =
            Slug {
                operator: "Қала Самокат", batch: "K04271-W44444 (2)", job_hash: "9f86d081884c7d659a2feaa0c55a"
            };
        let texts = ["K04271", "W44444"].map(|text| {
            let number = PlateNumber::parse(text).unwrap();
            (number, format!("HTTPS://REG.TEST/P/{}/0123456789", number.machine_form()))
        });
        let inscribed =
            |(number, code)| Inscription { number, code, operator: "Әуе «Жел»", validity: Validity::Valid };
        let shown: Vec<_> = texts.iter().map(|(number, code)| inscribed((*number, code.as_str()))).collect();
        for die in press.dies() {
            let position = if die.kind == FaceKind::Rear { Position::Rear } else { Position::Left };
            let items = shown.iter().map(|what| PressItem { inscription: *what, position, item: 1, copy: 1 });
            let items: Vec<_> = items.collect();
            hash.update(press.draw_file(&slug, die, 1, &items).unwrap().bytes);
            let face = faces.draw(die.kind, die.part, shown.first().unwrap()).unwrap().unwrap();
            hash.update(svg(&face));
            hash.update(pdf(&face));
            hash.update(Plotter::new(Dpi::USUAL).draw(&face).unwrap());
        }
    }

    #[test]
    fn what_is_drawn_is_what_was_drawn_under_this_number() {
        let mut hash = Sha256::new();
        for uses in [["print", "face"], ["label", "label"]] {
            draw_everything(&mut hash, uses);
        }
        let drawn = hex::encode(hash.finalize());
        assert_eq!(
            (DRAWING, drawn.as_str()),
            KNOWN,
            "it looks otherwise: raise DRAWING, and renew what is known of it"
        );
    }
}
