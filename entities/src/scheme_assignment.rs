//! Timeline of the scheme of a person; null = none.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, PersonId, RuleId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scheme_assignment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub scheme_id: Option<RuleId>,
}

impl ActiveModelBehavior for ActiveModel {}
