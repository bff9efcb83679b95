use sea_orm::entity::prelude::*;
use vocabulary::RuleId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rule")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: RuleId,
    /// punch_rule, late_rule, early_rule, abnormal_rule, request_type, scheme
    pub kind: String,
    pub code: String,
    pub name: String,
}

impl ActiveModelBehavior for ActiveModel {}
