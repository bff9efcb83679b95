//! PostgreSQL's binary COPY format, both ways
//! (<https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4>).

use vocabulary::LocalDate;

use super::Fault;

const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TAIL: [u8; 2] = [0xff, 0xff];
/// Days from 1970-01-01 to 2000-01-01, the day PostgreSQL counts from.
const EPOCH: i32 = 10_957;

/// Where the cells of a row go, in the order of its columns.
pub trait Cells {
    fn int(&mut self, v: Option<i32>);
    fn big(&mut self, v: Option<i64>);
    fn text(&mut self, v: Option<&str>);
    fn date(&mut self, v: LocalDate);
}

/// Rows on their way into a COPY … FROM STDIN (FORMAT binary).
#[derive(Clone, Debug, Default)]
pub struct CopyCells(pub Vec<u8>);

impl CopyCells {
    /// Begins a row of so many cells.
    pub fn begin(&mut self, cells: i16) {
        self.0.extend_from_slice(&cells.to_be_bytes());
    }

    fn field(&mut self, bytes: &[u8]) {
        let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn null(&mut self) {
        self.0.extend_from_slice(&(-1_i32).to_be_bytes());
    }
}

impl Cells for CopyCells {
    fn int(&mut self, v: Option<i32>) {
        match v {
            Some(n) => self.field(&n.to_be_bytes()),
            None => self.null(),
        }
    }

    fn big(&mut self, v: Option<i64>) {
        match v {
            Some(n) => self.field(&n.to_be_bytes()),
            None => self.null(),
        }
    }

    fn text(&mut self, v: Option<&str>) {
        match v {
            Some(t) => self.field(t.as_bytes()),
            None => self.null(),
        }
    }

    fn date(&mut self, v: LocalDate) {
        self.field(&(v.days() - EPOCH).to_be_bytes());
    }
}

/// Joins rows to a whole stream.
pub fn copy_stream<'a>(rows: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut all = HEAD.to_vec();
    for row in rows {
        all.extend_from_slice(row);
    }
    all.extend_from_slice(&TAIL);
    all
}

/// The rows of a COPY … TO STDOUT (FORMAT binary).
pub struct CopyRows<'d> {
    rest: &'d [u8],
}

impl<'d> CopyRows<'d> {
    pub fn new(data: &'d [u8]) -> Result<Self, Fault> {
        let rest = data.strip_prefix(HEAD).ok_or_else(|| Fault::text("not a COPY stream"))?;
        Ok(Self { rest })
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (head, rest) =
            self.rest.split_first_chunk::<N>().ok_or_else(|| Fault::text("COPY ends early"))?;
        self.rest = rest;
        Ok(*head)
    }

    /// Goes to the next row; false at the end. All cells of the row before must have been read.
    pub fn next_row(&mut self) -> Result<bool, Fault> {
        Ok(i16::from_be_bytes(self.take()?) >= 0)
    }

    fn length(&mut self) -> Result<Option<usize>, Fault> {
        Ok(usize::try_from(i32::from_be_bytes(self.take()?)).ok())
    }

    /// A cell that is never null.
    pub fn big(&mut self) -> Result<i64, Fault> {
        match self.length()? {
            Some(8) => Ok(i64::from_be_bytes(self.take()?)),
            _ => Err(Fault::text("COPY: expected a bigint")),
        }
    }

    /// A cell that is never null.
    pub fn date(&mut self) -> Result<LocalDate, Fault> {
        match self.length()? {
            Some(4) => Ok(LocalDate::from_days(i32::from_be_bytes(self.take()?) + EPOCH)),
            _ => Err(Fault::text("COPY: expected a date")),
        }
    }

    pub fn text(&mut self) -> Result<Option<&'d [u8]>, Fault> {
        let Some(n) = self.length()? else { return Ok(None) };
        let (head, rest) =
            self.rest.split_at_checked(n).ok_or_else(|| Fault::text("COPY ends early"))?;
        self.rest = rest;
        Ok(Some(head))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut cells = CopyCells::default();
        cells.begin(4);
        cells.big(Some(-7));
        cells.date(LocalDate::from_days(20_000));
        cells.text(Some("签"));
        cells.text(None);
        let stream = copy_stream([cells.0.as_slice()]);
        let mut rows = CopyRows::new(&stream).unwrap();
        assert!(rows.next_row().unwrap());
        assert_eq!(rows.big().unwrap(), -7);
        assert_eq!(rows.date().unwrap(), LocalDate::from_days(20_000));
        assert_eq!(rows.text().unwrap(), Some("签".as_bytes()));
        assert_eq!(rows.text().unwrap(), None);
        assert!(!rows.next_row().unwrap());
    }

    #[test]
    fn a_torn_stream_is_a_fault() {
        let mut cells = CopyCells::default();
        cells.begin(1);
        cells.big(Some(1));
        let stream = copy_stream([cells.0.as_slice()]);
        let torn = stream.get(..stream.len() - 6).unwrap();
        let mut rows = CopyRows::new(torn).unwrap();
        assert!(rows.next_row().unwrap());
        assert!(rows.big().is_err());
    }
}
