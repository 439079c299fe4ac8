use std::fmt;

/// What a number should be, from docs/design.md §5.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// This or less.
    AtMost(f64),
    /// This or more.
    AtLeast(f64),
    /// Nothing was promised; the number is there to explain another.
    None,
}

impl Goal {
    /// Whether a number reaches the goal; none where there is none.
    pub fn is_met(self, measured: f64) -> Option<bool> {
        match self {
            Self::AtMost(most) => Some(measured <= most),
            Self::AtLeast(least) => Some(measured >= least),
            Self::None => None,
        }
    }
}

/// Numbers beside their goals, printed as Markdown.
#[derive(Clone, Debug, Default)]
pub struct Table(Vec<Row>);

#[derive(Clone, Debug)]
struct Row {
    what: String,
    goal: Goal,
    measured: f64,
    unit: &'static str,
}

impl Table {
    /// Adds a number.
    pub fn row(&mut self, what: impl Into<String>, unit: &'static str, goal: Goal, measured: f64) {
        self.0.push(Row { what: what.into(), goal, measured, unit });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | target | measured | met |\n|---|---:|---:|---|")?;
        for Row { what, goal, measured, unit } in &self.0 {
            let target = match goal {
                Goal::AtMost(most) => format!("≤ {}{unit}", number(*most)),
                Goal::AtLeast(least) => format!("≥ {}{unit}", number(*least)),
                Goal::None => String::new(),
            };
            let met = match goal.is_met(*measured) {
                Some(true) => "yes",
                Some(false) => "**no**",
                None => "",
            };
            writeln!(f, "| {what} | {target} | {}{unit} | {met} |", number(*measured))?;
        }
        Ok(())
    }
}

/// Three digits that count, and thousands apart.
fn number(value: f64) -> String {
    if value.fract() == 0.0 || value >= 100.0 {
        let digits = format!("{value:.0}");
        let mut text = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        return text;
    }
    if value >= 10.0 { format!("{value:.1}") } else { format!("{value:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_whether_its_goal_is_met() {
        let mut table = Table::default();
        table.row("small", " KiB", Goal::AtMost(150.0), 150.0);
        table.row("fast", "/s", Goal::AtLeast(5_000.0), 4_999.9);
        table.row("else", "", Goal::None, 1.234);
        let text = table.to_string();
        let lines: Vec<_> = text.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "| small | ≤ 150 KiB | 150 KiB | yes |",
                "| fast | ≥ 5,000/s | 5,000/s | **no** |",
                "| else |  | 1.23 |  |",
            ]
        );
    }
}
