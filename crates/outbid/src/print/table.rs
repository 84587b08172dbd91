//! Tables of aligned columns, without lines, so that `awk` and eyes both read them.

/// On which side the texts of a column end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Texts.
    Left,
    /// Numbers.
    Right,
}

/// A table.
pub struct Table {
    columns: Vec<(String, Side)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub fn new(columns: &[(&str, Side)]) -> Table {
        Table {
            columns: columns
                .iter()
                .map(|(title, side)| (title.to_string(), *side))
                .collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row. What has no text is shown as `-`, so that a gap is seen as one.
    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let cells = cells
            .into_iter()
            .map(Into::into)
            .map(|cell: String| match cell.as_str() {
                "" => "-".to_string(),
                _ => cell.replace('\n', " "),
            });
        self.rows.push(cells.collect());
    }

    /// The table as text, each line ended.
    pub fn render(&self) -> String {
        let titles: Vec<String> = self
            .columns
            .iter()
            .map(|(title, _)| title.clone())
            .collect();
        let lines = || std::iter::once(&titles).chain(&self.rows);
        let wide = |text: &str| text.chars().count();
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| {
                lines()
                    .filter_map(|line| line.get(column))
                    .map(|cell| wide(cell))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for line in lines() {
            let start = text.len();
            for ((cell, width), (_, side)) in line.iter().zip(&widths).zip(&self.columns) {
                let pad = " ".repeat(width.saturating_sub(wide(cell)));
                match side {
                    Side::Left => text.extend([cell.as_str(), &pad, "  "]),
                    Side::Right => text.extend([pad.as_str(), cell, "  "]),
                }
            }
            let end = text[start..].trim_end().len();
            text.truncate(start + end);
            text.push('\n');
        }
        text
    }
}

/// A page of facts: a title and a value a line. Values that are empty are left out.
#[derive(Default)]
pub struct Page {
    lines: Vec<(String, String)>,
}

impl Page {
    /// Adds a fact.
    pub fn fact(&mut self, title: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.lines.push((title.to_string(), value));
        }
    }

    /// The page as text; the further lines of a value stand below its first.
    pub fn render(&self) -> String {
        let width = self
            .lines
            .iter()
            .map(|(title, _)| title.chars().count())
            .max()
            .unwrap_or(0)
            + 2;
        let mut text = String::new();
        for (title, value) in &self.lines {
            for (place, line) in value.lines().enumerate() {
                let title = if place == 0 { title.as_str() } else { "" };
                text.push_str(format!("{title:width$}{line}").trim_end());
                text.push('\n');
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_lines_end_without_blanks() {
        let mut table = Table::new(&[
            ("NAME", Side::Left),
            ("SPENT", Side::Right),
            ("NOTE", Side::Left),
        ]);
        table.row(["acme/spring", "1.00 USD", ""]);
        table.row(["büro", "1234.50 USD", "two\nlines"]);
        assert_eq!(
            table.render(),
            "NAME               SPENT  NOTE\n\
             acme/spring     1.00 USD  -\n\
             büro         1234.50 USD  two lines\n"
        );
    }

    #[test]
    fn a_page_leaves_out_what_is_empty() {
        let mut page = Page::default();
        page.fact("Campaign", "acme/spring");
        page.fact("Flight", "");
        page.fact("Why not", "no ads\nno money");
        assert_eq!(
            page.render(),
            "Campaign  acme/spring\nWhy not   no ads\n          no money\n"
        );
    }
}
