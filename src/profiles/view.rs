//! Rows of this room as the contract shows them.

use contract::employee_files::{
    ArchiveKind as ArchiveChoice, ArchivePut, ArchiveView, AttachmentKind as AttachmentChoice,
    AttachmentView, CardView, CustomItemCreate, CustomItemPatch, CustomItemView, CustomKind,
    ElementView, EmployeeFieldView, EmployeeFileView, FieldChoice, FieldGroup,
    FieldKind as KindView, ManagerView,
};
use vocabulary::LocalDate;

use super::fields::{Field, FieldKind, Group};
use super::{
    ArchiveInput, ArchiveKind, ArchiveRow, AttachmentKind, AttachmentRow, CustomItem, FileView,
    ItemChange, ItemKind, NewItem, NewKind, ProfileRefusal,
};
use crate::people;

pub(super) const fn group(g: FieldGroup) -> Group {
    match g {
        FieldGroup::IdNumber => Group::IdNumber,
        FieldGroup::BirthDate => Group::BirthDate,
        FieldGroup::Address => Group::Address,
        FieldGroup::Household => Group::Household,
        FieldGroup::Phone => Group::Phone,
        FieldGroup::Photo => Group::Photo,
        FieldGroup::Medical => Group::Medical,
    }
}

const fn group_view(g: Group) -> FieldGroup {
    match g {
        Group::IdNumber => FieldGroup::IdNumber,
        Group::BirthDate => FieldGroup::BirthDate,
        Group::Address => FieldGroup::Address,
        Group::Household => FieldGroup::Household,
        Group::Phone => FieldGroup::Phone,
        Group::Photo => FieldGroup::Photo,
        Group::Medical => FieldGroup::Medical,
    }
}

pub(super) fn field(f: &Field, on: bool) -> EmployeeFieldView {
    let mut choices = Vec::new();
    let size = |n: usize| i32::try_from(n).ok();
    let (kind, size) = match f.kind {
        FieldKind::Text(max) => (KindView::Text, size(max)),
        FieldKind::Date => (KindView::Date, None),
        FieldKind::Choice(of) => {
            choices = of
                .iter()
                .map(|c| FieldChoice { code: c.code.to_owned(), name: c.zh.to_owned() })
                .collect();
            (KindView::Choice, None)
        }
        FieldKind::Phone => (KindView::Phone, None),
        FieldKind::Email => (KindView::Email, None),
        FieldKind::Postcode => (KindView::Postcode, None),
        FieldKind::Count(max) => (KindView::Count, Some(max)),
        FieldKind::IdNumber => (KindView::IdNumber, None),
        FieldKind::Person => (KindView::Person, None),
    };
    EmployeeFieldView {
        name: f.name.to_owned(),
        label: f.zh.to_owned(),
        kind,
        size,
        choices,
        group: f.group.map(group_view),
        custom: false,
        optional: f.optional,
        on,
    }
}

pub(super) fn custom_field(i: &CustomItem) -> EmployeeFieldView {
    let (kind, size) = match &i.kind {
        ItemKind::Decimal { places } => (KindView::Decimal, Some(*places)),
        ItemKind::Text { length } => (KindView::Text, Some(*length)),
        ItemKind::Choice { .. } => (KindView::Choice, None),
    };
    let choices = match &i.kind {
        ItemKind::Choice { elements } => elements
            .iter()
            .filter(|e| !e.hidden)
            .map(|e| FieldChoice { code: e.name.clone(), name: e.name.clone() })
            .collect(),
        _ => Vec::new(),
    };
    EmployeeFieldView {
        name: i.code.clone(),
        label: i.name.clone(),
        kind,
        size,
        choices,
        group: None,
        custom: true,
        optional: false,
        on: true,
    }
}

pub(super) fn file(f: FileView, on: LocalDate) -> EmployeeFileView {
    let card_no = f.card_on(on).map(str::to_owned);
    let manager = f.manager.map(|m| ManagerView { id: m.id, number: m.number, name: m.name });
    EmployeeFileView {
        position_name: f.place.position_name,
        employment_kind: f.place.employment_kind,
        card_no,
        manager,
        fields: f.values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        masked: f.masked.into_iter().map(str::to_owned).collect(),
        id_confirmed: f.id_confirmed,
        custom: f.custom.into_iter().collect(),
        cards: f
            .cards
            .into_iter()
            .map(|c| CardView {
                card_no: c.card_no,
                valid_from: c.valid_from,
                valid_to: c.valid_to,
            })
            .collect(),
        version: f.version,
        person: people::person_view(f.person),
    }
}

pub(super) fn item(i: CustomItem) -> CustomItemView {
    let (kind, places, length, elements) = match i.kind {
        ItemKind::Decimal { places } => (CustomKind::Decimal, Some(places), None, Vec::new()),
        ItemKind::Text { length } => (CustomKind::Text, None, Some(length), Vec::new()),
        ItemKind::Choice { elements } => (CustomKind::Choice, None, None, elements),
    };
    let elements =
        elements.into_iter().map(|e| ElementView { name: e.name, hidden: e.hidden }).collect();
    let (id, code, name, version) = (i.id, i.code, i.name, i.version);
    CustomItemView { id, code, name, kind, places, length, elements, version }
}

fn kind(
    kind: CustomKind,
    places: Option<i32>,
    length: Option<i32>,
    elements: Option<String>,
) -> Result<NewKind, ProfileRefusal> {
    Ok(match kind {
        CustomKind::Decimal => {
            NewKind::Decimal { places: places.ok_or(ProfileRefusal::ItemPlacesInvalid)? }
        }
        CustomKind::Text => {
            NewKind::Text { length: length.ok_or(ProfileRefusal::ItemLengthInvalid)? }
        }
        CustomKind::Choice => {
            NewKind::Choice { elements: elements.ok_or(ProfileRefusal::ItemElementsInvalid)? }
        }
    })
}

pub(super) fn new_item(b: CustomItemCreate) -> Result<NewItem, ProfileRefusal> {
    let kind = kind(b.kind, b.places, b.length, b.elements)?;
    Ok(NewItem { code: b.code, name: b.name, kind })
}

pub(super) fn item_change(b: CustomItemPatch) -> Result<ItemChange, ProfileRefusal> {
    let kind = b.kind.map(|k| kind(k, b.places, b.length, b.elements)).transpose()?;
    Ok(ItemChange { version: b.version, name: b.name, kind })
}

const fn archive_kind(k: ArchiveChoice) -> ArchiveKind {
    match k {
        ArchiveChoice::Household => ArchiveKind::Household,
        ArchiveChoice::Education => ArchiveKind::Education,
        ArchiveChoice::Identity => ArchiveKind::Identity,
        ArchiveChoice::Consent => ArchiveKind::Consent,
    }
}

pub(super) fn archive(a: ArchiveRow) -> ArchiveView {
    let kind = match a.kind {
        ArchiveKind::Household => ArchiveChoice::Household,
        ArchiveKind::Education => ArchiveChoice::Education,
        ArchiveKind::Identity => ArchiveChoice::Identity,
        ArchiveKind::Consent => ArchiveChoice::Consent,
    };
    ArchiveView {
        id: a.id,
        kind,
        values: a.values.into_iter().collect(),
        masked: a.masked.into_iter().map(str::to_owned).collect(),
        valid_from: a.valid_from,
        valid_to: a.valid_to,
        remarks: a.remarks,
        version: a.version,
    }
}

pub(super) fn archive_input(b: ArchivePut) -> ArchiveInput {
    ArchiveInput {
        kind: archive_kind(b.kind),
        values: b.values.into_iter().collect(),
        valid_from: b.valid_from,
        valid_to: b.valid_to,
        remarks: b.remarks,
    }
}

pub(super) const fn attachment_kind(k: AttachmentChoice) -> AttachmentKind {
    match k {
        AttachmentChoice::Photo => AttachmentKind::Photo,
        AttachmentChoice::Contract => AttachmentKind::Contract,
        AttachmentChoice::Certificate => AttachmentKind::Certificate,
        AttachmentChoice::Medical => AttachmentKind::Medical,
        AttachmentChoice::Consent => AttachmentKind::Consent,
        AttachmentChoice::Other => AttachmentKind::Other,
    }
}

pub(super) fn attachment(a: AttachmentRow) -> AttachmentView {
    let kind = match a.kind {
        AttachmentKind::Photo => AttachmentChoice::Photo,
        AttachmentKind::Contract => AttachmentChoice::Contract,
        AttachmentKind::Certificate => AttachmentChoice::Certificate,
        AttachmentKind::Medical => AttachmentChoice::Medical,
        AttachmentKind::Consent => AttachmentChoice::Consent,
        AttachmentKind::Other => AttachmentChoice::Other,
    };
    AttachmentView {
        id: a.id,
        kind,
        name: a.name,
        dated_on: a.dated_on,
        media: a.media,
        bytes: a.bytes,
        sha256: a.sha256,
        at: a.at,
    }
}
