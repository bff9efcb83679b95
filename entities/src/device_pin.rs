//! Which person a number on a device is. Device '' = every device that has no row of its own.
//! Without a row the employee number itself is tried.

use sea_orm::entity::prelude::*;
use vocabulary::PersonId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "device_pin")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub device: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub pin: String,
    pub person_id: PersonId,
}

impl ActiveModelBehavior for ActiveModel {}
