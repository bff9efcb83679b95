//! Punches over HTTP: one's own, those of others, records of unknown people, numbers on devices.

mod view;

use std::time::Duration;

use contract::punches::{
    DevicePinView, DevicePinsPut, DevicePinsView, MyPunchCreate, MyPunchView,
    PunchAssignmentCreate, PunchBatchCreate, PunchView, PunchVoidCreate, UnassignedPunchView,
};
use contract::results::DayView;
use contract::{MAX_LIMIT, Outcome, Page, Problem, Tag};
use futures::future::BoxFuture;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use vocabulary::{LocalDate, PersonId, PunchId};

use self::view::{
    assigned, entered, entry, flag, numbered, pin_cursor, punch_view, record_id, unassigned_view,
};
use super::{
    Assignment, DevicePinRow, Entry, PinChange, PinFilter, Place, PunchFilter, PunchRefusal,
    UnassignedFilter,
};
use crate::base::{App, Failure, Once, Scope};
use crate::identity::Permission;
use crate::identity::api::{Auth, default_limit};

/// Days of a list when none are asked for.
const DEFAULT_DAYS: i32 = 31;
/// How long a punch waits for the state of its day.
const DAY_IN_TIME: Duration = Duration::from_millis(300);

/// What a punch did to its day: the wiring knows who can tell.
pub type DayOfPunch = for<'a> fn(
    &'a App,
    PersonId,
    PunchId,
    LocalDate,
) -> BoxFuture<'a, Result<Option<DayView>, Failure>>;

pub struct PunchesApi {
    pub app: App,
    pub day_of_punch: DayOfPunch,
}

#[OpenApi(prefix_path = "/api/v1")]
impl PunchesApi {
    /// Punch
    ///
    /// For oneself, now: the server's clock gives the time. A second punch in the same second is the same
    /// punch; with the same `Idempotency-Key` the first answer comes again. The answer carries the day as it
    /// stands with the punch; `pending` says that it was not ready in time.
    #[oai(path = "/me/punches", method = "post", operation_id = "create_my_punch", tag = "Tag::Me")]
    async fn punch(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<MyPunchCreate>,
    ) -> Result<Json<MyPunchView>, Problem> {
        let (actor, person, scope) = auth.own()?;
        let flag = body.flag.map(flag);
        let once = Once::new(key.0, &flag)?;
        let done = super::record(&self.app, &actor, person, flag, &once).await?;
        let Json(punch) = self.view(&scope, done.id).await?;
        let day = (self.day_of_punch)(&self.app, person, done.id, punch.local_time.date());
        match tokio::time::timeout(DAY_IN_TIME, day).await {
            Ok(Ok(day)) => Ok(Json(MyPunchView { punch, day, pending: false })),
            // The punch is stored: a day that cannot be shown now is no reason to refuse it.
            Ok(Err(_)) | Err(_) => Ok(Json(MyPunchView { punch, day: None, pending: true })),
        }
    }

    /// My punches
    ///
    /// In time order, void ones included. Dates are local dates of the punches; without them the last 31
    /// days are answered.
    #[oai(path = "/me/punches", method = "get", operation_id = "list_my_punches", tag = "Tag::Me")]
    async fn mine(
        &self,
        auth: Auth,
        from: Query<Option<LocalDate>>,
        to: Query<Option<LocalDate>>,
        /// From the former page.
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<PunchView>>, Problem> {
        let (_, person, scope) = auth.own()?;
        self.list(&scope, Some(person), from.0, to.0, cursor.0, limit.0).await
    }

    /// List punches
    ///
    /// Of people within scope, by person and time, void ones included; at most 366 days.
    #[oai(path = "/punches", method = "get", operation_id = "list_punches", tag = "Tag::Punches")]
    async fn punches(
        &self,
        auth: Auth,
        person_id: Query<Option<PersonId>>,
        from: Query<Option<LocalDate>>,
        to: Query<Option<LocalDate>>,
        /// From the former page.
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<PunchView>>, Problem> {
        let (_, scope) = auth.allow(Permission::PunchView)?;
        self.list(&scope, person_id.0, from.0, to.0, cursor.0, limit.0).await
    }

    /// Get a punch
    #[oai(path = "/punches/:id", method = "get", operation_id = "get_punch", tag = "Tag::Punches")]
    async fn get(&self, auth: Auth, id: Path<PunchId>) -> Result<Json<PunchView>, Problem> {
        let (_, scope) = auth.allow(Permission::PunchView)?;
        self.view(&scope, id.0).await
    }

    /// Enter punches
    ///
    /// For others, each with a reason; source `web`, method `manual`. Every row has an answer of its own, in
    /// the order of the request: `accepted`, `duplicate` (the person has this punch) or `rejected`.
    #[oai(
        path = "/punches",
        method = "post",
        operation_id = "create_punches",
        tag = "Tag::Punches"
    )]
    async fn enter(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<PunchBatchCreate>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(Permission::PunchCreate)?;
        let rows = body.0.items.into_iter().enumerate();
        let entries: Vec<Entry> =
            rows.map(|(index, item)| entry(index, item)).collect::<Result<_, Failure>>()?;
        let once = Once::new(key.0, &entries)?;
        let done = super::enter(&self.app, &actor, &scope, &entries, &once).await?;
        Ok(Json(Page::new(numbered(done.iter().map(entered)), None)))
    }

    /// Void a punch
    ///
    /// The punch stays readable but counts no more. A punch is voided once.
    #[oai(
        path = "/punches/:id/void",
        method = "post",
        operation_id = "void_punch",
        tag = "Tag::Punches"
    )]
    async fn void(
        &self,
        auth: Auth,
        id: Path<PunchId>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<PunchVoidCreate>,
    ) -> Result<Json<PunchView>, Problem> {
        let (actor, scope) = auth.allow(Permission::PunchVoid)?;
        let once = Once::new(key.0, &(id.0, &body.reason))?;
        super::void(&self.app, &actor, &scope, id.0, &body.reason, &once).await?;
        self.view(&scope, id.0).await
    }

    /// List records of unknown people
    ///
    /// Oldest first. They belong to nobody, so every holder of the permission sees them all.
    #[oai(
        path = "/unassigned-punches",
        method = "get",
        operation_id = "list_unassigned_punches",
        tag = "Tag::Punches"
    )]
    async fn unassigned(
        &self,
        auth: Auth,
        device: Query<Option<String>>,
        pin: Query<Option<String>>,
        /// Only those that became punches, or only those that did not.
        assigned: Query<Option<bool>>,
        /// From the former page.
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<UnassignedPunchView>>, Problem> {
        auth.allow(Permission::PunchAssign)?;
        let filter = UnassignedFilter {
            device: device.0,
            pin: pin.0,
            assigned: assigned.0,
            after: cursor.0.as_deref().map(record_id).transpose()?,
            limit: limit.0.min(MAX_LIMIT),
        };
        let rows = super::unassigned(self.app.db.read(), &filter).await?;
        let full = rows.len() as u64 == u64::from(filter.limit);
        let next = rows.last().filter(|_| full).map(|r| r.id.to_string());
        let items = rows.into_iter().map(unassigned_view).collect::<Result<_, Failure>>()?;
        Ok(Json(Page::new(items, next)))
    }

    /// Give records to a person
    ///
    /// Each becomes a punch: `accepted`, or `duplicate` if the person has it or it was given before.
    #[oai(
        path = "/unassigned-punches/assign",
        method = "post",
        operation_id = "assign_unassigned_punches",
        tag = "Tag::Punches"
    )]
    async fn assign(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<PunchAssignmentCreate>,
    ) -> Result<Json<Page<Outcome>>, Problem> {
        let (actor, scope) = auth.allow(Permission::PunchAssign)?;
        let ids = body.ids.iter().map(|id| record_id(id));
        let wanted = Assignment {
            records: ids.collect::<Result<_, Failure>>()?,
            person: body.person_id,
            remember: body.remember,
        };
        let once = Once::new(key.0, &wanted)?;
        let done = super::assign(&self.app, &actor, &scope, &wanted, &once).await?;
        let rows = wanted.records.iter().zip(done).map(|(id, done)| assigned(*id, done));
        Ok(Json(Page::new(numbered(rows), None)))
    }

    /// List numbers on devices
    #[oai(
        path = "/device-pins",
        method = "get",
        operation_id = "list_device_pins",
        tag = "Tag::Punches"
    )]
    async fn pins(
        &self,
        auth: Auth,
        device: Query<Option<String>>,
        person_id: Query<Option<PersonId>>,
        /// From the former page.
        cursor: Query<Option<String>>,
        #[oai(default = "default_limit", validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<u32>,
    ) -> Result<Json<Page<DevicePinView>>, Problem> {
        let (_, scope) = auth.allow(Permission::PunchAssign)?;
        let filter = PinFilter {
            device: device.0,
            person: person_id.0,
            after: cursor.0.as_deref().map(pin_cursor).transpose()?,
            limit: limit.0.min(MAX_LIMIT),
        };
        let today = self.app.today();
        let rows = super::device_pins(self.app.db.read(), &scope, today, &filter).await?;
        let full = rows.len() as u64 == u64::from(filter.limit);
        let next = rows.last().filter(|_| full).map(|r| format!("{}\t{}", r.device, r.pin));
        let view = |r: DevicePinRow| {
            let DevicePinRow { device, pin, person_id } = r;
            DevicePinView { device, pin, person_id }
        };
        Ok(Json(Page::new(rows.into_iter().map(view).collect(), next)))
    }

    /// Give numbers on devices to people
    ///
    /// Replaces what was said of these numbers. Records of unknown people that waited for them become
    /// punches at once, at most 10,000 per request.
    #[oai(
        path = "/device-pins",
        method = "put",
        operation_id = "replace_device_pins",
        tag = "Tag::Punches"
    )]
    async fn put_pins(
        &self,
        auth: Auth,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<DevicePinsPut>,
    ) -> Result<Json<DevicePinsView>, Problem> {
        let (actor, scope) = auth.allow(Permission::PunchAssign)?;
        let rows = body.0.items.into_iter();
        let changes: Vec<PinChange> =
            rows.map(|i| PinChange { device: i.device, pin: i.pin, person: i.person_id }).collect();
        let once = Once::new(key.0, &changes)?;
        let done = super::set_pins(&self.app, &actor, &scope, &changes, &once).await?;
        let super::PinsSet { written, removed, punches } = done;
        Ok(Json(DevicePinsView { written, removed, punches }))
    }
}

impl PunchesApi {
    async fn view(&self, scope: &Scope, id: PunchId) -> Result<Json<PunchView>, Problem> {
        let found = super::punch(self.app.db.read(), scope, id).await?;
        let row = found.ok_or_else(|| Failure::from(PunchRefusal::PunchNotFound))?;
        Ok(Json(punch_view(row)?))
    }

    async fn list(
        &self,
        scope: &Scope,
        person: Option<PersonId>,
        from: Option<LocalDate>,
        to: Option<LocalDate>,
        cursor: Option<String>,
        limit: u32,
    ) -> Result<Json<Page<PunchView>>, Problem> {
        let to = to.unwrap_or_else(|| match from {
            Some(from) => from.plus(DEFAULT_DAYS - 1),
            None => self.app.today().plus(1),
        });
        let from = from.unwrap_or_else(|| to.plus(1 - DEFAULT_DAYS));
        let after = cursor.as_deref().map(Place::parse).transpose().map_err(Failure::from)?;
        let limit = limit.min(MAX_LIMIT);
        let filter = PunchFilter { person, from, to, after, limit };
        let rows = super::punches(self.app.db.read(), scope, &filter).await?;
        let full = rows.len() as u64 == u64::from(limit);
        let next = rows.last().filter(|_| full).map(|r| Place::of(r).text());
        let items = rows.into_iter().map(punch_view).collect::<Result<_, Failure>>()?;
        Ok(Json(Page::new(items, next)))
    }
}
