//! Rules, request types and schemes as immutable versions, and who has which scheme (domain 7, 8,
//! 12).
//!
//! **Owns** `rule`, `rule_version`, `rule_use`, `scheme_assignment`.
//!
//! **Promises**
//! - A published version never changes. On a date the version with the greatest `effective_from`
//!   not after it counts; of several with one date the one with the greatest number. Dates before
//!   an `effective_from` are left as they are.
//! - A scheme names its rules by code. On each date it consists of the versions its rules have on
//!   that date; it is in effect only where all of them are.
//! - A request type stays of kind leave or of kind overtime.
//! - Bodies are objects of the evaluate format in canonical form: every field, always in one order.
//! - Every write marks the days it can change, in its own transaction.
//!
//! **Verbs** [`publish`], [`assign_schemes`]. **Moves** [`ensure_seeds`], [`put_assignments`],
//! [`edit_assignments`], [`copy_scheme`].
//! [`Book`] resolves everything for the engine; [`try_cases`] evaluates cases without touching any
//! data.

pub mod api;
mod api_org_schemes;
mod assign_org_schemes;
mod assign_schemes;
mod body;
mod book;
mod check;
mod copy_scheme;
mod diff;
mod draft;
mod drafted;
mod edit_assignments;
mod kind;
mod load;
mod publish;
mod read;
mod refusal;
mod roster_schemes;
mod seeds;
mod store;
mod timeline;
mod trial;

pub use api_org_schemes::OrgSchemesApi;
pub use assign_org_schemes::{OrgScheme, assign_org_schemes};
pub use assign_schemes::{SchemeAssignment, SchemeChange, assign_schemes, put_assignments};
pub use book::{Book, DayBook};
pub use check::{Finding, FindingKind, Findings, setup_findings};
pub use copy_scheme::copy_scheme;
pub use diff::{Difference, differences};
pub use drafted::{DraftBook, Drafts};
pub use edit_assignments::{AssignmentEdit, SchemeOn, StoodThere, edit_assignments, scheme_on};
pub use kind::{RuleKind, UnknownKind};
pub use load::BookFacts;
pub use publish::{NewRuleVersion, PublishedRule, publish};
pub use read::scheme_codes;
pub use read::{
    AssignmentFilter, AssignmentRow, NamedRule, RuleFilter, RuleRow, RuleVersionRow, assignments,
    codes, rule_version, rule_versions, rules,
};
pub use refusal::RuleRefusal;
pub use roster_schemes::{scheme_by_code, schemes_at};
pub use seeds::ensure_seeds;
pub use trial::{RefusedDefinition, TrialInput, TrialOutput, try_cases};
