//! What the nightly check of rosters found.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, LocalDate, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_finding")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub person_id: PersonId,
    pub code: String,
    pub severity: String,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    pub value: i32,
    pub limit_value: i32,
    pub found_at: Instant,
    pub seen_at: Instant,
    pub closed_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
