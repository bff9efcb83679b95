//! Files of the demo group: cards, education, managers, custom items. Everything is invented; nobody has an identity
//! number.

use std::collections::{BTreeMap, HashMap};

use vocabulary::{CustomItemId, PersonId};

use super::dice::Dice;
use super::staff::Employee;
use crate::base::{Actor, App, Failure, Once};
use crate::profiles::{self, CardInput, FileInput, NewItem, NewKind, create_item, field_named};

/// Streams of chance of files lie beside those of days.
const STREAM: u64 = 1 << 40;

const SCHOOLS: &[&str] = &["华景职业技术学院", "滨海大学", "南岭理工学院", "东湖师范学院"];
const MAJORS: &[&str] = &["会计", "计算机科学", "机械制造", "市场营销", "人力资源管理"];
const LEVELS: &[&str] = &["senior", "vocational", "college", "bachelor", "bachelor", "master"];
const ROOMS: &[&str] = &["东区", "西区", "不住宿", "不住宿"];

fn once(name: &str) -> Result<Once, Failure> {
    Ok(Once::new(Some(format!("demo {name}")), &name)?)
}

/// Makes the custom items and the files of everybody. Repeating it changes nothing.
pub async fn load(
    app: &App,
    seed: u64,
    staff: &[Employee],
    ids: &HashMap<String, PersonId>,
) -> Result<(), Failure> {
    let actor = Actor::cli();
    let mut items = HashMap::new();
    for (code, name, kind) in [
        ("post_allowance", "岗位津贴", NewKind::Decimal { places: 2 }),
        ("dormitory", "宿舍", NewKind::Choice { elements: "东区；西区；不住宿".to_owned() }),
        ("skill_note", "技能说明", NewKind::Text { length: 60 }),
    ] {
        let new = NewItem { code: code.to_owned(), name: name.to_owned(), kind };
        let item = create_item(app, &actor, &new, &once(&format!("custom item {code}"))?).await?;
        items.insert(code, item.id);
    }
    // The first of a unit is its manager.
    let mut heads: HashMap<&str, PersonId> = HashMap::new();
    let mut inputs = Vec::new();
    for e in staff {
        let Some(id) = ids.get(&e.number).copied() else { continue };
        let head = *heads.entry(e.unit).or_insert(id);
        let manager = Some(head).filter(|head| *head != id);
        inputs.push(file(seed, e, id, manager, &items));
    }
    let tx = app.db.begin().await?;
    let keys = app.config.data_keys();
    let plans = profiles::plan_files(&tx, keys, &inputs).await?;
    let mut good = Vec::with_capacity(plans.len());
    for (input, plan) in inputs.iter().zip(plans) {
        good.extend(input.person.map(|p| plan.map(|plan| (p, plan))).transpose()?);
    }
    profiles::write_files(&tx, keys, &actor, "import", &good, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

fn file(
    seed: u64,
    e: &Employee,
    id: PersonId,
    manager: Option<PersonId>,
    items: &HashMap<&str, CustomItemId>,
) -> FileInput {
    let mut dice = Dice::new(seed, STREAM + e.index);
    let pick = |dice: &mut Dice, of: &[&'static str]| dice.pick(of).copied().unwrap_or_default();
    let mut values = BTreeMap::new();
    let mut say = |name: &str, value: String| {
        if let Some(field) = field_named(name) {
            values.insert(field.name.to_owned(), value);
        }
    };
    say("sex", pick(&mut dice, &["male", "female"]).to_owned());
    let level = pick(&mut dice, LEVELS);
    say("education", level.to_owned());
    if level != "senior" {
        say("school", pick(&mut dice, SCHOOLS).to_owned());
        say("major", pick(&mut dice, MAJORS).to_owned());
    }
    say("email", format!("e{}@example.com", e.number));
    // Numbers that no operator gives out.
    say("mobile", format!("10000{:06}", e.index));
    say(
        "hours_system",
        if e.unit.contains("-T") { "comprehensive" } else { "standard" }.to_owned(),
    );
    say("region", "深圳".to_owned());
    let mut custom = BTreeMap::new();
    let mut item = |code: &str, value: String| {
        if let Some(id) = items.get(code) {
            custom.insert(*id, value);
        }
    };
    item("post_allowance", format!("{}.00", dice.between(0, 20) * 50));
    item("dormitory", pick(&mut dice, ROOMS).to_owned());
    let card = CardInput {
        card_no: Some(format!("{:010}", 8_000_000 + e.index)),
        from: e.hired_on,
        keep: true,
    };
    let manager = manager.map(Some);
    FileInput {
        person: Some(id),
        values,
        custom,
        manager,
        card: Some(card),
        ..FileInput::default()
    }
}
