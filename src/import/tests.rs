//! What must be true of reading files, whatever clocks and people put into them.

use std::ops::ControlFlow;

use proptest::prelude::*;
use rust_xlsxwriter::{Format as Style, Workbook};

use super::*;
use crate::punches::Method;

#[derive(Default)]
struct Found {
    records: Vec<Record>,
    rejections: Vec<Rejection>,
    warnings: Vec<(u64, WarningCode)>,
}

impl Found {
    /// `pin time` of every record.
    fn taps(&self) -> Vec<String> {
        self.records.iter().map(|r| format!("{} {}", r.pin, r.wall)).collect()
    }

    fn flags(&self) -> Vec<Option<Flag>> {
        self.records.iter().map(|r| r.flag).collect()
    }

    fn rejected(&self) -> Vec<(u64, &'static str)> {
        self.rejections.iter().map(|r| (r.line, r.code.as_str())).collect()
    }

    fn warned(&self, code: WarningCode) -> bool {
        self.warnings.iter().any(|(_, c)| *c == code)
    }
}

fn read_with(bytes: &[u8], options: &Options) -> Result<(Format, Found), FileError> {
    let input = Input::from_bytes(bytes)?;
    let mut found = Found::default();
    let format = read_punches(&input, options, &mut |item| {
        match item {
            Item::Row(record) => found.records.push(record),
            Item::Rejected(rejection) => found.rejections.push(rejection),
            Item::Warning { line, code, .. } => found.warnings.push((line, code)),
        }
        ControlFlow::Continue(())
    })?;
    Ok((format, found))
}

fn read(bytes: impl AsRef<[u8]>) -> (Format, Found) {
    read_with(bytes.as_ref(), &Options::default()).unwrap()
}

const SIX: &str = "       23\t2026-03-02 08:01:09\t1\t0\t1\t0\n       \
                   57\t2026-03-02 17:03:11\t2\t1\t15\t0\n";

#[test]
fn a_clock_log_of_six_columns_gives_person_time_device_and_method() {
    let (format, got) = read(SIX);
    assert_eq!(format, Format::Attlog);
    assert_eq!(got.taps(), ["23 2026-03-02T08:01:09", "57 2026-03-02T17:03:11"]);
    assert_eq!(got.records[1].device.as_deref(), Some("2"));
    assert_eq!(got.records[0].method, Some(Method::Finger));
    assert_eq!(got.records[1].method, Some(Method::Face));
    assert_eq!(got.records[0].raw, "       23\t2026-03-02 08:01:09\t1\t0\t1\t0");
}

#[test]
fn a_clock_log_of_five_columns_has_a_name_before_the_time() {
    let (format, got) =
        read("23\tAnn Lee\t2026-03-02 08:01:09\t1\t0\r\n3\t\t2026-03-02 08:02:00\t1\t0");
    assert_eq!(format, Format::Attlog);
    assert_eq!(got.taps(), ["23 2026-03-02T08:01:09", "3 2026-03-02T08:02:00"]);
    assert_eq!(got.records[0].device, None);
}

#[test]
fn windows_and_unix_line_ends_are_the_same_log() {
    assert_eq!(read(SIX.replace('\n', "\r\n")).1.taps(), read(SIX).1.taps());
}

#[test]
fn an_impossible_time_costs_one_row_and_not_the_file() {
    let log = format!(
        "        5\t1971--10--29 -23:-23:-27\t1\t0\t1\t0\n{SIX}        \
         6\t1990-00--8 -16:-29:-40\t1\t0\t1\t0\n"
    );
    let (_, got) = read(log);
    assert_eq!(got.records.len(), 2);
    assert_eq!(got.rejected(), [(1, "impossible_time"), (4, "impossible_time")]);
}

#[test]
fn a_hole_of_nuls_costs_only_the_rows_it_cut() {
    let mut log = SIX.as_bytes().to_vec();
    log.extend(b"       99\t2026-03-0");
    log.extend(vec![0; 311_077]);
    log.extend(b"41\t2026-03-03 08:00:00\t1\t0\t1\t0\n");
    log.extend(SIX.as_bytes());
    log.extend(vec![0; 4096]);
    let (_, got) = read(&log);
    // `41` may be the end of a longer number: it is nobody's punch.
    assert_eq!(got.records.len(), 4);
    assert_eq!(got.rejected(), [(3, "torn_row"), (3, "torn_row")]);
    assert!(got.warned(WarningCode::NulBytes));
}

#[test]
fn whole_rows_beside_a_hole_are_kept() {
    let log = b"23\t2026-03-02 08:01:09\t1\t0\t1\t0\n\0\0\0\0\0\x0057\t2026-03-02 17:03:11\t1\t1\t1\t0\n\0\0";
    let (_, got) = read(log);
    assert_eq!(got.taps(), ["23 2026-03-02T08:01:09", "57 2026-03-02T17:03:11"]);
    let padded =
        format!("{SIX}       12\t2026-03-0\0\0\0       77\t2026-03-04 08:00:00\t1\t0\t1\t0\n");
    let (_, got) = read(padded);
    assert_eq!(got.taps().last().map(String::as_str), Some("77 2026-03-04T08:00:00"));
    assert_eq!(got.rejected(), [(3, "torn_row")]);
}

#[test]
fn a_row_cut_by_the_end_of_the_file_is_reported() {
    for cut in ["       23\t2026-03-02 08:0", "       23\t2026-03-02 08:01:09\t1\t0", "   23"] {
        let (_, got) = read(format!("{SIX}{cut}"));
        assert_eq!((got.records.len(), got.rejected()), (2, vec![(3, "torn_row")]), "{cut}");
    }
}

#[test]
fn status_is_only_taken_as_direction_on_request_and_255_never() {
    let log = SIX.replace("\t1\t0\t1\t0", "\t1\t255\t1\t0");
    let use_status = Options { use_status: true, ..Options::default() };
    assert_eq!(read(&log).1.flags(), [None, None]);
    let (_, got) = read_with(log.as_bytes(), &use_status).unwrap();
    assert_eq!(got.flags(), [None, Some(Flag::Out)]);
    let (_, got) = read_with(SIX.as_bytes(), &use_status).unwrap();
    assert_eq!(got.flags(), [Some(Flag::In), Some(Flag::Out)]);
}

const AGL: &str = "No\tITMNo\tEnNo\tName\t\tGMNo\tMode\tIN/OUT\tAntipass\tDateTime\r\n\
                   1\t1\t7\tAnn       \t1\t1\tE\t0\t03-05-2026  12:15:44PM\r\n\
                   2\t1\t7\tAnn       \t1\t1\tS\t0\t03-05-2026  05:53:05PM\r\n";

#[test]
fn an_agl_export_is_read_although_its_head_has_one_column_more() {
    let (format, got) = read(AGL);
    assert_eq!(format, Format::Agl);
    assert_eq!(got.taps(), ["7 2026-05-03T12:15:44", "7 2026-05-03T17:53:05"]);
    assert!(got.warned(WarningCode::DateOrderAssumed));
    let mdy = Options { date_order: Some(DateOrder::Mdy), use_status: true, ..Options::default() };
    let (_, got) = read_with(AGL.as_bytes(), &mdy).unwrap();
    assert_eq!(got.taps()[0], "7 2026-03-05T12:15:44");
    assert_eq!(got.flags(), [Some(Flag::In), Some(Flag::Out)]);
    assert!(got.warnings.is_empty());
}

#[test]
fn one_value_above_twelve_settles_day_and_month_for_all_rows() {
    let log = format!("{AGL}3\t1\t7\tAnn\t1\t1\tE\t0\t03-25-2026  08:00:00AM\r\n");
    let (_, got) = read(log);
    assert_eq!(got.taps()[0], "7 2026-03-05T12:15:44");
    assert!(!got.warned(WarningCode::DateOrderAssumed));
}

#[test]
fn a_table_with_named_columns_is_read_in_english_and_chinese() {
    let english = "Employee No.,Name,Date/Time,Direction,Device\n7,Ann,2026-03-02 08:01:09,In,D1\n";
    let chinese = "打卡记录\n工号;姓名;打卡时间;签到签退;设备号\n7;安;2026/3/2 8:01:09;签到;D1\n";
    let (gbk, _, _) = encoding_rs::GBK.encode(chinese);
    let split = "工号\t日期\t时间\t方向\t机号\n7\t2026-03-02\t08:01:09\t进\tD1\n";
    let bom = format!("\u{FEFF}{english}");
    for bytes in [english.as_bytes(), chinese.as_bytes(), &gbk, split.as_bytes(), bom.as_bytes()] {
        let (format, got) = read(bytes);
        assert_eq!(format, Format::Csv);
        assert_eq!(got.taps(), ["7 2026-03-02T08:01:09"]);
        assert_eq!(got.flags(), [Some(Flag::In)]);
        assert_eq!(got.records[0].device.as_deref(), Some("D1"));
    }
}

#[test]
fn a_row_may_hold_in_and_out_and_columns_without_meaning_are_named() {
    let (_, got) = read(
        "工号,日期,上班时间,下班时间,心情\n7,2026-03-02,08:01,17:30,好\n8,2026-03-02,08:00,,\n9,2026-03-02,,,\n",
    );
    assert_eq!(
        got.taps(),
        ["7 2026-03-02T08:01:00", "7 2026-03-02T17:30:00", "8 2026-03-02T08:00:00"]
    );
    assert_eq!(got.flags(), [Some(Flag::In), Some(Flag::Out), Some(Flag::In)]);
    assert_eq!(got.rejected(), [(4, "impossible_time")]);
    assert!(got.warned(WarningCode::IgnoredColumn));
}

#[test]
fn a_row_may_name_its_zone() {
    let (_, got) =
        read("number,time,zone\n7,2026-03-02T00:00:00Z,Asia/Tokyo\n8,2026-03-02 08:00,Mars\n");
    assert_eq!(got.taps(), ["7 2026-03-02T09:00:00"]);
    assert_eq!(got.rejected(), [(3, "unknown_zone")]);
}

#[test]
fn a_matrix_of_people_and_dates_gives_one_record_per_time() {
    let wide = ",01/03/2026,02/03/2026,13/03/2026\n7,NA,02/03/2026 09:43,NA\n\
                8,08:00 12:01;13:00,oops,13/03/2026 10:08\n";
    let (format, got) = read(wide);
    assert_eq!(format, Format::Csv);
    assert_eq!(
        got.taps(),
        [
            "7 2026-03-02T09:43:00",
            "8 2026-03-01T08:00:00",
            "8 2026-03-01T12:01:00",
            "8 2026-03-01T13:00:00",
            "8 2026-03-13T10:08:00"
        ]
    );
    assert_eq!(got.rejected(), [(3, "impossible_time")]);
    let flagged = Options { flag: Some(Flag::In), ..Options::default() };
    let (_, got) = read_with(wide.as_bytes(), &flagged).unwrap();
    assert!(got.flags().iter().all(|f| *f == Some(Flag::In)));
}

#[test]
fn a_workbook_may_hold_real_dates_or_text() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in ["考勤记录表", "", ""].iter().enumerate() {
        sheet.write(0, column as u16, *name).unwrap();
    }
    for (column, name) in ["工号", "时间", "方向"].iter().enumerate() {
        sheet.write(1, column as u16, *name).unwrap();
    }
    let style = Style::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let at = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap().and_hms_opt(8, 59, 59).unwrap();
    sheet.write(2, 0, 1001).unwrap();
    sheet.write_with_format(2, 1, &at, &style).unwrap();
    sheet.write(3, 0, "0012").unwrap();
    sheet.write(3, 1, "2026/3/2 17:30").unwrap();
    sheet.write(3, 2, "签退").unwrap();
    let (format, got) = read(book.save_to_buffer().unwrap());
    assert_eq!(format, Format::Xlsx);
    assert_eq!(got.taps(), ["1001 2026-03-02T08:59:59", "0012 2026-03-02T17:30:00"]);
    assert_eq!((got.records[0].line, got.flags()), (3, vec![None, Some(Flag::Out)]));
}

#[test]
fn what_is_no_punch_file_is_one_clear_error() {
    let png = [&b"\x89PNG\r\n\x1A\n"[..], &[0, 1, 2, 3, 255, 254, 1, 8].repeat(50)].concat();
    for bytes in [&png[..], b"hello\nworld\n", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", b"a,b\n1,2\n"] {
        assert!(matches!(
            Input::from_bytes(bytes).and_then(|i| detect(&i)),
            Err(FileError::Unknown)
        ));
    }
    let old = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    let found = Input::from_bytes(&old[..]).and_then(|i| detect(&i));
    assert!(matches!(found, Err(FileError::OldSpreadsheet)));
    let broken = read_with(b"PK\x03\x04 and then nothing", &Options::default());
    assert!(matches!(broken, Err(FileError::BrokenSpreadsheet(_))));
    let forced = Options { format: Some(Format::Csv), ..Options::default() };
    let missing = read_with(b"number,colour\n1,red\n", &forced);
    assert!(matches!(missing, Err(FileError::MissingColumns { .. })));
}

#[test]
fn an_empty_file_is_an_empty_log() {
    for bytes in [&b""[..], b"\n\r\n", b"\0\0\0"] {
        let (_, got) = read(bytes);
        assert!(got.records.is_empty() && got.rejections.is_empty());
    }
}

#[test]
fn reading_stops_when_nobody_listens_any_more() {
    let input = Input::from_bytes(SIX.repeat(1000).as_bytes()).unwrap();
    let mut seen = 0;
    read_punches(&input, &Options::default(), &mut |_| {
        seen += 1;
        ControlFlow::Break(())
    })
    .unwrap();
    assert_eq!(seen, 1);
}

/// Pieces of logs with everything that happens to them, and whether the piece is a whole row.
fn piece() -> impl Strategy<Value = (bool, Vec<u8>)> {
    prop_oneof![
        4 => (1u32..99_999, 0i64..400_000_000).prop_map(|(pin, s)| {
            let at = vocabulary::WallTime::from_seconds(1_400_000_000 + s).to_string();
            let row = format!("{pin:>9}\t{}\t1\t0\t1\t0\n", at.replace('T', " "));
            (true, row.into_bytes())
        }),
        1 => prop::collection::vec(0u8..0xF0, 0..40).prop_map(|bytes| (false, bytes)),
        1 => (0usize..50).prop_map(|n| (false, vec![0; n])),
        1 => Just((false, b"        7\t1971--10--29 -23:-23:-27\t1\t0\t1\t0\r\n".to_vec())),
        1 => Just((false, b"        7\t2026-03-02 08".to_vec())),
    ]
}

proptest! {
    #[test]
    fn any_bytes_are_read_in_any_format_without_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
        format in prop::option::of(prop::sample::select(
            &[Format::Attlog, Format::Agl, Format::Csv, Format::Xlsx][..],
        )),
    ) {
        let options = Options { format, use_status: true, ..Options::default() };
        let _ = read_with(&bytes, &options);
    }

    #[test]
    fn every_whole_row_behind_a_line_end_is_found(
        pieces in prop::collection::vec(piece(), 0..60),
    ) {
        let bytes: Vec<u8> = pieces.iter().flat_map(|(_, b)| b.clone()).collect();
        let options = Options { format: Some(Format::Attlog), ..Options::default() };
        let (_, found) = read_with(&bytes, &options).unwrap();
        let mut whole = 0;
        let mut fresh = true;
        for (row, bytes) in pieces.iter().filter(|(_, b)| !b.is_empty()) {
            whole += usize::from(*row && fresh);
            fresh = bytes.ends_with(b"\n");
        }
        prop_assert!(found.records.len() >= whole, "{} < {whole}", found.records.len());
    }

    #[test]
    fn any_text_is_read_as_a_table_without_panic(
        body in "(?s)(number|time|工号|时间|2026-03-02|03/04/2026|08:00|[,;\t\"\n]|\\PC){0,80}",
    ) {
        for head in ["number,time\n", "工号;日期;时间\n", ",01/02/2026,13/02/2026\n", ""] {
            let _ = read_with(format!("{head}{body}").as_bytes(), &Options::default());
        }
    }
}
