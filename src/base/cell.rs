//! Cells of files that spreadsheet programs open.

/// What such a program would take for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text that would be taken for a formula, with an apostrophe before it.
pub fn guarded(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

/// The text of a guarded cell.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if text.starts_with(FORMULA) => text,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guarded_cell_is_read_back() {
        for text in ["=1+1", "+86 755", "-3.50", "@x", "'", "'x", "x"] {
            assert_eq!(unguarded(&guarded(text)), text);
        }
        assert_eq!(guarded("=1"), "'=1");
    }
}
