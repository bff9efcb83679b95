//! Timeline of the department.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, OrgId, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_org")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub org_id: OrgId,
}

impl ActiveModelBehavior for ActiveModel {}
