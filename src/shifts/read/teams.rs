use sea_orm::FromQueryResult;
use vocabulary::{Instant, LocalDate, ShiftId, TeamId, TemplateId, UserId};

use super::read_shift_ids;
use crate::base::{Fault, Query, id_rows, id_value};

/// A written cell of a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamCell {
    pub team: TeamId,
    pub date: LocalDate,
    /// Empty = rest.
    pub shifts: Vec<ShiftId>,
    pub source: String,
    pub template: Option<TemplateId>,
    pub author: Option<UserId>,
    pub at: Instant,
    pub version: i32,
}

#[derive(FromQueryResult)]
struct Row {
    team_id: TeamId,
    work_date: LocalDate,
    shift_ids: String,
    source: String,
    template_id: Option<TemplateId>,
    author_id: Option<UserId>,
    at: Instant,
    version: i32,
}

/// The cells of these teams from `from` to `to`, in the order of team and date.
pub async fn team_cells(
    q: &impl Query,
    teams: &[TeamId],
    from: LocalDate,
    to: LocalDate,
) -> Result<Vec<TeamCell>, Fault> {
    let sql = format!(
        "SELECT c.team_id, c.work_date, c.shift_ids, c.source, c.template_id, c.author_id, c.at, \
           c.version FROM {} JOIN team_cell c ON c.team_id = k.id \
         WHERE c.work_date BETWEEN $2 AND $3 ORDER BY c.team_id, c.work_date",
        id_rows(q.dialect(), "k", 1)
    );
    let ids = id_value(teams.iter().map(|t| t.0));
    let rows: Vec<Row> = q.rows(&sql, vec![ids, from.into(), to.into()]).await?;
    rows.into_iter()
        .map(|r| {
            Ok(TeamCell {
                team: r.team_id,
                date: r.work_date,
                shifts: read_shift_ids(&r.shift_ids)?,
                source: r.source,
                template: r.template_id,
                author: r.author_id,
                at: r.at,
                version: r.version,
            })
        })
        .collect()
}
