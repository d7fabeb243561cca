//! Rows out of lines, and what stray quotes do to them.

use super::*;

/// Rows as their first lines and cells; torn and refused ones as their lines.
fn rows(text: &str, columns: usize) -> Vec<String> {
    let bytes = io::Cursor::new(text.as_bytes().to_vec());
    let lines = Lines::of(Box::new(bytes), None, 1 << 16, "x").expect("text");
    let layout = Layout { separator: ',', columns, longest: 1 << 16, trust_quotes: false };
    let mut rows = Rows::new(lines, VecDeque::new(), layout);
    let rows = std::iter::from_fn(|| rows.next().expect("read"));
    rows.map(|row| match row {
        FileRow::Cells { line, cells } => format!("{line}: {}", cells.join("|")),
        FileRow::Refused { line, .. } => format!("{line} refused"),
        FileRow::Torn { from, to, .. } => format!("{from}-{to} torn"),
    })
    .collect()
}

#[test]
fn rows_are_told_by_the_line_in_which_they_begin() {
    let text = "a,\"b\r\nc\",d\r\n1,\"say \"\"x\"\"\",3\r\n\r\n,,\r\n";
    assert_eq!(rows(text, 3), ["1: a|b\nc|d", "3: 1|say \"x\"|3", "4: ", "5: ||"]);
}

#[test]
fn a_stray_quote_refuses_the_lines_that_it_may_have_swallowed() {
    assert_eq!(rows("1,a,b\n2,a,\"b\n3,a,b\n4,a,b\n", 3), ["1: 1|a|b", "2-4 torn"]);
    let twice = "1,a,b\n2,a,\"b\n3,a,b\n4,a,b\"\n5,a,b\n";
    assert_eq!(rows(twice, 3), ["1: 1|a|b", "2-4 torn", "5: 5|a|b"]);
    let next = "2,a,\"b\n3,a,b\"\n5,a,b\n";
    assert_eq!(rows(next, 3), ["1-2 torn", "3: 5|a|b"]);
    let other_column = "2,\"a,b\n3,a,b\n4,a,b\"\n5,a,b\n";
    assert_eq!(rows(other_column, 3), ["1-3 torn", "4: 5|a|b"]);
    let before_a_quoted = "2,a,\"b\n3,a,\"b, c\"\n5,a,b\n";
    assert_eq!(rows(before_a_quoted, 3), ["1-2 torn", "3: 5|a|b"]);
    let first_column = "\"2,a,b\n3,a,b\n4\",a,b\n5,a,b\n";
    assert_eq!(rows(first_column, 3), ["1-3 torn", "4: 5|a|b"]);
    assert_eq!(rows("1,a \"b,c\n2,a,b\n", 3), ["1-1 torn", "2: 2|a|b"]);
    assert_eq!(rows("1,\"a\"x,c\n2,a,b\n", 3), ["1-1 torn", "2: 2|a|b"]);
}

#[test]
fn cells_of_lines_and_quotes_within_a_cell_are_no_strays() {
    let prose = "1,a,\"KTP\nKK, asli\nIjazah, asli, dan salinan\"\n2,\"x\ny\",b\n";
    assert_eq!(rows(prose, 3), ["1: 1|a|KTP\nKK, asli\nIjazah, asli, dan salinan", "4: 2|x\ny|b"]);
    assert_eq!(rows("1,pipa 3\" baru,\"c\"\n", 3), ["1: 1|pipa 3\" baru|c"]);
    assert_eq!(rows("1,izin \"khusus\", \"c, d\" \n", 3), ["1: 1|izin \"khusus\"|c, d"]);
}

#[test]
fn one_line_of_a_cell_that_looks_like_a_row_is_enough() {
    for text in [
        "a,Akta,\"KTP\nb,KK,KTP\nc,KIA, anak,KTP\nd,SKCK,KTP\"\n",
        "a, Akta, \"KTP\nb, KK, KTP\nc, KIA, KTP\"\n",
        "a,Akta,\"KTP\nb,KK,KTP\nTotal\nd,SKCK,KTP\"\n",
        "\"a,Akta,KTP\nb\",KK,KTP\n",
        "a,\"Akta,KTP\nb,KIA, anak\",KTP\n",
        "a,Akta,\"KTP\nb,KK,\"\n",
        "a,Akta,\"KTP\nb,KK,KTP\n\"\n",
    ] {
        let torn = format!("1-{} torn", text.lines().count());
        assert_eq!(rows(text, 3), [torn], "{text}");
    }
    let ids = "K-01,Akta,KTP,x,y,z\nK-02,KK,\"KTP\nK-03,KIA\nasli\",x,y,z\n";
    assert_eq!(rows(ids, 6), ["1: K-01|Akta|KTP|x|y|z", "2-4 torn"]);
    assert_eq!(rows("kode,nama,\"syarat\na,Akta,KTP\nb,KK,KTP\"\n", 0), ["1-3 torn"]);
}

#[test]
fn a_line_of_the_only_column_cannot_be_told_from_a_row() {
    assert_eq!(
        rows("Izin \"A\"\n\"Izin B\nIzin C\nIzin D\"\nIzin E\n", 1),
        ["1: Izin \"A\"", "2-4 torn", "5: Izin E"]
    );
}

#[test]
fn requirements_with_commas_are_no_rows() {
    for text in [
        "1,\"KTP\nasli,fotokopi\",x\n",
        "1,Akta,\"KTP\nKK, asli\n1,5 meter kabel\n2 lembar, berwarna\"\n",
        "1,Akta,\"Pas foto:\n- 3x4, 2 lembar\n- 4x6, latar merah, terbaru\"\n",
    ] {
        let said = rows(&format!("7,a,b\n{text}"), 3);
        assert!(said.len() == 2 && !said[1].contains("torn"), "{said:?}");
    }
}

#[test]
fn no_bytes_make_it_panic_and_every_line_is_accounted_for() {
    bolero::check!().with_iterations(2_000).with_type::<(Vec<u8>, u8)>().for_each(
        |(bytes, columns)| {
            let place = io::Cursor::new(bytes.clone());
            let Ok(mut counted) = Lines::of(Box::new(place.clone()), None, 64, "x") else {
                return;
            };
            let total = std::iter::from_fn(|| counted.next().expect("read")).count();
            let lines = Lines::of(Box::new(place), None, 64, "x").expect("as before");
            let columns = usize::from(columns % 5);
            let layout = Layout { separator: ',', columns, longest: 256, trust_quotes: false };
            let mut rows = Rows::new(lines, VecDeque::new(), layout);
            let mut next = 1;
            while let Some(row) = rows.next().expect("read") {
                let (from, to) = match &row {
                    FileRow::Cells { line, cells } => (
                        *line,
                        *line + cells.iter().map(|c| c.matches('\n').count()).sum::<usize>(),
                    ),
                    FileRow::Refused { line, .. } => (*line, *line),
                    FileRow::Torn { from, to, .. } => (*from, *to),
                };
                assert!(from >= next, "a line counts once");
                next = to + 1;
            }
            assert!(next <= total + 1);
        },
    );
}
