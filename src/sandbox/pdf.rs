//! One-page PDFs, small and valid: what orders and labels point at.

use std::fmt::Write;

/// A PDF 1.4 of one page (493 x 700 points, as DTDC's own label) with these lines of text.
pub(crate) fn page(lines: &[String]) -> Vec<u8> {
    let mut content = String::from("BT /F1 14 Tf 36 650 Td 20 TL\n");
    for line in lines {
        let _ = writeln!(content, "({}) Tj T*", escape(line));
    }
    content.push_str("ET\n");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 493 700] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!(
            "<< /Length {} >>\nstream\n{content}endstream",
            content.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    assemble(&objects)
}

fn assemble(objects: &[String]) -> Vec<u8> {
    let mut out = String::from("%PDF-1.4\n");
    let mut table = String::new();
    for (index, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", out.len());
        let _ = write!(out, "{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = out.len();
    let size = objects.len() + 1;
    let _ = write!(
        out,
        "xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n\
         startxref\n{start}\n%%EOF\n"
    );
    out.into_bytes()
}

/// Text inside a PDF string: printable ASCII, with its three special characters escaped.
fn escape(line: &str) -> String {
    let mut out = String::new();
    for c in line.chars().take(90) {
        match c {
            '(' | ')' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            _ => out.push('?'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_page_points_at_its_objects() {
        let bytes = page(&[
            "AWB 7X100000001".to_owned(),
            "a (b) \\ \u{1b}[2J".to_owned(),
        ]);
        let text = String::from_utf8(bytes).expect("ascii");
        assert!(text.starts_with("%PDF-1.4") && text.ends_with("%%EOF\n"));
        assert!(text.contains("(AWB 7X100000001) Tj") && !text.contains('\u{1b}'));
        let start: usize = text
            .lines()
            .skip_while(|line| *line != "startxref")
            .nth(1)
            .and_then(|line| line.parse().ok())
            .expect("startxref");
        let table: Vec<&str> = text
            .get(start..)
            .expect("in range")
            .lines()
            .skip(3)
            .take(5)
            .collect();
        for (index, line) in table.iter().enumerate() {
            let offset: usize = line
                .split(' ')
                .next()
                .and_then(|n| n.parse().ok())
                .expect("offset");
            assert!(
                text.get(offset..)
                    .is_some_and(|rest| rest.starts_with(&format!("{} 0 obj", index + 1)))
            );
        }
    }
}
