//! Dates of probation, both ends included; open while valid_to is null.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_probation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
}

impl ActiveModelBehavior for ActiveModel {}
