use crate::base::Refusal;

/// Why identity says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityRefusal {
    InvalidCredentials,
    AccountLocked { seconds: i64 },
    TokenInvalid,
    RefreshInvalid,
    PermissionMissing { permission: &'static str },
    NoEmployee,
    WrongPassword,
    UserNotFound,
    RoleNotFound,
    SessionNotFound,
    PersonNotFound,
    OrgNotFound,
    LoginTaken,
    VersionConflict,
    ScopeInvalid,
    SpanInvalid,
}

impl Refusal for IdentityRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::InvalidCredentials => "invalid_credentials",
            Self::AccountLocked { .. } => "account_locked",
            Self::TokenInvalid => "token_invalid",
            Self::RefreshInvalid => "refresh_token_invalid",
            Self::PermissionMissing { .. } => "permission_missing",
            Self::NoEmployee => "no_employee",
            Self::WrongPassword => "wrong_password",
            Self::UserNotFound => "user_not_found",
            Self::RoleNotFound => "role_not_found",
            Self::SessionNotFound => "session_not_found",
            Self::PersonNotFound => "person_not_found",
            Self::OrgNotFound => "org_not_found",
            Self::LoginTaken => "login_taken",
            Self::VersionConflict => "version_conflict",
            Self::ScopeInvalid => "scope_invalid",
            Self::SpanInvalid => "span_invalid",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::InvalidCredentials | Self::TokenInvalid | Self::RefreshInvalid => 401,
            Self::PermissionMissing { .. } | Self::NoEmployee => 403,
            Self::UserNotFound | Self::SessionNotFound => 404,
            Self::LoginTaken | Self::VersionConflict => 409,
            Self::AccountLocked { .. } => 429,
            Self::WrongPassword
            | Self::RoleNotFound
            | Self::PersonNotFound
            | Self::OrgNotFound
            | Self::ScopeInvalid
            | Self::SpanInvalid => 422,
        }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::AccountLocked { seconds } => u32::try_from(*seconds).ok(),
            _ => None,
        }
    }

    fn zh(&self) -> String {
        match self {
            Self::InvalidCredentials => "登录名或密码不正确".to_owned(),
            Self::AccountLocked { seconds } => {
                format!("密码错误次数过多，账号已锁定，请在 {} 分钟后再试", (seconds + 59) / 60)
            }
            Self::TokenInvalid => "登录已失效，请重新登录".to_owned(),
            Self::RefreshInvalid => "续期令牌无效或已使用，请重新登录".to_owned(),
            Self::PermissionMissing { permission } => format!("缺少权限 {permission}"),
            Self::NoEmployee => "该用户没有关联员工".to_owned(),
            Self::WrongPassword => "原密码不正确".to_owned(),
            Self::UserNotFound => "没有这个用户".to_owned(),
            Self::RoleNotFound => "没有这个角色".to_owned(),
            Self::SessionNotFound => "没有这个会话".to_owned(),
            Self::PersonNotFound => "没有这个员工".to_owned(),
            Self::OrgNotFound => "没有这个部门".to_owned(),
            Self::LoginTaken => "登录名已被使用".to_owned(),
            Self::VersionConflict => "数据已被他人修改，请刷新后重试".to_owned(),
            Self::ScopeInvalid => "范围为 orgs 时必须且只能在此时给出部门".to_owned(),
            Self::SpanInvalid => "结束日期早于开始日期".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::InvalidCredentials => "Login name or password is wrong".to_owned(),
            Self::AccountLocked { seconds } => format!(
                "Too many wrong passwords; the account is locked for {} more minutes",
                (seconds + 59) / 60
            ),
            Self::TokenInvalid => "The sign-in is no longer valid; sign in again".to_owned(),
            Self::RefreshInvalid => {
                "The refresh token is unknown or was used before; sign in again".to_owned()
            }
            Self::PermissionMissing { permission } => {
                format!("The permission {permission} is missing")
            }
            Self::NoEmployee => "This user is not linked to an employee".to_owned(),
            Self::WrongPassword => "The old password is wrong".to_owned(),
            Self::UserNotFound => "There is no such user".to_owned(),
            Self::RoleNotFound => "There is no such role".to_owned(),
            Self::SessionNotFound => "There is no such session".to_owned(),
            Self::PersonNotFound => "There is no such person".to_owned(),
            Self::OrgNotFound => "There is no such department".to_owned(),
            Self::LoginTaken => "The login name is taken".to_owned(),
            Self::VersionConflict => "Somebody else changed it; reload and try again".to_owned(),
            Self::ScopeInvalid => "org_ids must be given with scope orgs and only then".to_owned(),
            Self::SpanInvalid => "valid_to is before valid_from".to_owned(),
        }
    }
}
