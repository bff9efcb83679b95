//! A group by file: companies, departments and people with their files, beside a plain insert of the same rows.

use std::fmt::Write as _;
use std::time::Instant;

use clap::Args;

use super::data::{Size, World};
use super::floor::like;
use super::report::{Line, Report, median};
use super::rows::Rows;
use crate::base::{Actor, Config, Failure, Fault, Once};
use crate::import::{Input, PeopleOptions, import_people};
use crate::profiles::{NewItem, NewKind, create_item};

/// How large the group is.
#[derive(Args, Clone, Copy, Debug)]
pub struct PeopleArgs {
    /// People of the file
    #[arg(long, default_value_t = 50_000)]
    people: u32,
    /// Departments, below the companies
    #[arg(long, default_value_t = 2_000)]
    departments: u32,
    #[arg(long, default_value_t = 20)]
    companies: u32,
    /// Runs of which the median counts, each on a database of its own
    #[arg(long, default_value_t = 3)]
    rounds: u32,
}

/// What an import of people writes.
const TABLES: [&str; 10] = [
    "org_unit",
    "org_closure",
    "person",
    "person_org",
    "person_token",
    "person_file",
    "person_card",
    "custom_value",
    "dirty_mark",
    "audit",
];

const SURNAMES: [&str; 12] =
    ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "欧阳", "司马"];
const GIVEN: [&str; 16] = [
    "伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "勇", "艳", "建国", "秀兰", "志强", "晓东",
    "雪梅", "雨桐",
];

pub async fn run(config: Config, report: &Report, args: PeopleArgs) -> Result<(), Failure> {
    let [mut own, mut again, mut floors] = [const { Vec::new() }; 3];
    let people = args.people.max(1);
    for _ in 0..args.rounds.max(1) {
        let world = World::empty(config.clone(), Size { people, days: 0 }).await?;
        let app = &world.app;
        let item = NewItem {
            code: "bonus_1".to_owned(),
            name: "岗位津贴".to_owned(),
            kind: NewKind::Decimal { places: 2 },
        };
        create_item(app, &Actor::cli(), &item, &Once::never()).await?;
        let text = table(args);
        let options = PeopleOptions { create_orgs: true, ..PeopleOptions::default() };
        for took in [&mut own, &mut again] {
            let input = Input::from_bytes(text.as_bytes()).map_err(|e| Fault::new("a file", e))?;
            let started = Instant::now();
            let done = import_people(app, &Actor::cli(), &input, &options).await;
            let done = done.map_err(|e| Fault::new("the import", e))?;
            took.push(started.elapsed().as_secs_f64());
            if done.rejected > 0 || done.rows != u64::from(people) {
                return Err(Fault::text(format!("not everybody came in: {done:?}")).into());
            }
        }
        world.vacuum().await?;
        floors.push(floor(&world).await?);
        world.drop().await?;
    }
    let floor = f64::from(people) / median(floors);
    for (measure, took) in [("people_import", own), ("people_import_same", again)] {
        report.line(&Line {
            measure: measure.to_owned(),
            value: f64::from(people) / median(took),
            unit: "people/s",
            floor,
            people: usize::try_from(people).unwrap_or_default(),
            days: 0,
        });
    }
    Ok(())
}

/// The file of the group.
fn table(args: PeopleArgs) -> String {
    let mut out =
        "员工编号,姓名,部门,入职日期,性别,身份证,移动电话,EMail,学历,卡号,岗位津贴\n".to_owned();
    let departments = args.departments.max(1);
    let companies = args.companies.clamp(1, departments);
    for n in 0..args.people.max(1) {
        let department = n % departments;
        let (company, sex) = (department % companies, if n % 2 == 0 { "女" } else { "男" });
        let index = |all: usize| usize::try_from(n).unwrap_or_default() % all;
        let surname = SURNAMES.get(index(SURNAMES.len())).copied().unwrap_or_default();
        let given = GIVEN.get(index(197) % GIVEN.len()).copied().unwrap_or_default();
        let line = format!(
            "P{n:06},{surname}{given},集团/公司{company:02}/部门{department:04},20{:02}-0{}-1{},{sex},{},\
             139{n:08},p{n}@example.com,本科,{:010},{}.5\n",
            10 + n % 15,
            1 + n % 9,
            n % 9,
            identity(n),
            8_000_000 + n,
            n % 1_000
        );
        // Writing into a text never fails.
        out.write_str(&line).ok();
    }
    out
}

/// An invented identity number with a right check digit; odd people are men.
fn identity(n: u32) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    // No place of the country has the number 000000.
    let digits = format!("000000{}0{}1{}{:03}", 1960 + n % 40, 1 + n % 9, n % 9, n % 1_000);
    let sum: u32 =
        digits.chars().filter_map(|c| c.to_digit(10)).zip(WEIGHTS).map(|(d, w)| d * w).sum();
    let check = usize::try_from(sum % 11).ok().and_then(|i| CHECKS.get(i)).copied();
    format!("{digits}{}", check.unwrap_or('0'))
}

/// Writes the same rows into empty tables of the same form: COPY, or multi-row statements on SQLite.
async fn floor(world: &World) -> Result<f64, Fault> {
    let db = &world.app.db;
    let tx = db.begin().await?;
    for table in TABLES {
        like(&tx, table).await?;
    }
    tx.commit().await?;
    if !world.postgres() {
        let mut all = Vec::new();
        for table in TABLES {
            all.push(Rows::read(db.read(), table, "TRUE").await?);
        }
        let tx = db.begin().await?;
        let mut took = 0.0;
        for rows in &all {
            took += rows.insert(&tx).await?.as_secs_f64();
        }
        let started = Instant::now();
        tx.commit().await?;
        return Ok(took + started.elapsed().as_secs_f64());
    }
    let tx = db.begin().await?;
    let mut all = Vec::new();
    for table in TABLES {
        let sql = format!("COPY (SELECT * FROM {table}) TO STDOUT (FORMAT binary)");
        let mut rows = Vec::new();
        tx.copy_out(&sql, |piece| {
            rows.extend_from_slice(piece);
            Ok(())
        })
        .await?;
        all.push(rows);
    }
    tx.rollback().await?;
    let started = Instant::now();
    let tx = db.begin().await?;
    for (table, rows) in TABLES.iter().zip(&all) {
        let sql = format!("COPY floor_{table} FROM STDIN (FORMAT binary)");
        tx.copy_in(&sql, &[rows.as_slice()]).await?;
    }
    tx.commit().await?;
    Ok(started.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profiles::IdCard;

    #[test]
    fn the_invented_numbers_are_right() {
        for n in [0, 1, 7, 49_999] {
            let card = IdCard::parse(&identity(n)).unwrap();
            assert_eq!(card.sex(), if n % 2 == 1 { "male" } else { "female" });
        }
        let size = PeopleArgs { people: 3, departments: 2, companies: 1, rounds: 1 };
        assert_eq!(table(size).lines().count(), 4);
    }
}
