use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_file")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    pub former_name: Option<String>,
    pub sex: Option<String>,
    pub birth_date: Option<LocalDate>,
    pub id_cipher: Option<String>,
    pub id_key: Option<String>,
    pub id_hash: Option<String>,
    pub id_confirmed: bool,
    pub phone: Option<String>,
    pub mobile: Option<String>,
    pub fax: Option<String>,
    pub postcode: Option<String>,
    pub contact: Option<String>,
    pub email: Option<String>,
    pub address: Option<String>,
    pub education: Option<String>,
    pub major: Option<String>,
    pub school: Option<String>,
    pub graduated_on: Option<LocalDate>,
    pub first_employed_on: Option<LocalDate>,
    pub birth_place: Option<String>,
    pub household_type: Option<String>,
    pub household_place: Option<String>,
    pub marital_status: Option<String>,
    pub manager_id: Option<PersonId>,
    pub remarks: Option<String>,
    pub hours_system: Option<String>,
    pub hours_approval: Option<String>,
    pub hours_approval_until: Option<LocalDate>,
    pub region: Option<String>,
    pub service_gap_days: Option<i32>,
    pub pregnant_due_on: Option<LocalDate>,
    pub nursing_until: Option<LocalDate>,
    pub disabled: Option<String>,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
