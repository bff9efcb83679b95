//! What a department says for people who have none of their own: calendar and scheme (domain 2).

use sea_orm::{FromQueryResult, Value};
use vocabulary::{Instant, LocalDate, OrgId};

use super::line_entries::{LineEntry, write};
use super::master_store::Line;
use super::org_within;
use crate::base::{Actor, Fault, Query, Scope, Tx};

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrgDefault {
    Calendar,
    Scheme,
}

impl OrgDefault {
    const fn line(self) -> Line {
        match self {
            Self::Calendar => Line::OrgCalendar,
            Self::Scheme => Line::OrgScheme,
        }
    }
}

/// From a date on a department says this; `object` of `None` = the one above it says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrgDefaultEntry {
    pub org: OrgId,
    pub valid_from: LocalDate,
    pub object: Option<i64>,
    /// The entry of this date is removed and the one before goes on.
    pub removed: bool,
}

/// Writes entries whose departments and objects are known to be good, each place at most once. Says of each row whether
/// it changed anything; the caller marks whom they concern.
pub async fn put_org_defaults(
    tx: &Tx,
    actor: &Actor,
    kind: OrgDefault,
    rows: &[OrgDefaultEntry],
    at: Instant,
) -> Result<Vec<bool>, Fault> {
    let entry = |r: &OrgDefaultEntry| LineEntry {
        owner: r.org.0,
        line: 0,
        valid_from: r.valid_from,
        object: r.object,
        removed: r.removed,
    };
    let entries: Vec<LineEntry> = rows.iter().map(entry).collect();
    write(tx, actor, kind.line(), &entries, at).await
}

/// One entry of the timeline of a department; it holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct OrgDefaultRow {
    pub org_id: OrgId,
    pub valid_from: LocalDate,
    pub object_id: Option<i64>,
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct OrgDefaultFilter {
    pub org: Option<OrgId>,
    pub object: Option<i64>,
    /// Only what is in effect on this date.
    pub on: Option<LocalDate>,
    pub after: Option<(OrgId, LocalDate)>,
    pub limit: u32,
}

/// Entries in the order of department and date, of departments that are in scope on the first date of the entry.
pub async fn org_defaults(
    q: &impl Query,
    scope: &Scope,
    kind: OrgDefault,
    f: &OrgDefaultFilter,
) -> Result<Vec<OrgDefaultRow>, Fault> {
    let (org, from) = f.after.unwrap_or((OrgId(0), LocalDate::MIN));
    let mut values: Vec<Value> = vec![
        f.org.into(),
        f.object.into(),
        f.on.into(),
        org.into(),
        from.into(),
        i64::from(f.limit).into(),
    ];
    let visible = org_within(scope, "a.valid_from", "a.org_id", &mut values);
    let (table, column) = (kind.line().table(), kind.line().column());
    let sql = format!(
        "SELECT a.org_id, a.valid_from, a.{column} AS object_id FROM {table} a \
         WHERE ($1 IS NULL OR a.org_id = $1) AND ($2 IS NULL OR a.{column} = $2) \
           AND ($3 IS NULL OR a.valid_from = (SELECT max(n.valid_from) FROM {table} n \
             WHERE n.org_id = a.org_id AND n.valid_from <= $3)) \
           AND (a.org_id, a.valid_from) > ($4, $5) AND {visible} \
         ORDER BY a.org_id, a.valid_from LIMIT $6"
    );
    q.rows(&sql, values).await
}
