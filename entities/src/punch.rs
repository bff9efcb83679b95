use sea_orm::entity::prelude::*;
use vocabulary::{Instant, PersonId, PunchId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "punch")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: PunchId,
    pub person_id: PersonId,
    pub at: Instant,
    /// seconds of the local wall clock
    pub wall: i64,
    pub zone: String,
    /// in, out
    pub flag: Option<String>,
    /// terminal, wechat, web, makeup, import
    pub source: String,
    /// face, finger, card, pin, gps, wifi, manual
    pub method: Option<String>,
    /// '' = none
    pub device: String,
    /// of a punch entered by hand
    pub reason: Option<String>,
    /// the record as it came
    pub raw: Option<String>,
    pub author_id: Option<UserId>,
    pub received_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
