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
    SpanInvalid,
    AccountHeld,
    RightsExceedYours { permission: &'static str },
    NoSuchRole,
    RoleCodeTaken,
    RoleInUse,
    RoleOfProgram,
    LastAdministrator,
    PositionNotFound,
    DimensionValueNotFound,
    ScopeTooLarge,
    PhoneInvalid,
    RoleCodeInvalid,
    RoleNameInvalid,
    MenuInvalid,
    PermissionUnknown { code: String },
    EmployeeRequired,
    NoSuchPerson,
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
            Self::SpanInvalid => "span_invalid",
            Self::EmployeeRequired => "employee_required",
            Self::PermissionUnknown { .. } => "permission_unknown",
            Self::MenuInvalid => "menu_invalid",
            Self::RoleNameInvalid => "role_name_invalid",
            Self::RoleCodeInvalid => "role_code_invalid",
            Self::PhoneInvalid => "phone_invalid",
            Self::ScopeTooLarge => "scope_too_large",
            Self::DimensionValueNotFound => "dimension_value_not_found",
            Self::PositionNotFound => "position_not_found",
            Self::LastAdministrator => "last_administrator",
            Self::RoleOfProgram => "role_of_program",
            Self::RoleInUse => "role_in_use",
            Self::RoleCodeTaken => "role_code_taken",
            Self::NoSuchRole => "role_not_found",
            Self::NoSuchPerson => "person_not_found",
            Self::RightsExceedYours { .. } => "rights_exceed_yours",
            Self::AccountHeld => "account_held",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::InvalidCredentials | Self::TokenInvalid | Self::RefreshInvalid => 401,
            Self::PermissionMissing { .. }
            | Self::NoEmployee
            | Self::AccountHeld
            | Self::RightsExceedYours { .. } => 403,
            Self::UserNotFound | Self::SessionNotFound | Self::NoSuchRole | Self::NoSuchPerson => {
                404
            }
            Self::LoginTaken
            | Self::VersionConflict
            | Self::RoleCodeTaken
            | Self::RoleInUse
            | Self::RoleOfProgram
            | Self::LastAdministrator => 409,
            Self::AccountLocked { .. } => 429,
            Self::WrongPassword
            | Self::RoleNotFound
            | Self::PersonNotFound
            | Self::OrgNotFound
            | Self::SpanInvalid
            | Self::PositionNotFound
            | Self::DimensionValueNotFound
            | Self::ScopeTooLarge
            | Self::PhoneInvalid
            | Self::RoleCodeInvalid
            | Self::RoleNameInvalid
            | Self::MenuInvalid
            | Self::PermissionUnknown { .. }
            | Self::EmployeeRequired => 422,
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
            Self::PersonNotFound | Self::NoSuchPerson => "没有这个员工".to_owned(),
            Self::OrgNotFound => "没有这个部门".to_owned(),
            Self::LoginTaken => "登录名已被使用".to_owned(),
            Self::VersionConflict => "数据已被他人修改，请刷新后重试".to_owned(),
            Self::SpanInvalid => "结束日期早于开始日期".to_owned(),
            Self::EmployeeRequired => "范围不是全部时，新用户须关联范围内的员工".to_owned(),
            Self::PermissionUnknown { code } => format!("没有这个操作：{code}"),
            Self::MenuInvalid => "菜单代码须为 1–60 个字符".to_owned(),
            Self::RoleNameInvalid => "角色名称须为 1–100 个字符".to_owned(),
            Self::RoleCodeInvalid => "角色代码须为 1–40 个字母、数字或 . - _".to_owned(),
            Self::PhoneInvalid => "电话只能包含数字、空格、+ 和 -".to_owned(),
            Self::ScopeTooLarge => "一个用户的范围最多列出 2000 项".to_owned(),
            Self::DimensionValueNotFound => "没有这个维度值".to_owned(),
            Self::PositionNotFound => "没有这个岗位".to_owned(),
            Self::LastAdministrator => "至少要保留一个可用的系统管理员".to_owned(),
            Self::RoleOfProgram => "内置角色不能修改或删除，请新建角色".to_owned(),
            Self::RoleInUse => "角色仍被用户使用，不能删除".to_owned(),
            Self::RoleCodeTaken => "角色代码已被使用".to_owned(),
            Self::NoSuchRole => "没有这个角色".to_owned(),
            Self::RightsExceedYours { permission } => {
                format!("不能授予或处理您自己没有的权限：{permission}")
            }
            Self::AccountHeld => "账号已被锁定，请联系管理员".to_owned(),
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
            Self::PersonNotFound | Self::NoSuchPerson => "There is no such person".to_owned(),
            Self::OrgNotFound => "There is no such department".to_owned(),
            Self::LoginTaken => "The login name is taken".to_owned(),
            Self::VersionConflict => "Somebody else changed it; reload and try again".to_owned(),
            Self::SpanInvalid => "valid_to is before valid_from".to_owned(),
            Self::EmployeeRequired => {
                "Whoever does not see everybody must link a new user to an employee within scope"
                    .to_owned()
            }
            Self::PermissionUnknown { code } => format!("There is no such operation: {code}"),
            Self::MenuInvalid => "A menu is 1 to 60 characters".to_owned(),
            Self::RoleNameInvalid => "The name of a role is 1 to 100 characters".to_owned(),
            Self::RoleCodeInvalid => {
                "The code of a role is 1 to 40 letters, digits or . - _".to_owned()
            }
            Self::PhoneInvalid => "A phone number has digits, blanks, + and - only".to_owned(),
            Self::ScopeTooLarge => {
                "The scopes of one user may list 2,000 things at most".to_owned()
            }
            Self::DimensionValueNotFound => "There is no such value of a dimension".to_owned(),
            Self::PositionNotFound => "There is no such position".to_owned(),
            Self::LastAdministrator => "At least one administrator must remain".to_owned(),
            Self::RoleOfProgram => {
                "Roles of the program cannot be changed or deleted; make your own".to_owned()
            }
            Self::RoleInUse => "Users hold this role; it cannot be deleted".to_owned(),
            Self::RoleCodeTaken => "The code of the role is taken".to_owned(),
            Self::NoSuchRole => "There is no such role".to_owned(),
            Self::RightsExceedYours { permission } => {
                format!("You cannot give or touch rights you do not have: {permission}")
            }
            Self::AccountHeld => "The account is locked; ask an administrator".to_owned(),
        }
    }
}
