//! PostgreSQL's binary COPY format, both ways
//! (<https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4>).

use vocabulary::LocalDate;

use super::Fault;

const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TAIL: &[u8] = &[0xff, 0xff];
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

/// A whole stream of rows, in parts.
pub fn copy_parts<'a>(rows: impl IntoIterator<Item = &'a [u8]>) -> Vec<&'a [u8]> {
    let head = std::iter::once(HEAD);
    head.chain(rows).chain(std::iter::once(TAIL)).collect()
}

/// Reads the rows of a COPY … TO STDOUT (FORMAT binary) as its pieces come.
#[derive(Debug, Default)]
pub struct CopyRows {
    /// What has come of a row that is not complete.
    rest: Vec<u8>,
    begun: bool,
    ended: bool,
}

impl CopyRows {
    /// Gives away every row that is complete with this piece.
    pub fn feed(
        &mut self,
        piece: &[u8],
        mut row: impl FnMut(CopyRow<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if self.rest.is_empty() {
            let left = self.rows_of(piece, &mut row)?;
            self.rest.extend_from_slice(left);
            return Ok(());
        }
        let mut all = std::mem::take(&mut self.rest);
        all.extend_from_slice(piece);
        let left = self.rows_of(&all, &mut row)?;
        self.rest.extend_from_slice(left);
        Ok(())
    }

    /// A stream that ends early is a fault.
    pub fn end(&self) -> Result<(), Fault> {
        if self.ended && self.rest.is_empty() {
            return Ok(());
        }
        Err(Fault::text("COPY ends early"))
    }

    /// What is left is the begin of a row.
    fn rows_of<'d>(
        &mut self,
        mut data: &'d [u8],
        row: &mut impl FnMut(CopyRow<'_>) -> Result<(), Fault>,
    ) -> Result<&'d [u8], Fault> {
        if !self.begun {
            if data.len() < HEAD.len() {
                return Ok(data);
            }
            data = data.strip_prefix(HEAD).ok_or_else(|| Fault::text("not a COPY stream"))?;
            self.begun = true;
        }
        while let Some((cells, behind)) = data.split_first_chunk::<2>() {
            let cells = i16::from_be_bytes(*cells);
            if cells < 0 {
                self.ended = true;
                return Ok(behind);
            }
            let Some((own, behind)) = split_row(behind, cells) else { break };
            row(CopyRow { rest: own })?;
            data = behind;
        }
        Ok(data)
    }
}

/// The cells of a row and what is behind it; `None` if it is not complete.
fn split_row(data: &[u8], cells: i16) -> Option<(&[u8], &[u8])> {
    let mut rest = data;
    for _ in 0..cells {
        let (length, behind) = rest.split_first_chunk::<4>()?;
        // A negative length is a null.
        let length = usize::try_from(i32::from_be_bytes(*length)).unwrap_or(0);
        rest = behind.get(length..)?;
    }
    data.split_at_checked(data.len() - rest.len())
}

/// The cells of a row, in order.
pub struct CopyRow<'d> {
    rest: &'d [u8],
}

impl<'d> CopyRow<'d> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (head, rest) =
            self.rest.split_first_chunk::<N>().ok_or_else(|| Fault::text("COPY ends early"))?;
        self.rest = rest;
        Ok(*head)
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

    type Read = (i64, LocalDate, Option<Vec<u8>>);

    /// What came of a stream that comes in pieces of so many bytes.
    fn read(stream: &[u8], piece: usize) -> Result<Vec<Read>, Fault> {
        let (mut rows, mut found) = (CopyRows::default(), Vec::new());
        for piece in stream.chunks(piece) {
            rows.feed(piece, |mut row| {
                found.push((row.big()?, row.date()?, row.text()?.map(<[u8]>::to_vec)));
                Ok(())
            })?;
        }
        rows.end()?;
        Ok(found)
    }

    fn stream() -> Vec<u8> {
        let mut cells = CopyCells::default();
        for (n, text) in [(-7, Some("签")), (8, None), (9, Some(""))] {
            cells.begin(3);
            cells.big(Some(n));
            cells.date(LocalDate::from_days(20_000));
            cells.text(text);
        }
        copy_parts([cells.0.as_slice()]).concat()
    }

    #[test]
    fn what_is_written_is_read_however_it_is_cut() {
        let (stream, day) = (stream(), LocalDate::from_days(20_000));
        let all = vec![
            (-7, day, Some("签".as_bytes().to_vec())),
            (8, day, None),
            (9, day, Some(Vec::new())),
        ];
        for piece in 1..=stream.len() {
            assert_eq!(read(&stream, piece).unwrap(), all, "pieces of {piece}");
        }
    }

    #[test]
    fn a_torn_stream_is_a_fault() {
        let stream = stream();
        for length in 0..stream.len() {
            assert!(read(stream.get(..length).unwrap(), 7).is_err(), "{length} bytes");
        }
        assert!(read(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\x01\xff\xff", 7).is_err());
    }
}
