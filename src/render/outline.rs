//! Outlines: the steps of a pen, in the units of whoever draws.
//!
//! *Invariant:* an outline is filled by the non-zero rule, in every output.

use tiny_skia::{Path, PathBuilder};

/// A step of an outline. Points are x and y in the units of whoever drew it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// A contour begins here.
    Move([f32; 2]),
    /// A straight line.
    Line([f32; 2]),
    /// A quadratic curve: control point, end.
    Quadratic([f32; 2], [f32; 2]),
    /// A cubic curve: two control points, end.
    Cubic([f32; 2], [f32; 2], [f32; 2]),
    /// Back to where the contour began.
    Close,
}

impl Step {
    /// Returns the step with its points elsewhere.
    pub(super) fn moved(self, to: impl Fn([f32; 2]) -> [f32; 2]) -> Self {
        match self {
            Self::Move(end) => Self::Move(to(end)),
            Self::Line(end) => Self::Line(to(end)),
            Self::Quadratic(control, end) => Self::Quadratic(to(control), to(end)),
            Self::Cubic(one, two, end) => Self::Cubic(to(one), to(two), to(end)),
            Self::Close => Self::Close,
        }
    }
}

/// Returns the outline as the rasteriser takes it; `None` where there is nothing to fill.
pub(super) fn path(steps: &[Step]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for step in steps {
        match *step {
            Step::Move([x, y]) => path.move_to(x, y),
            Step::Line([x, y]) => path.line_to(x, y),
            Step::Quadratic(control, end) => path.quad_to(control[0], control[1], end[0], end[1]),
            Step::Cubic(one, two, end) => path.cubic_to(one[0], one[1], two[0], two[1], end[0], end[1]),
            Step::Close => path.close(),
        }
    }
    path.finish()
}
