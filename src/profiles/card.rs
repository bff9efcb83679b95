//! Cards (卡号): who holds which from when on. A card has at most one holder in service on a date.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use vocabulary::{LocalDate, PersonId};

use super::ProfileRefusal;
use super::load::{CardEntry, load_cards};
use crate::base::{ColumnKind, EFFECTIVE_RANGE, Fault, Query, json_rows};

/// Characters of a card number.
const MAX_CARD: usize = 40;

/// A card from a date on; `None` = none from then on.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CardInput {
    pub card_no: Option<String>,
    pub from: LocalDate,
    /// A file says who has the card now: who has it already keeps his date.
    pub keep: bool,
}

impl CardInput {
    pub(super) fn check(&self) -> Result<(), ProfileRefusal> {
        let bad = |c: char| c.is_control() || c.is_whitespace();
        if let Some(no) = &self.card_no
            && (no.is_empty() || no.chars().count() > MAX_CARD || no.chars().any(bad))
        {
            return Err(ProfileRefusal::CardInvalid);
        }
        if !EFFECTIVE_RANGE.contains(&self.from) {
            return Err(ProfileRefusal::DateUnreasonable);
        }
        Ok(())
    }
}

/// What has to be written for one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardPlan {
    /// Entries that end on a date.
    pub close: Vec<(i64, LocalDate)>,
    pub remove: Vec<i64>,
    pub insert: Option<(String, LocalDate)>,
    /// The card of the date before and after.
    pub change: Option<(Option<String>, Option<String>)>,
}

impl CardPlan {
    pub fn is_empty(&self) -> bool {
        self.close.is_empty() && self.remove.is_empty() && self.insert.is_none()
    }
}

/// The cards that matter to a batch.
pub(super) struct Cards {
    own: HashMap<PersonId, Vec<CardEntry>>,
    by_number: HashMap<String, Vec<CardEntry>>,
    /// Numbers that an earlier row of the batch has taken.
    taken: HashSet<String>,
}

impl Cards {
    pub async fn load(
        q: &impl Query,
        people: &[PersonId],
        numbers: &[String],
    ) -> Result<Self, Fault> {
        let mut own: HashMap<PersonId, Vec<CardEntry>> = HashMap::new();
        for entry in load_cards(q, people).await? {
            own.entry(entry.person_id).or_default().push(entry);
        }
        let mut by_number: HashMap<String, Vec<CardEntry>> = HashMap::new();
        if !numbers.is_empty() {
            let rows: Vec<_> = numbers.iter().map(|n| json!({ "card_no": n })).collect();
            let input = json_rows(q.dialect(), "r", 1, &[("card_no", ColumnKind::Text)]);
            let sql = format!(
                "SELECT c.id, c.person_id, c.card_no, c.valid_from, c.valid_to, p.left_on \
                 FROM (SELECT DISTINCT r.card_no FROM {input}) AS k \
                   JOIN person_card c ON c.card_no = k.card_no JOIN person p ON p.id = c.person_id"
            );
            let rows = serde_json::Value::Array(rows).to_string();
            let found: Vec<CardEntry> = q.rows(&sql, vec![rows.into()]).await?;
            for entry in found {
                by_number.entry(entry.card_no.clone()).or_default().push(entry);
            }
        }
        Ok(Self { own, by_number, taken: HashSet::new() })
    }

    /// What it takes to give a person this card.
    pub fn plan(
        &mut self,
        person: Option<PersonId>,
        input: &CardInput,
    ) -> Result<CardPlan, ProfileRefusal> {
        input.check()?;
        let none = Vec::new();
        let own = person.and_then(|p| self.own.get(&p)).unwrap_or(&none);
        let holds = |e: &&CardEntry| {
            e.valid_from <= input.from && e.valid_to.is_none_or(|to| to >= input.from)
        };
        let now = own.iter().find(holds);
        let later = own.iter().any(|e| e.valid_from > input.from);
        let same = now.map(|e| &e.card_no) == input.card_no.as_ref();
        let open = now.is_none_or(|e| e.valid_to.is_none());
        if same && (input.keep || (!later && open)) {
            return Ok(CardPlan::default());
        }
        let mut plan = CardPlan {
            change: Some((now.map(|e| e.card_no.clone()), input.card_no.clone())),
            ..CardPlan::default()
        };
        if let Some(no) = &input.card_no {
            for e in self.by_number.get(no).into_iter().flatten() {
                if Some(e.person_id) == person {
                    continue;
                }
                let end = [e.valid_to, e.left_on].into_iter().flatten().min();
                if end.is_none_or(|end| end >= input.from) {
                    return Err(ProfileRefusal::CardTaken);
                }
                if e.valid_to.is_none_or(|to| Some(to) > end) {
                    plan.close.extend(end.map(|end| (e.id, end.max(e.valid_from))));
                }
            }
            if !self.taken.insert(no.clone()) {
                return Err(ProfileRefusal::CardTaken);
            }
            plan.insert = Some((no.clone(), input.from));
        }
        for e in own {
            if e.valid_from >= input.from {
                plan.remove.push(e.id);
            } else if e.valid_to.is_none_or(|to| to >= input.from) {
                plan.close.push((e.id, input.from.plus(-1)));
            }
        }
        Ok(plan)
    }
}
