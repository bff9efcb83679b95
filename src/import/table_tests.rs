//! What must be true of reading people and rosters.

use std::ops::ControlFlow;

use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

use super::*;

/// Rows, rejected lines, warnings.
type Found<T> = (Vec<T>, Vec<(u64, &'static str)>, Vec<WarningCode>);

fn collect<T>(
    read: impl FnOnce(&mut Sink<T>) -> Result<(), FileError>,
) -> Result<Found<T>, FileError> {
    let (mut rows, mut rejected, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    read(&mut |item| {
        match item {
            Item::Row(row) => rows.push(row),
            Item::Rejected(r) => rejected.push((r.line, r.code.as_str())),
            Item::Warning { code, .. } => warnings.push(code),
        }
        ControlFlow::Continue(())
    })?;
    Ok((rows, rejected, warnings))
}

type Cells = Vec<(String, String, String)>;

fn roster(bytes: &[u8]) -> (Cells, Vec<(u64, &'static str)>) {
    let input = Input::from_bytes(bytes).unwrap();
    let (rows, rejected, _) = collect(|sink| read_roster(&input, None, None, sink)).unwrap();
    let shown = |cell: RosterCell| match cell {
        RosterCell::Rest => "rest".to_owned(),
        RosterCell::Shifts(list) => list.join("+"),
    };
    let rows = rows.into_iter().map(|e| (e.number, e.date.to_string(), shown(e.cell)));
    (rows.collect(), rejected)
}

fn cells(rows: &[(&str, &str, &str)]) -> Cells {
    rows.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect()
}

#[test]
fn the_grid_of_the_brochure_is_a_roster() {
    let text = "1月排班表\n工号,姓名,2017-01-14 [六],2017-01-15 [日],2017/1/16\n\
                1001,安,早班,休,\n1002,李,D1+OT1,晚班,-\n合计,,2,2,\n";
    let want = [
        ("1001", "2017-01-14", "早班"),
        ("1001", "2017-01-15", "rest"),
        ("1002", "2017-01-14", "D1+OT1"),
        ("1002", "2017-01-15", "晚班"),
        ("合计", "2017-01-14", "2"),
        ("合计", "2017-01-15", "2"),
    ];
    assert_eq!(roster(text.as_bytes()), (cells(&want), vec![]));
}

#[test]
fn a_roster_may_have_one_row_per_person_and_date() {
    let text = "number\tdate\tshift\n1001\t2017-01-14\tD1\n1001\t2017-01-15\trest\n\
                1001\tsoon\tD1\n1001\t2017-01-16\t\n\t2017-01-16\tD1\n";
    let want = [("1001", "2017-01-14", "D1"), ("1001", "2017-01-15", "rest")];
    let rejected = vec![(4, "bad_value"), (5, "bad_value"), (6, "bad_number")];
    assert_eq!(roster(text.as_bytes()), (cells(&want), rejected));
}

#[test]
fn a_roster_may_be_a_workbook_with_real_dates_in_its_head() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let style = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
    sheet.write(0, 0, "工号").unwrap();
    sheet.write_with_format(0, 1, &day, &style).unwrap();
    sheet.write(1, 0, 1001).unwrap();
    sheet.write(1, 1, "D1").unwrap();
    let (rows, rejected) = roster(&book.save_to_buffer().unwrap());
    assert_eq!((rows, rejected), (cells(&[("1001", "2026-03-02", "D1")]), vec![]));
}

#[test]
fn people_are_read_by_the_names_of_the_columns() {
    let text = "工号,姓名,部门,入职日期,离职日期,考勤方案,默认班次,考勤号,心情\n\
                0001,安,集团/一部,2020-03-01,,S1,D1,7,好\n0002,李,,2020-13-01,,,,,\n\
                ,王,,2020-03-01,,,,,\n0004,赵,,2020-03-01,2019-03-01,,,,\n";
    let input = Input::from_bytes(text.as_bytes()).unwrap();
    let read = collect(|sink| read_people(&input, None, None, &PeopleColumns::default(), sink));
    let (rows, rejected, warnings) = read.unwrap();
    let want = PersonEntry {
        line: 2,
        number: "0001".to_owned(),
        name: Some("安".to_owned()),
        org: Some("集团/一部".to_owned()),
        hired_on: "2020-03-01".parse().ok(),
        left_on: None,
        zone: None,
        scheme: Some("S1".to_owned()),
        calendar: None,
        shift: Some("D1".to_owned()),
        pin: Some("7".to_owned()),
        device: None,
        card: None,
        manager: None,
        fields: Vec::new(),
        id_confirmed: false,
        custom: Vec::new(),
    };
    assert_eq!(rows, [want]);
    assert_eq!(rejected, [(3, "bad_value"), (4, "bad_number"), (5, "bad_value")]);
    assert_eq!(warnings, [WarningCode::IgnoredColumn]);
}

#[test]
fn a_table_without_the_needed_columns_is_one_clear_error() {
    let input = Input::from_bytes(&b"colour,mood\nred,good\n"[..]).unwrap();
    for done in [
        collect(|sink| read_people(&input, None, None, &PeopleColumns::default(), sink))
            .map(|_| ()),
        collect(|sink| read_roster(&input, None, None, sink)).map(|_| ()),
    ] {
        assert!(matches!(done, Err(FileError::MissingColumns { .. })));
    }
}

proptest! {
    #[test]
    fn any_table_of_people_or_rosters_is_read_without_panic(
        body in "(?s)(number|name|date|shift|工号|2026-03-02|03/04/2026|D1|[,;\t\"\n+]|\\PC){0,80}",
        bytes in prop::collection::vec(any::<u8>(), 0..500),
    ) {
        let text = format!("number,name,date,shift\n{body}");
        for bytes in [text.as_bytes(), &bytes] {
            let input = Input::from_bytes(bytes).unwrap();
            let _ = collect(|sink| read_people(&input, None, None, &PeopleColumns::default(), sink));
            let _ = collect(|sink| read_roster(&input, None, None, sink));
        }
    }
}
