//! Imports over HTTP.

use contract::employee_files::EmployeeImportView;
use contract::{Problem, Tag};
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::{Binary, Json};
use sha2::{Digest, Sha256};

use super::job::{ImportPlan, ImportRefusal, plan_import};
use crate::base::{App, Failure, Once, retry};
use crate::identity::Permission as P;
use crate::identity::api::{Auth, IdempotencyKey};
use crate::profiles::Group;

pub struct ImportsApi {
    pub app: App,
}

#[OpenApi(prefix_path = "/api/v1")]
impl ImportsApi {
    /// Import employees
    ///
    /// A table (xlsx or csv, at most 12 MiB) with the headings of the export, in Chinese or English. A job reads it; its
    /// result is the report: how many rows were accepted, known before or rejected, and each rejected row with its line.
    /// A refused row changes nothing. Columns of groups one may not write are left out with a warning. Needs the scope of
    /// everybody.
    #[oai(
        path = "/employee-imports",
        method = "post",
        operation_id = "create_employee_import",
        tag = "Tag::People"
    )]
    async fn import_people(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        /// Say what would happen and write nothing.
        #[oai(default)]
        dry_run: Query<bool>,
        /// Make departments that do not exist yet.
        #[oai(default)]
        create_orgs: Query<bool>,
        body: Binary<Vec<u8>>,
    ) -> Result<Json<EmployeeImportView>, Problem> {
        let (actor, scope) = auth.clone().allow(P::PersonEdit)?;
        if create_orgs.0 {
            auth.clone().allow(P::OrgEdit)?;
        }
        if !scope.is_everybody() {
            return Err(Failure::from(ImportRefusal::ScopeTooSmall).into());
        }
        let seen = |g: &Group| {
            auth.clone().allow(g.permission()).is_ok_and(|(_, scope)| scope.is_everybody())
        };
        let groups = Group::ALL.into_iter().filter(seen).map(|g| g.as_str().to_owned());
        let plan =
            ImportPlan { dry_run: dry_run.0, create_orgs: create_orgs.0, groups: groups.collect() };
        let bytes = bytes::Bytes::from(body.0);
        let hash: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        let once = Once::new(key.0, &(&plan, hash))?;
        let app = &self.app;
        let job_id = retry(|| plan_import(app, &actor, &plan, bytes.clone(), &once)).await?;
        Ok(Json(EmployeeImportView { job_id }))
    }
}
