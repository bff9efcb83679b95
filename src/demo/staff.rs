//! The demo group: three companies, some 300 people.

use vocabulary::LocalDate;

use super::dice::Dice;

/// How somebody works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Fixed office hours after the calendar.
    Office,
    /// Flexible office hours.
    Flexible,
    /// Early and late shop shifts by roster.
    Shop,
    /// Day shift of the plant by roster.
    PlantDay,
    /// Team 0…3 of the four-team, three-shift rotation.
    PlantTeam(u8),
    /// No clock times at all.
    Free,
}

/// One department.
pub struct Unit {
    pub code: &'static str,
    pub name: &'static str,
    pub kind: &'static str,
    pub parent: Option<&'static str>,
    pub people: u32,
    pub work: Work,
}

const fn unit(
    code: &'static str,
    name: &'static str,
    kind: &'static str,
    parent: &'static str,
    people: u32,
    work: Work,
) -> Unit {
    Unit { code, name, kind, parent: Some(parent), people, work }
}

use Work::{Flexible, Free, Office, PlantDay, PlantTeam, Shop};

/// Parents stand before their children.
pub const UNITS: &[Unit] = &[
    Unit { code: "HJ", name: "华景集团", kind: "group", parent: None, people: 0, work: Office },
    unit("HJ-KJ", "华景科技有限公司", "company", "HJ", 0, Office),
    unit("HJ-KJ-HR", "人力资源部", "department", "HJ-KJ", 8, Office),
    unit("HJ-KJ-FIN", "财务部", "department", "HJ-KJ", 12, Office),
    unit("HJ-KJ-DEV", "研发部", "department", "HJ-KJ", 45, Flexible),
    unit("HJ-KJ-OPS", "运营部", "department", "HJ-KJ", 25, Office),
    unit("HJ-KJ-SALES", "外勤销售部", "department", "HJ-KJ", 8, Free),
    unit("HJ-LS", "华景零售有限公司", "company", "HJ", 0, Shop),
    unit("HJ-LS-S1", "南山店", "department", "HJ-LS", 28, Shop),
    unit("HJ-LS-S2", "福田店", "department", "HJ-LS", 26, Shop),
    unit("HJ-LS-S3", "罗湖店", "department", "HJ-LS", 24, Shop),
    unit("HJ-ZZ", "华景制造有限公司", "company", "HJ", 0, PlantDay),
    unit("HJ-ZZ-OFFICE", "厂务部", "department", "HJ-ZZ", 14, Office),
    unit("HJ-ZZ-QC", "质检部", "department", "HJ-ZZ", 22, PlantDay),
    unit("HJ-ZZ-T1", "甲班", "team", "HJ-ZZ", 23, PlantTeam(0)),
    unit("HJ-ZZ-T2", "乙班", "team", "HJ-ZZ", 23, PlantTeam(1)),
    unit("HJ-ZZ-T3", "丙班", "team", "HJ-ZZ", 23, PlantTeam(2)),
    unit("HJ-ZZ-T4", "丁班", "team", "HJ-ZZ", 23, PlantTeam(3)),
];

const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
    "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧",
];

const GIVEN: &[&str] = &[
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
    "超", "秀兰", "霞", "平", "刚", "桂英", "建华", "志强", "晓东", "雪梅", "海燕", "文博", "子涵",
    "欣怡", "浩然", "雨桐", "思远", "佳琪", "俊杰",
];

/// One employee of the demo group.
#[derive(Clone, Debug)]
pub struct Employee {
    pub number: String,
    pub name: String,
    pub unit: &'static str,
    pub work: Work,
    pub hired_on: LocalDate,
    pub left_on: Option<LocalDate>,
    /// Order in the group, from 0; also the stream of this person's chance.
    pub index: u64,
}

/// Everybody. The first of a unit is its manager. A few came or left inside the period shown.
pub fn employees(seed: u64, from: LocalDate, today: LocalDate) -> Vec<Employee> {
    let mut all = Vec::new();
    for unit in UNITS {
        for place in 0..unit.people {
            let index = u64::try_from(all.len()).unwrap_or_default();
            let mut dice = Dice::new(seed, index);
            let surname = dice.pick(SURNAMES).copied().unwrap_or("王");
            let given = dice.pick(GIVEN).copied().unwrap_or("伟");
            let mut hired_on = from.plus(-i32::try_from(dice.between(60, 3600)).unwrap_or(60));
            let mut left_on = None;
            let span = i64::from(today.days() - from.days());
            if place > 1 && dice.chance(25) {
                hired_on = from.plus(i32::try_from(dice.between(5, span - 5)).unwrap_or(5));
            } else if place > 1 && dice.chance(20) {
                left_on = Some(from.plus(i32::try_from(dice.between(10, span - 1)).unwrap_or(10)));
            }
            all.push(Employee {
                number: format!("{}", 10_001 + index),
                name: format!("{surname}{given}"),
                unit: unit.code,
                work: unit.work,
                hired_on,
                left_on,
                index,
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_has_three_companies_and_about_three_hundred_people() {
        let companies = UNITS.iter().filter(|u| u.kind == "company").count();
        let people: u32 = UNITS.iter().map(|u| u.people).sum();
        assert_eq!(companies, 3);
        assert!((290..=320).contains(&people), "{people}");
    }
}
