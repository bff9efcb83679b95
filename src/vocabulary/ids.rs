use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The text is not a positive whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdError;

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected an id: a positive whole number as text")
    }
}

impl std::error::Error for IdError {}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Calls `$m!(Name)` for every id type.
        #[cfg(any(feature = "orm", feature = "openapi"))]
        macro_rules! for_each_id {
            ($m:ident) => { $( $m!($name); )+ };
        }
        #[cfg(any(feature = "orm", feature = "openapi"))]
        pub(crate) use for_each_id;

        $(
            $(#[$doc])*
            /// A number in the database, text in the API (JavaScript holds no 64-bit integers).
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
            #[serde(try_from = "String", into = "String")]
            pub struct $name(pub i64);

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(&self.0, f)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, concat!(stringify!($name), "({})"), self.0)
                }
            }

            impl FromStr for $name {
                type Err = IdError;

                fn from_str(s: &str) -> Result<Self, IdError> {
                    let plain = s.len() <= 19 && s.bytes().all(|b| b.is_ascii_digit());
                    match s.parse::<i64>() {
                        Ok(n) if plain && n > 0 => Ok(Self(n)),
                        _ => Err(IdError),
                    }
                }
            }

            impl TryFrom<String> for $name {
                type Error = IdError;

                fn try_from(s: String) -> Result<Self, IdError> {
                    s.parse()
                }
            }

            impl From<$name> for String {
                fn from(id: $name) -> Self {
                    id.to_string()
                }
            }
        )+
    };
}

ids! {
    /// A person (employee).
    PersonId,
    /// A node of the organisation tree.
    OrgId,
    /// A position (岗位).
    PositionId,
    /// A dimension (维度) of the organisation.
    DimensionId,
    /// A value of a dimension.
    DimensionValueId,
    /// A team (班组).
    TeamId,
    /// A custom item of the employee file.
    CustomItemId,
    /// An entry of an archive of the employee file.
    ArchiveId,
    /// A photo or another attachment of the employee file.
    AttachmentId,
    /// A work calendar.
    CalendarId,
    /// An attendance period set.
    PeriodSetId,
    /// An attendance period that has begun to close.
    PeriodId,
    /// A shift definition.
    ShiftId,
    /// An immutable version of a shift.
    ShiftVersionId,
    /// A team roster template.
    TemplateId,
    /// A draft of a roster.
    DraftId,
    /// A publication of a roster.
    PublicationId,
    /// A swap of roster cells.
    SwapId,
    /// A notice to a person.
    NoticeId,
    /// A rule, request type or scheme.
    RuleId,
    /// An immutable published version of a rule, request type or scheme.
    RuleVersionId,
    /// A punch.
    PunchId,
    /// An approved request as the engine needs it.
    RequestId,
    /// A user who can sign in.
    UserId,
    /// A role.
    RoleId,
    /// A signed-in session (a family of refresh tokens).
    SessionId,
    /// An audit entry.
    AuditId,
    /// A dirty mark.
    MarkId,
    /// A batch of dirty marks with one cause.
    BatchId,
    /// An asynchronous job.
    JobId,
    /// A what-if run.
    WhatIfRunId,
    /// An alert.
    AlertId,
    /// An event of an employment.
    EventId,
    /// A reminder of an employment.
    ReminderId,
}
