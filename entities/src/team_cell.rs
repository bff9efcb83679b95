//! One cell per team and date; it holds for whoever is a member on that date.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, LocalDate, TeamId, TemplateId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "team_cell")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub team_id: TeamId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub work_date: LocalDate,
    pub shift_ids: String,
    pub source: String,
    pub template_id: Option<TemplateId>,
    pub author_id: Option<UserId>,
    pub at: Instant,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
