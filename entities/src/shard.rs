//! A drain takes a shard by raising its turn, so that no snapshot can be older than the last
//! holder's commit.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shard")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub no: i32,
    pub turn: i64,
}

impl ActiveModelBehavior for ActiveModel {}
