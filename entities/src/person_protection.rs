//! When somebody is protected by law from night work and overtime.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_protection")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
}

impl ActiveModelBehavior for ActiveModel {}
