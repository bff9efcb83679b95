//! Which rules a version of a scheme names, so that "who is concerned by this rule" is one join.

use sea_orm::entity::prelude::*;
use vocabulary::{RuleId, RuleVersionId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rule_use")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub scheme_version_id: RuleVersionId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub rule_id: RuleId,
}

impl ActiveModelBehavior for ActiveModel {}
