//! What a list of people is searched by. Every part of a name is found by the beginning of a token: of its characters,
//! of its pinyin from every syllable on, of its initials, and of the number.

use std::collections::BTreeSet;

use pinyin::ToPinyin;
use sea_orm::{FromQueryResult, Value};
use vocabulary::PersonId;

use crate::base::{App, ColumnKind, Fault, Layout, Query, Sheet, Tx, id_rows, id_value};

/// Longest token, in characters.
const MAX_TOKEN: usize = 60;
/// People whose tokens are made in one transaction when a database is brought up to date.
const PIECE: i64 = 5_000;

const LAYOUT: Layout = Layout {
    table: "person_token",
    columns: &[("token", ColumnKind::Text), ("person_id", ColumnKind::Bigint)],
    key: 2,
};

/// A person with what he is found by.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Named {
    pub id: PersonId,
    pub number: String,
    pub name: String,
}

/// Writes the tokens of people who have none yet, or whose names have changed (`known`).
pub(super) async fn put_tokens(tx: &Tx, people: &[Named], known: bool) -> Result<(), Fault> {
    if people.is_empty() {
        return Ok(());
    }
    if known {
        let ids = id_rows(tx.dialect(), "k", 1);
        let sql = format!("DELETE FROM person_token WHERE person_id IN (SELECT k.id FROM {ids})");
        tx.run(&sql, vec![id_value(people.iter().map(|p| p.id.0))]).await?;
    }
    let rows: Vec<(String, i64)> = people
        .iter()
        .flat_map(|p| tokens(&p.number, &p.name).into_iter().map(|t| (t, p.id.0)))
        .collect();
    for piece in rows.chunks(SHEET_ROWS) {
        let mut sheet = Sheet::new(tx.dialect(), &LAYOUT, piece.len());
        for (token, person) in piece {
            sheet.known_row(false, |cells| {
                cells.text(Some(token));
                cells.big(Some(*person));
            });
        }
        sheet.insert(tx).await?;
    }
    Ok(())
}

/// Writes the tokens of people whose names have changed.
pub(super) async fn renew_tokens(tx: &Tx, people: &[PersonId]) -> Result<(), Fault> {
    if people.is_empty() {
        return Ok(());
    }
    let ids = id_rows(tx.dialect(), "k", 1);
    let sql = format!("SELECT p.id, p.number, p.name FROM {ids} JOIN person p ON p.id = k.id");
    let named: Vec<Named> = tx.rows(&sql, vec![id_value(people.iter().map(|p| p.0))]).await?;
    put_tokens(tx, &named, true).await
}

/// Rows of one sheet.
const SHEET_ROWS: usize = 16_000;

/// Makes the tokens of people who have none: those of a database that is older than they are.
pub async fn ensure_tokens(app: &App) -> Result<(), Fault> {
    loop {
        let tx = app.db.begin().await?;
        let sql = "SELECT p.id, p.number, p.name FROM person p WHERE NOT EXISTS ( \
                     SELECT 1 FROM person_token t WHERE t.person_id = p.id) ORDER BY p.id LIMIT $1";
        let people: Vec<Named> = tx.rows(sql, vec![PIECE.into()]).await?;
        put_tokens(&tx, &people, false).await?;
        tx.commit().await?;
        if people.is_empty() {
            return Ok(());
        }
    }
}

/// The SQL condition that a person is found by a text: one of his tokens begins with it.
pub fn found_by(text: &str, person: &str, values: &mut Vec<Value>) -> String {
    let low = normal(text);
    // Nothing sorts behind the last character.
    let high = format!("{low}{}", char::MAX);
    values.extend([low.into(), high.into()]);
    let n = values.len();
    format!(
        "{person} IN (SELECT t.person_id FROM person_token t \
           WHERE t.token >= ${} AND t.token < ${n})",
        n - 1
    )
}

/// Lower case without blanks.
fn normal(text: &str) -> String {
    let all = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '·' | '\''));
    all.flat_map(char::to_lowercase).take(MAX_TOKEN).collect()
}

/// Everything a person is found by.
pub(super) fn tokens(number: &str, name: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let number = normal(number);
    // "E00421" is also found as "00421" and "421".
    let digits = number.trim_start_matches(|c: char| !c.is_ascii_digit());
    for part in [number.as_str(), digits, digits.trim_start_matches('0')] {
        out.insert(part.to_owned());
    }
    // Parts of the name: a Chinese character, or a run of others.
    let mut parts: Vec<(String, String)> = Vec::new();
    let mut joined = false;
    for c in name.chars() {
        if c.is_whitespace() || matches!(c, '·' | '\'') {
            joined = false;
            continue;
        }
        match (c.to_pinyin(), parts.last_mut()) {
            (Some(sound), _) => {
                parts.push((c.to_string(), sound.plain().replace('ü', "v")));
                joined = false;
            }
            (None, Some((text, sound))) if joined => {
                text.extend(c.to_lowercase());
                sound.extend(c.to_lowercase());
            }
            (None, _) => {
                let text: String = c.to_lowercase().collect();
                parts.push((text.clone(), text));
                joined = true;
            }
        }
    }
    for from in 0..parts.len() {
        let rest = parts.get(from..).unwrap_or_default();
        let texts = rest.iter().map(|(text, _)| text.as_str());
        let sounds = rest.iter().map(|(_, sound)| sound.as_str());
        out.insert(normal(&texts.collect::<String>()));
        out.insert(normal(&sounds.clone().collect::<String>()));
        out.insert(normal(&sounds.filter_map(|s| s.chars().next()).collect::<String>()));
    }
    out.remove("");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_found_by_any_part_of_his_name() {
        let all = tokens("E00421", "张伟国");
        for text in
            ["张伟", "伟国", "国", "zhangwei", "weiguo", "zwg", "wg", "e004", "421", "00421"]
        {
            let found = all.iter().any(|t| t.starts_with(text));
            assert!(found, "{text} finds nobody in {all:?}");
        }
        assert!(!all.iter().any(|t| t.starts_with("hangwei")), "not from within a syllable");
    }

    #[test]
    fn names_of_other_scripts_are_found_by_their_words() {
        let all = tokens("7", "Anna-Maria O'Neil");
        for text in ["anna", "oneil", "ao"] {
            assert!(all.iter().any(|t| t.starts_with(text)), "{text} in {all:?}");
        }
        let all = tokens("8", "吕布");
        assert!(all.contains("lvbu") || all.contains("lubu"), "{all:?}");
        assert!(all.len() < 12, "{all:?}");
    }
}
