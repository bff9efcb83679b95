//! Timeline of the team of a person; null = none.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, PersonId, TeamId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "team_member")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub team_id: Option<TeamId>,
}

impl ActiveModelBehavior for ActiveModel {}
