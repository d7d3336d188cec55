//! Charts, as numbers that the template draws: bars beside their labels, and small lines of the last runs. Each has a
//! title and a description, and its numbers stand in a table as well.

use super::page::number;

/// Bars from left to right, one below the other.
pub struct Bars {
    pub id: String,
    pub title: String,
    pub description: String,
    pub bars: Vec<Bar>,
    pub height: usize,
}

/// One bar.
pub struct Bar {
    pub label: String,
    pub value: String,
    /// Of [`WIDTH`].
    pub width: u64,
    pub y: usize,
}

/// The longest bar.
const WIDTH: u64 = 220;
const LINE: usize = 24;
/// As many characters as there is room for beside the bars.
const LABEL: usize = 20;

impl Bars {
    /// Bars over what each is worth.
    pub fn new(id: &str, title: &str, values: &[(String, u64)]) -> Bars {
        let most = values.iter().map(|(_, value)| *value).max().unwrap_or(0).max(1);
        let scaled = |value: u64| (u128::from(value) * u128::from(WIDTH) / u128::from(most)) as u64;
        let bar = |(at, (label, value)): (usize, &(String, u64))| Bar {
            label: short(label),
            value: number(*value),
            width: if *value > 0 { scaled(*value).max(1) } else { 0 },
            y: at * LINE,
        };
        let told: Vec<String> = values.iter().map(|(label, value)| format!("{label}: {}", number(*value))).collect();
        Bars {
            id: id.to_owned(),
            title: title.to_owned(),
            description: told.join("; "),
            bars: values.iter().enumerate().map(bar).collect(),
            height: values.len() * LINE,
        }
    }
}

/// A label that fits.
fn short(label: &str) -> String {
    match label.char_indices().nth(LABEL) {
        None => label.to_owned(),
        Some(_) => label.chars().take(LABEL - 1).chain(['…']).collect(),
    }
}

/// Several small lines, one a number of the runs.
pub struct Lines {
    pub lines: Vec<Line>,
}

/// How one number went over the runs.
pub struct Line {
    pub id: String,
    pub title: String,
    pub description: String,
    /// The points of the line, as SVG writes them.
    pub points: String,
    pub last: Point,
    pub value: String,
}

pub struct Point {
    pub x: u64,
    pub y: u64,
}

impl Line {
    const WIDTH: u64 = 116;
    const HEIGHT: u64 = 28;
    /// Room for the thickness of the line.
    const MARGIN: u64 = 4;

    /// A line over the runs, the oldest first.
    pub fn new(id: &str, title: &str, values: &[u64]) -> Line {
        let (least, most) = (values.iter().min().copied().unwrap_or(0), values.iter().max().copied().unwrap_or(0));
        let steps = values.len().saturating_sub(1).max(1) as u64;
        let point = |(at, value): (usize, &u64)| {
            let above = match most - least {
                0 => Self::HEIGHT / 2,
                range => (u128::from(*value - least) * u128::from(Self::HEIGHT) / u128::from(range)) as u64,
            };
            Point { x: Self::MARGIN + at as u64 * Self::WIDTH / steps, y: Self::MARGIN + Self::HEIGHT - above }
        };
        let points: Vec<Point> = values.iter().enumerate().map(point).collect();
        let told: Vec<String> = values.iter().map(|value| number(*value)).collect();
        Line {
            id: id.to_owned(),
            title: title.to_owned(),
            description: format!("{title} in the last {} runs, the oldest first: {}", values.len(), told.join(", ")),
            points: points.iter().map(|point| format!("{},{}", point.x, point.y)).collect::<Vec<_>>().join(" "),
            value: told.last().cloned().unwrap_or_default(),
            last: points.into_iter().next_back().unwrap_or(Point { x: 0, y: 0 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_fills_its_place_and_a_short_one_is_seen() {
        let values = [("all".to_owned(), 1_000_000), ("one".to_owned(), 1), ("none".to_owned(), 0)];
        let bars = Bars::new("b", "People", &values);
        assert_eq!(bars.bars.iter().map(|bar| bar.width).collect::<Vec<_>>(), [WIDTH, 1, 0]);
        assert_eq!(bars.description, "all: 1,000,000; one: 1; none: 0");
        assert_eq!(short("Vision Operations and Services"), "Vision Operations a…");
    }

    #[test]
    fn a_line_goes_from_the_left_to_the_right_and_upwards() {
        let line = Line::new("l", "Users", &[10, 20, 15]);
        assert_eq!(line.points, "4,32 62,4 120,18");
        assert_eq!((line.last.x, line.last.y, line.value.as_str()), (120, 18, "15"));
        assert_eq!(Line::new("l", "Users", &[7]).points, "4,18");
    }
}
