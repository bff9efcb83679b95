//! What shifts are called in tables people read and write.

use std::collections::HashMap;

use vocabulary::ShiftId;

use super::ShiftInfo;

/// What separates the shifts of one cell.
pub const CELL_SEPARATORS: [char; 9] =
    ['+', '/', ',', ';', '\n', '\u{3001}', '\u{FF0C}', '\u{FF1B}', '\u{FF0B}'];

/// How a rest cell is written.
pub const REST_WORD: &str = "休";

/// Whether a word says rest.
pub fn is_rest_word(word: &str) -> bool {
    let plain: String =
        word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    matches!(plain.as_str(), "rest" | "off" | "休" | "休息" | "公休" | "轮休")
}

/// Shifts by their codes, and the codes by names that only one shift has.
#[derive(Clone, Debug)]
pub struct ShiftWords {
    pub codes: HashMap<String, ShiftInfo>,
    names: HashMap<String, Option<String>>,
    ids: HashMap<ShiftId, String>,
}

impl ShiftWords {
    pub fn new(codes: HashMap<String, ShiftInfo>) -> Self {
        let mut names: HashMap<String, Option<String>> = HashMap::new();
        let mut ids = HashMap::new();
        for (code, info) in &codes {
            let several = names.contains_key(&info.name);
            names.insert(info.name.clone(), (!several).then(|| code.clone()));
            ids.insert(info.id, code.clone());
        }
        Self { codes, names, ids }
    }

    /// The code a word means: a code, else the name of exactly one shift; another word is itself.
    pub fn code(&self, word: &str) -> String {
        if self.codes.contains_key(word) {
            return word.to_owned();
        }
        self.names.get(word).cloned().flatten().unwrap_or_else(|| word.to_owned())
    }

    /// The code of a shift.
    pub fn code_of(&self, id: ShiftId) -> &str {
        self.ids.get(&id).map_or("", String::as_str)
    }

    /// The name of a shift.
    pub fn name_of(&self, id: ShiftId) -> &str {
        self.codes.get(self.code_of(id)).map_or("", |i| i.name.as_str())
    }

    /// The word by which [`Self::code`] finds the shift again: its name, else its code.
    pub fn word(&self, id: ShiftId) -> &str {
        let (code, name) = (self.code_of(id), self.name_of(id));
        let found = self.names.get(name).is_some_and(|c| c.as_deref() == Some(code));
        let readable = name.trim() == name
            && !matches!(name, "" | "-")
            && !name.contains(CELL_SEPARATORS)
            && !name.starts_with(['=', '@', '-', '\''])
            && !is_rest_word(name)
            && !self.codes.contains_key(name);
        if found && readable { name } else { code }
    }
}

#[cfg(test)]
mod tests {
    use vocabulary::LocalDate;

    use super::*;

    #[test]
    fn a_printed_word_finds_its_shift_again() {
        let info = |id: i64, name: &str| ShiftInfo {
            id: ShiftId(id),
            code: String::new(),
            name: name.to_owned(),
            overtime: false,
            first: LocalDate::from_days(0),
            retired_from: None,
        };
        let words = ShiftWords::new(HashMap::from([
            ("D1".to_owned(), info(1, "早班")),
            ("D2".to_owned(), info(2, "晚班")),
            ("D3".to_owned(), info(3, "晚班")),
            ("D4".to_owned(), info(4, "早/晚")),
            ("D5".to_owned(), info(5, "休")),
            ("D6".to_owned(), info(6, "D1")),
        ]));
        let word = |id| words.word(ShiftId(id));
        assert_eq!([word(1), word(2), word(3)], ["早班", "D2", "D3"]);
        assert_eq!([word(4), word(5), word(6)], ["D4", "D5", "D6"]);
        for id in 1..=6 {
            assert_eq!(words.code(word(id)), words.code_of(ShiftId(id)));
        }
    }
}
