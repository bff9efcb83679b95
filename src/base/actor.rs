use vocabulary::{PersonId, UserId};

/// Through which door a write came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Api,
    /// A command on the machine.
    Cli,
    /// The program by itself.
    System,
}

impl Channel {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Cli => "cli",
            Self::System => "system",
        }
    }
}

/// Who writes. Made by `identity` for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub user: Option<UserId>,
    pub person: Option<PersonId>,
    pub channel: Channel,
}

impl Actor {
    /// The program by itself.
    pub const fn system() -> Self {
        Self { user: None, person: None, channel: Channel::System }
    }

    /// A command on the machine.
    pub const fn cli() -> Self {
        Self { user: None, person: None, channel: Channel::Cli }
    }

    /// Names the actor in idempotency keys.
    pub fn key(&self) -> String {
        match self.user {
            Some(user) => format!("user:{user}"),
            None => self.channel.as_str().to_owned(),
        }
    }
}
