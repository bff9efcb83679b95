//! What a person is told; written in the transaction of what it tells of.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, NoticeId, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: NoticeId,
    pub person_id: PersonId,
    pub kind: String,
    pub payload: String,
    pub at: Instant,
    pub read_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
