//! Timeline of the scheme of a department; null = the department above says it.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, OrgId, RuleId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "org_scheme")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub org_id: OrgId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub scheme_id: Option<RuleId>,
}

impl ActiveModelBehavior for ActiveModel {}
