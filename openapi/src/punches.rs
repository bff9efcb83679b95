use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{Instant, PersonId, PunchId, UserId, WallTime};

use crate::Item;
use crate::examples::{utc, wall};
use crate::results::{DayState, DayView};

/// Direction of a punch (签到签退标记). Optional evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum PunchFlag {
    In,
    Out,
}

/// Where a punch comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum PunchSource {
    /// A clock.
    Terminal,
    /// WeCom on a phone.
    Wechat,
    /// This API.
    Web,
    /// An approved correction form (补卡).
    Makeup,
    /// A file.
    Import,
}

/// How the person was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum PunchMethod {
    Face,
    Finger,
    Card,
    Pin,
    Gps,
    Wifi,
    /// Entered by hand.
    Manual,
}

/// A punch (打卡记录). It never changes; voiding is an act of its own.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct PunchView {
    pub id: PunchId,
    pub person_id: PersonId,
    /// To the second.
    pub at: Instant,
    /// On the wall clock the person lives by, wherever the device hangs.
    pub local_time: WallTime,
    /// IANA zone of that clock.
    pub zone: String,
    pub flag: Option<PunchFlag>,
    pub source: PunchSource,
    pub method: Option<PunchMethod>,
    /// Serial or number of the clock.
    pub device: Option<String>,
    /// Of a punch entered by hand.
    pub reason: Option<String>,
    /// Who entered it.
    pub author_id: Option<UserId>,
    pub received_at: Instant,
    /// Absent while the punch is valid.
    pub void: Option<PunchVoidView>,
}

impl Example for PunchView {
    fn example() -> Self {
        Self {
            id: PunchId(1041),
            person_id: PersonId(1),
            at: utc(10, "00:05:20"),
            local_time: wall(10, "08:05:20"),
            zone: "Asia/Shanghai".to_owned(),
            flag: None,
            source: PunchSource::Terminal,
            method: Some(PunchMethod::Face),
            device: Some("CKJN203360123".to_owned()),
            reason: None,
            author_id: None,
            received_at: utc(10, "00:05:23"),
            void: None,
        }
    }
}

impl Item for PunchView {}

/// A punch for oneself with what it did to the day.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct MyPunchView {
    #[oai(flatten)]
    pub punch: PunchView,
    /// The attendance date the punch counts for, as it stands with it. Absent where there is nothing to evaluate.
    pub day: Option<DayView>,
    /// The day was not ready in time: ask for it in a moment.
    pub pending: bool,
}

impl Example for MyPunchView {
    fn example() -> Self {
        let punch = PunchView {
            id: PunchId(1067),
            at: utc(10, "09:00:20"),
            local_time: wall(10, "17:00:20"),
            source: PunchSource::Web,
            method: None,
            device: None,
            received_at: utc(10, "09:00:20"),
            ..PunchView::example()
        };
        let state = DayState::InProgress;
        let mut day = DayView { state, computed_at: None, ..DayView::example() };
        // He may still punch again.
        for out in day.points.iter_mut().filter(|p| p.kind == "out") {
            out.source = "open".to_owned();
        }
        Self { punch, day: Some(day), pending: false }
    }
}

/// Why a punch does not count any more.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PunchVoidView {
    pub reason: String,
    pub by: Option<UserId>,
    pub at: Instant,
}

/// A punch for oneself, now. The server's clock gives the time.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct MyPunchCreate {
    pub flag: Option<PunchFlag>,
}

impl Example for MyPunchCreate {
    fn example() -> Self {
        Self { flag: None }
    }
}

/// Punches entered for others.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct PunchBatchCreate {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub items: Vec<PunchCreate>,
}

impl Example for PunchBatchCreate {
    fn example() -> Self {
        Self {
            items: vec![PunchCreate {
                person_id: PersonId(1),
                at: None,
                local_time: "2026-03-10T08:00:00".parse().ok(),
                flag: None,
                reason: "工牌遗失，门卫登记".to_owned(),
            }],
        }
    }
}

/// One punch entered for somebody. Exactly one of `at` and `local_time` is given.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PunchCreate {
    pub person_id: PersonId,
    pub at: Option<Instant>,
    /// On the wall clock of the person's zone.
    pub local_time: Option<WallTime>,
    pub flag: Option<PunchFlag>,
    #[oai(validator(min_length = 1, max_length = 500))]
    pub reason: String,
}

/// Voids a punch.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct PunchVoidCreate {
    #[oai(validator(min_length = 1, max_length = 500))]
    pub reason: String,
}

impl Example for PunchVoidCreate {
    fn example() -> Self {
        Self { reason: "代打卡，已核实".to_owned() }
    }
}

/// A record of a clock that belongs to nobody we know.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct UnassignedPunchView {
    pub id: String,
    /// Empty = unknown.
    pub device: String,
    /// The number of the person on the device.
    pub pin: String,
    /// As the clock of `zone` showed it.
    pub local_time: WallTime,
    pub zone: String,
    pub flag: Option<PunchFlag>,
    pub source: PunchSource,
    pub method: Option<PunchMethod>,
    /// The record as it came.
    pub raw: String,
    pub received_at: Instant,
    /// The punch it became.
    pub assigned_to: Option<PunchId>,
    pub assigned_by: Option<UserId>,
    pub assigned_at: Option<Instant>,
}

impl Example for UnassignedPunchView {
    fn example() -> Self {
        Self {
            id: "1".to_owned(),
            device: "CKJN203360123".to_owned(),
            pin: "23".to_owned(),
            local_time: wall(10, "07:58:41"),
            zone: "Asia/Shanghai".to_owned(),
            flag: Some(PunchFlag::In),
            source: PunchSource::Terminal,
            method: Some(PunchMethod::Finger),
            raw: "23\t2026-03-10 07:58:41\t0\t1\t0\t0".to_owned(),
            received_at: utc(9, "23:58:44"),
            assigned_to: None,
            assigned_by: None,
            assigned_at: None,
        }
    }
}

impl Item for UnassignedPunchView {}

/// Gives records of unknown people to a person.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct PunchAssignmentCreate {
    #[oai(validator(min_items = 1, max_items = 1000))]
    pub ids: Vec<String>,
    pub person_id: PersonId,
    /// Also keep the numbers on their devices for this person, so that later records find him.
    #[oai(default)]
    pub remember: bool,
}

impl Example for PunchAssignmentCreate {
    fn example() -> Self {
        Self { ids: vec!["1".to_owned()], person_id: PersonId(1), remember: true }
    }
}

/// A number of a person on a clock.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct DevicePinView {
    /// Empty = every device that has no row of its own for the number.
    pub device: String,
    pub pin: String,
    pub person_id: PersonId,
}

impl Example for DevicePinView {
    fn example() -> Self {
        Self { device: "CKJN203360123".to_owned(), pin: "23".to_owned(), person_id: PersonId(1) }
    }
}

impl Item for DevicePinView {}

/// Numbers to be given to people or to be forgotten.
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct DevicePinsPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub items: Vec<DevicePinPut>,
}

impl Example for DevicePinsPut {
    fn example() -> Self {
        Self {
            items: vec![DevicePinPut {
                device: "CKJN203360123".to_owned(),
                pin: "23".to_owned(),
                person_id: Some(PersonId(1)),
            }],
        }
    }
}

/// One number. Without a person it is forgotten.
#[derive(Clone, Debug, Object)]
pub struct DevicePinPut {
    #[oai(default, validator(max_length = 64))]
    pub device: String,
    #[oai(validator(min_length = 1, max_length = 64))]
    pub pin: String,
    pub person_id: Option<PersonId>,
}

/// What giving numbers did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct DevicePinsView {
    pub written: u64,
    pub removed: u64,
    /// Records of unknown people that became punches.
    pub punches: u64,
}

impl Example for DevicePinsView {
    fn example() -> Self {
        Self { written: 1, removed: 0, punches: 6 }
    }
}
