//! Timeline of the default shift of calendar mode; null = roster mode.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, PersonId, ShiftId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "default_shift")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub shift_id: Option<ShiftId>,
}

impl ActiveModelBehavior for ActiveModel {}
