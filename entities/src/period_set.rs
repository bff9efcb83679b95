use sea_orm::entity::prelude::*;
use vocabulary::PeriodSetId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "period_set")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: PeriodSetId,
    pub code: String,
    pub name: String,
    /// 1 = natural month; above 15 the period begins in the month before
    pub start_day: i32,
    pub is_default: bool,
    /// Counts up with every change of its list of periods
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
