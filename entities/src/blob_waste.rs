use sea_orm::entity::prelude::*;
use vocabulary::Instant;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "blob_waste")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub blob: String,
    pub at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
