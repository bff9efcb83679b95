//! The SQL that writes positions, dimensions with their values, teams, and who has which.

use super::Master;
use super::master_read::MasterRow;
use crate::base::{ColumnKind, Dialect, Fault, Query, Tx, json_rows};

/// Inserts or overwrites by code.
pub(super) async fn put(tx: &Tx, kind: Master, rows: &str) -> Result<(), Fault> {
    let columns = [
        ("code", ColumnKind::Text),
        ("name", ColumnKind::Text),
        ("grade", ColumnKind::Int),
        ("active", ColumnKind::Bool),
    ];
    let input = json_rows(tx.dialect(), "r", 1, &columns);
    let (insert, set) = match kind {
        Master::Position => (
            "INSERT INTO position (code, name, grade, active) SELECT r.code, r.name, r.grade, r.active",
            "name = excluded.name, grade = excluded.grade, active = excluded.active, \
             version = position.version + 1",
        ),
        Master::Team => (
            "INSERT INTO team (code, name, active) SELECT r.code, r.name, r.active",
            "name = excluded.name, active = excluded.active, version = team.version + 1",
        ),
        Master::Dimension => (
            "INSERT INTO dimension (code, name) SELECT r.code, r.name",
            "name = excluded.name, version = dimension.version + 1",
        ),
    };
    let sql = format!(
        "{insert} FROM {input} WHERE TRUE ORDER BY r.code ON CONFLICT (code) DO UPDATE SET {set}"
    );
    tx.run(&sql, vec![rows.into()]).await?;
    Ok(())
}

/// Whether it had this version.
pub(super) async fn update(tx: &Tx, kind: Master, m: &MasterRow) -> Result<bool, Fault> {
    let set = match kind {
        Master::Position => "UPDATE position SET grade = $5, active = $6,",
        Master::Team => "UPDATE team SET active = $6,",
        Master::Dimension => "UPDATE dimension SET",
    };
    let sql = format!(
        "{set} code = $3, name = $4, version = version + 1 \
         WHERE id = $1 AND version = $2 AND $5 IS NOT NULL AND $6 IS NOT NULL"
    );
    let values = vec![
        m.id.into(),
        m.version.into(),
        m.code.as_str().into(),
        m.name.as_str().into(),
        m.grade.into(),
        m.active.into(),
    ];
    Ok(tx.run(&sql, values).await? == 1)
}

/// Columns of rows for [`put_values`].
const VALUE: [(&str, ColumnKind); 4] = [
    ("code", ColumnKind::Text),
    ("name", ColumnKind::Text),
    ("parent_id", ColumnKind::Bigint),
    ("active", ColumnKind::Bool),
];

/// Inserts or overwrites values of a dimension by code.
pub(super) async fn put_values(tx: &Tx, dimension: i64, rows: &str) -> Result<(), Fault> {
    let input = json_rows(tx.dialect(), "r", 1, &VALUE);
    let sql = format!(
        "INSERT INTO dimension_value (dimension_id, code, name, parent_id, active) \
         SELECT $2, r.code, r.name, r.parent_id, r.active FROM {input} WHERE TRUE ORDER BY r.code \
         ON CONFLICT (dimension_id, code) DO UPDATE SET name = excluded.name, \
           parent_id = excluded.parent_id, active = excluded.active, \
           version = dimension_value.version + 1"
    );
    tx.run(&sql, vec![rows.into(), dimension.into()]).await?;
    Ok(())
}

/// Keeps a dimension to oneself, so that its tree changes one change after the other.
pub(super) async fn hold_dimension(tx: &Tx, id: i64) -> Result<(), Fault> {
    if tx.dialect() == Dialect::Postgres {
        tx.run("SELECT id FROM dimension WHERE id = $1 FOR UPDATE", vec![id.into()]).await?;
    }
    Ok(())
}

/// One of the timelines of this room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    PersonDimension,
    OrgDimension,
    OrgCalendar,
    OrgScheme,
    Team,
}

impl Line {
    pub const fn table(self) -> &'static str {
        match self {
            Self::PersonDimension => "person_dimension",
            Self::OrgDimension => "org_dimension",
            Self::OrgCalendar => "org_calendar",
            Self::OrgScheme => "org_scheme",
            Self::Team => "team_member",
        }
    }

    /// Columns of the key without the date; a team has one line per person.
    pub const fn key(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::PersonDimension => ("person_id", Some("dimension_id")),
            Self::OrgDimension => ("org_id", Some("dimension_id")),
            Self::OrgCalendar | Self::OrgScheme => ("org_id", None),
            Self::Team => ("person_id", None),
        }
    }

    pub const fn column(self) -> &'static str {
        match self {
            Self::PersonDimension | Self::OrgDimension => "value_id",
            Self::OrgCalendar => "calendar_id",
            Self::OrgScheme => "scheme_id",
            Self::Team => "team_id",
        }
    }

    const fn insert(self) -> &'static str {
        match self {
            Self::PersonDimension => {
                "INSERT INTO person_dimension (person_id, dimension_id, valid_from, value_id) \
                 SELECT r.owner_id, r.line_id, r.valid_from, r.object_id"
            }
            Self::OrgDimension => {
                "INSERT INTO org_dimension (org_id, dimension_id, valid_from, value_id) \
                 SELECT r.owner_id, r.line_id, r.valid_from, r.object_id"
            }
            Self::OrgCalendar => {
                "INSERT INTO org_calendar (org_id, valid_from, calendar_id) \
                 SELECT r.owner_id, r.valid_from, r.object_id"
            }
            Self::OrgScheme => {
                "INSERT INTO org_scheme (org_id, valid_from, scheme_id) \
                 SELECT r.owner_id, r.valid_from, r.object_id"
            }
            Self::Team => {
                "INSERT INTO team_member (person_id, valid_from, team_id) \
                 SELECT r.owner_id, r.valid_from, r.object_id"
            }
        }
    }
}

/// Columns of rows of timelines.
pub(super) const ENTRY: [(&str, ColumnKind); 5] = [
    ("owner_id", ColumnKind::Bigint),
    ("line_id", ColumnKind::Bigint),
    ("valid_from", ColumnKind::Date),
    ("object_id", ColumnKind::Bigint),
    ("removed", ColumnKind::Bool),
];

/// Writes entries of timelines and removes those that are to be removed.
pub(super) async fn put_entries(tx: &Tx, line: Line, rows: &str) -> Result<(), Fault> {
    let input = json_rows(tx.dialect(), "r", 1, &ENTRY);
    let (owner, second) = line.key();
    let key = match second {
        Some(second) => format!("{owner}, {second}, valid_from"),
        None => format!("{owner}, valid_from"),
    };
    let column = line.column();
    let sql = format!(
        "{} FROM {input} WHERE NOT r.removed ORDER BY r.owner_id, r.line_id, r.valid_from \
         ON CONFLICT ({key}) DO UPDATE SET {column} = excluded.{column}",
        line.insert()
    );
    tx.run(&sql, vec![rows.into()]).await?;
    let theirs = match second {
        Some(_) => "r.owner_id, r.line_id, r.valid_from",
        None => "r.owner_id, r.valid_from",
    };
    let sql = format!(
        "DELETE FROM {} WHERE ({key}) IN (SELECT {theirs} FROM {input} WHERE r.removed)",
        line.table()
    );
    tx.run(&sql, vec![rows.into()]).await?;
    Ok(())
}
