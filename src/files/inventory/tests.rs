use std::fmt::Write as _;

use super::*;
use crate::domain::time::format_ist;

fn try_read(text: &str) -> Result<StockFile, FileError> {
    parse(
        Path::new("in/count.csv"),
        text.as_bytes(),
        Stamp::UNIX_EPOCH,
    )
}

fn read(text: &str) -> StockFile {
    try_read(text).expect("readable")
}

fn rows(file: &StockFile) -> Vec<(&str, i64)> {
    file.rows
        .iter()
        .map(|r| (r.sku.as_str(), r.quantity))
        .collect()
}

#[test]
fn separators_marks_and_names() {
    for text in [
        "sku,quantity\nA,1\nB,2\n",
        "\u{feff}SKU;Qty\r\nA;1\r\nB;2\r\n",
        "available\tsku\n1\tA\n2\tB\n",
        "sku,quantity\n\"A\",1\n\n,,\n\"B\",2",
        "name,sku,quantity,location\n\"x, y\",A,1,ab12\nz,B, 2 ,ab12",
    ] {
        let file = read(text);
        assert_eq!(rows(&file), [("A", 1), ("B", 2)], "{text:?}");
        assert_eq!(file.problems, []);
        assert_eq!(file.as_of, Stamp::UNIX_EPOCH);
    }
}

#[test]
fn bad_rows_are_named_and_the_others_count() {
    let long = "L".repeat(200);
    let file = read(&format!(
        "sku,quantity\nA,1\n,2\nB,many\nC,-1\nD,10001\nE\nF\u{1b}[2J,1\n{long},1\nG,1.5\n"
    ));
    assert_eq!(rows(&file), [("A", 1), ("D", 10_001)]);
    let told: Vec<_> = file
        .problems
        .iter()
        .map(|p| (p.line, p.field.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (3, "sku"),
            (4, "quantity"),
            (5, "quantity"),
            (6, "quantity"),
            (7, "quantity"),
            (8, "sku"),
            (9, "sku"),
            (10, "quantity"),
        ]
    );
    let all: String = file.problems.iter().map(ToString::to_string).collect();
    assert!(all.starts_with("count.csv, line 3, sku: empty"), "{all}");
    assert!(!all.contains('\u{1b}'), "{all:?}");
}

#[test]
fn lines_are_counted_as_an_editor_does() {
    for text in [
        "sku,quantity\nA,1\nB,-1\n",
        "sku,quantity\r\nA,1\r\nB,-1\r\n",
        "\u{feff}sku,quantity\r\n\r\nB,-1\r\n",
        "sku,quantity\n\nB,-1",
        "sku,quantity\rA,1\rB,-1",
    ] {
        let file = read(text);
        let told: Vec<_> = file.problems.iter().map(|p| p.line).collect();
        assert_eq!(told, [3], "{text:?}");
    }
}

#[test]
fn two_counts_of_one_sku_are_none() {
    let file = read("sku,quantity\nA,1\nB,1\nA,2\nC,3\nA,1\nC,x\n");
    assert_eq!(rows(&file), [("B", 1)]);
    let told: Vec<_> = file
        .problems
        .iter()
        .map(|p| format!("{} {}", p.line, p.says))
        .collect();
    assert_eq!(
        told,
        [
            "6 A stands on line 2, 4 too; none is used",
            "7 \"x\" is no whole number",
            "7 C stands on line 5 too; none is used",
        ]
    );
}

#[test]
fn a_file_is_as_old_as_its_oldest_count() {
    let file = read(
        "sku,quantity,as_of\nA,1,2026-01-05 10:00:00\nB,1,2026-01-05T04:00:00Z\nC,1,\nD,1,soon\n",
    );
    assert_eq!(format_ist(file.as_of), "2026-01-05 09:30:00");
    assert_eq!(file.rows.len(), 3);
    assert_eq!(file.problems.len(), 1);
    assert_eq!(file.sha256.len(), 64);
}

#[test]
fn whole_files_that_are_refused() {
    let mut endless = "sku,quantity\n".to_owned();
    for n in 0..=ROWS_MAX {
        let _ = writeln!(endless, "S{n},x");
    }
    for (text, words) in [
        ("A,1\n", "line 1: no column is called sku"),
        ("", "line 1: no column is called sku"),
        ("sku\nA\n", "line 1: no column is called quantity"),
        ("sku,available,quantity\nA,1,2\n", "mean the same here"),
        (
            "sku,quantity,location\nA,1,ab12\nB,1,cd34\n",
            "line 3: location cd34, but ab12 on line 2",
        ),
        (&endless, "more than 200000 rows"),
    ] {
        let error = try_read(text).expect_err(words).to_string();
        assert!(
            error.starts_with("in/count.csv: ") && error.contains(words),
            "{error}"
        );
    }
    let same = read("sku,quantity,location\nA,1,ab12\nB,1,ab12\nC,1,\n");
    assert_eq!(same.location, Some("ab12".into()));
    assert_eq!(same.rows.len(), 3);
}

#[test]
fn many_problems_are_counted() {
    let mut text = "sku,quantity\n".to_owned();
    for n in 0..300 {
        let _ = writeln!(text, "S{n},x");
    }
    let file = read(&text);
    assert_eq!(file.problems.len(), 200);
    let last = &file.problems[199].says;
    assert!(last.ends_with("(and 100 more problems)"), "{last}");
}

proptest::proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
        let _ = parse(Path::new("x.csv"), &bytes, Stamp::UNIX_EPOCH);
    }

    #[test]
    fn any_rows(text in "([ABC\",;\t\n0-9-]|\u{fffd}){0,200}") {
        let text = format!("sku,quantity\n{text}");
        if let Ok(file) = try_read(&text) {
            let mut skus: Vec<_> = file.rows.iter().map(|r| &r.sku).collect();
            skus.sort();
            skus.dedup();
            proptest::prop_assert_eq!(skus.len(), file.rows.len());
            proptest::prop_assert!(file.rows.iter().all(|r| r.quantity >= 0 && r.line > 1));
        }
    }
}
