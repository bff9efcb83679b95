use sea_orm::entity::prelude::*;
use vocabulary::{BatchId, Instant, LocalDate, MarkId, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dirty_mark")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: MarkId,
    /// (person_id / 256) % 64
    pub shard: i32,
    pub person_id: PersonId,
    pub from_date: LocalDate,
    /// null = open
    pub to_date: Option<LocalDate>,
    pub cause: String,
    pub batch_id: Option<BatchId>,
    /// 1 interactive, 2 recent, 3 open period, 4 mass
    pub lane: i32,
    pub at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
