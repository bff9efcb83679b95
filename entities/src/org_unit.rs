use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, OrgId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "org_unit")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: OrgId,
    pub code: String,
    pub name: String,
    /// group, company, plant, department, team
    pub kind: String,
    pub parent_id: Option<OrgId>,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
