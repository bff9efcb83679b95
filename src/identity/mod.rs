//! Identity: who is asking, what he may do and whose data he may see.
//!
//! **Owns** users, roles, role assignments, sessions, refresh tokens.
//!
//! **Promises** to be the only maker of [`Actor`] and [`Scope`] for people. Permissions add up over role
//! assignments, there is no deny; the scope of an operation is the union of the scopes of the assignments
//! that allow it (DD-1). Asking for a scope consumes the caller, so a request has exactly one, that of one
//! permission. A change of rights takes effect on the next request: rights are read with every request,
//! never kept in a token. Nobody gives rights he does not have. Passwords and refresh tokens are stored as
//! hashes only.
//!
//! **Verbs**: `sign_in`, `refresh`, `sign_out`, `revoke_session`, `change_password`, `create_user`,
//! `update_user`, `assign_roles`, `create_role`, `update_role`, `delete_role`.

pub mod api;
mod api_audit;
mod api_notices;
mod api_roles;
mod api_users;
mod assign_roles;
mod audit_file;
mod caller;
mod covers;
mod fields;
mod password;
mod permission;
mod read;
mod reasons;
mod refusal;
mod role;
mod role_store;
mod scope_parts;
mod scope_wish;
mod seed;
mod session;
mod sign_in;
mod store;
mod token;
mod user;
mod view;
mod within;

pub use api_audit::AuditApi;
pub use api_notices::NoticesApi;
pub use api_roles::RolesApi;
pub use api_users::UsersApi;
pub use assign_roles::assign_roles;
pub use caller::{Caller, Claim, authenticate, claim};
pub use fields::{FieldGroup, Fields};
pub use permission::{Permission, SeedRole};
pub use refusal::IdentityRefusal;
pub use role::{create_role, delete_role, update_role};
pub use scope_parts::{ScopeChoice, ScopeParts};
pub use seed::{SeedUser, add_admin, ensure_roles, grant, put_roles, put_users};
pub use session::{change_password, refresh, revoke_session, sign_out};
pub use sign_in::{Tokens, issue_session, sign_in};
pub use user::{create_user, update_user};
pub use within::{dimension_of, dimension_of_org, org_within, within, within_span};
