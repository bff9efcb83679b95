//! Records of nobody we know. Assigning one creates a punch and fills assigned_to.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, PunchId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unassigned_punch")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub device: String,
    pub pin: String,
    /// as the device said, wall seconds
    pub wall: i64,
    pub zone: String,
    pub flag: Option<String>,
    pub source: String,
    pub method: Option<String>,
    pub raw: String,
    pub received_at: Instant,
    pub assigned_to: Option<PunchId>,
    pub assigned_by: Option<UserId>,
    pub assigned_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
