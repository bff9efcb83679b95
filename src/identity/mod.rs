//! Identity: who is asking, what he may do and whose data he may see.
//!
//! **Owns** users, roles, role assignments, sessions, refresh tokens.
//!
//! **Promises** to be the only maker of [`Actor`] and [`Scope`] for people. Permissions add up over role
//! assignments, there is no deny; the scope of an operation is the union of the scopes of the assignments
//! that allow it (DD-1). A change of rights takes effect on the next request: rights are read with every
//! request, never kept in a token. Passwords and refresh tokens are stored as hashes only.
//!
//! **Verbs**: `sign_in`, `refresh`, `sign_out`, `revoke_session`, `change_password`, `create_user`,
//! `update_user`, `assign_roles`.

pub mod api;
mod api_notices;
mod caller;
mod password;
mod permission;
mod read;
mod refusal;
mod seed;
mod session;
mod sign_in;
mod store;
mod token;
mod user;

pub use api_notices::NoticesApi;
pub use caller::{Caller, Claim, authenticate, claim};
pub use permission::Permission;
pub use refusal::IdentityRefusal;
pub use seed::{SeedUser, add_admin, ensure_roles, put_users};
pub use session::{change_password, refresh, revoke_session, sign_out};
pub use sign_in::{Tokens, issue_session, sign_in};
pub use user::{ScopeChoice, assign_roles, create_user, update_user};
