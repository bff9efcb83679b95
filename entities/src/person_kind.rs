//! Timeline of the employment kind (用工性质).

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_kind")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    /// full_time, part_time, dispatched, intern, rehired_retiree
    pub employment_kind: String,
}

impl ActiveModelBehavior for ActiveModel {}
