//! Forward steps of the schema, in order. Run by `kaoqin migrate`, and by the embedded mode at start.

use sea_orm_migration::prelude::*;

mod closing;
mod compact;
mod demand;
mod dialect;
mod employee_file;
mod employment;
mod jobs;
mod lanes;
mod org_versions;
mod organisation;
mod period_versions;
mod periods;
mod rights;
mod rosters;
mod spine;

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(spine::Spine),
            Box::new(compact::Compact),
            Box::new(periods::Periods),
            Box::new(jobs::Jobs),
            Box::new(lanes::Lanes),
            Box::new(closing::Closing),
            Box::new(period_versions::PeriodVersions),
            Box::new(organisation::Organisation),
            Box::new(employment::Employment),
            Box::new(org_versions::OrgVersions),
            Box::new(employee_file::EmployeeFile),
            Box::new(rosters::Rosters),
            Box::new(demand::Demand),
            Box::new(rights::Rights),
        ]
    }
}
