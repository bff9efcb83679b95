//! Dates out of service between leaving and reinstatement, both ends included.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_gap")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub valid_to: LocalDate,
    /// the years of service go on
    pub continuous: bool,
}

impl ActiveModelBehavior for ActiveModel {}
