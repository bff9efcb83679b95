//! The book as if drafts had been published.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vocabulary::{Instant, RuleId, RuleVersionId};

use super::book::Book;
use super::publish::{check, next_version, uses_of};
use super::read::{self, BookKey, RuleVersionRow};
use super::{NamedRule, NewRuleVersion, RuleKind, load};
use crate::base::{Failure, Fault, Query};
use crate::shifts::{self, NewShiftVersion};

/// Versions that are not published. They are taken in this order, as if one were published after the other; a
/// scheme may name rules that only stand here.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Drafts {
    pub rules: Vec<NewRuleVersion>,
    pub shifts: Vec<NewShiftVersion>,
}

/// The book with some drafts, made again only when something was published meanwhile.
pub struct DraftBook {
    drafts: Drafts,
    kept: Option<(BookKey, Arc<Book>)>,
}

impl DraftBook {
    pub fn new(drafts: Drafts) -> Self {
        Self { drafts, kept: None }
    }

    /// The book of everything published that `q` shows, and the drafts. Refuses what publishing them would refuse.
    pub async fn on(&mut self, q: &impl Query, at: Instant) -> Result<Arc<Book>, Failure> {
        let key = read::book_key(q).await?;
        if let Some((known, book)) = &self.kept
            && *known == key
        {
            return Ok(book.clone());
        }
        let book = Arc::new(self.make(q, at).await?);
        self.kept = Some((key, book.clone()));
        Ok(book)
    }

    async fn make(&self, q: &impl Query, at: Instant) -> Result<Book, Failure> {
        let mut rules = read::all_versions(q).await?;
        let mut shifts = shifts::all_versions(q).await?;
        rules.extend(drafted(&rules, &self.drafts.rules, at)?);
        shifts.extend(shifts::drafted(&shifts, &self.drafts.shifts, at)?);
        Ok(load::build(&rules, &shifts)?)
    }
}

/// The versions that publishing these drafts would make beside the `published` ones, schemes last. Ids of what does
/// not exist yet are below zero.
fn drafted(
    published: &[RuleVersionRow],
    new: &[NewRuleVersion],
    at: Instant,
) -> Result<Vec<RuleVersionRow>, Failure> {
    let (schemes, parts): (Vec<_>, Vec<_>) = new.iter().partition(|d| d.kind == RuleKind::Scheme);
    let mut made: Vec<RuleVersionRow> = Vec::with_capacity(new.len());
    for draft in parts.into_iter().chain(schemes) {
        let form = check(draft)?;
        let all = || published.iter().chain(&made);
        if !form.names.is_empty() {
            uses_of(&form, draft.effective_from, &named(all())?)?;
        }
        let kind = draft.kind.as_str();
        let same = |v: &&RuleVersionRow| v.kind == kind && v.code == draft.code;
        let latest = all().filter(same).max_by_key(|v| v.version);
        let version = next_version(draft, &form, latest.map(|v| (v.version, v.body.as_str())))?;
        let id = -1 - i64::try_from(made.len()).unwrap_or(i64::MAX - 1);
        made.push(RuleVersionRow {
            id: RuleVersionId(id),
            rule_id: latest.map_or(RuleId(id), |v| v.rule_id),
            kind: kind.to_owned(),
            code: draft.code.clone(),
            version,
            effective_from: draft.effective_from,
            published_at: at,
            published_by: None,
            body: form.canonical,
        });
    }
    Ok(made)
}

/// Every rule of some versions by kind and code.
fn named<'a>(
    rows: impl Iterator<Item = &'a RuleVersionRow>,
) -> Result<HashMap<(RuleKind, String), NamedRule>, Fault> {
    let mut found: HashMap<(RuleKind, String), NamedRule> = HashMap::new();
    for r in rows {
        let kind: RuleKind = r.kind.parse().map_err(|e| Fault::new("kind of a rule", e))?;
        found
            .entry((kind, r.code.clone()))
            .and_modify(|n| n.first = n.first.min(r.effective_from))
            .or_insert_with(|| NamedRule {
                id: r.rule_id,
                kind: r.kind.clone(),
                code: r.code.clone(),
                body: r.body.clone(),
                first: r.effective_from,
            });
    }
    Ok(found)
}
