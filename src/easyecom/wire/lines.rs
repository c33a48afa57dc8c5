//! The lines of an order, kept small enough for its record.

use std::collections::HashMap;

use super::fields::Fields;
use crate::domain::{Clean, Sku, order::Line};

/// Bytes that the lines take with their names. An order's record has to stay below the store's value
/// limit with all that is added to it up to its delivery.
const BYTES_MAX: usize = 6 * 1024;

/// Bytes that they may take when no name is left to shorten.
const BARE_BYTES_MAX: usize = 8 * 1024;

/// `suborders` (V1) or `order_items` (V2). Pieces are `suborder_quantity`, which counts the line's
/// own SKU also where that is a kit; cancelled pieces are not taken off, since whether EasyEcom did
/// so already is not known. An error is the reason why they cannot be kept.
pub(super) fn read_lines(row: &Fields) -> Result<Vec<Line>, String> {
    let items = row.list("suborders").or_else(|| row.list("order_items"));
    let lines = items
        .unwrap_or_default()
        .into_iter()
        .filter_map(Fields::read)
        .map(|item| {
            let pieces = item
                .int("suborder_quantity")
                .or_else(|| item.int("item_quantity"));
            Line {
                sku: Sku::new(&item.text("sku").unwrap_or_default()),
                name: Clean::new(
                    &item
                        .text_of(&["productName", "product_name"])
                        .unwrap_or_default(),
                ),
                quantity: u32::try_from(pieces.unwrap_or_default().max(0)).unwrap_or(u32::MAX),
            }
        })
        .collect();
    bounded(lines)
}

/// The lines as they are, if they are small. Else one line for each SKU, so that the stock still
/// loses every piece, and names for as many of the first as there is room for.
fn bounded(lines: Vec<Line>) -> Result<Vec<Line>, String> {
    if lines.iter().map(size).sum::<usize>() <= BYTES_MAX {
        return Ok(lines);
    }
    let mut merged: Vec<Line> = Vec::new();
    let mut places: HashMap<Sku, usize> = HashMap::new();
    for line in lines {
        if let Some(known) = places.get(&line.sku).and_then(|at| merged.get_mut(*at)) {
            known.quantity = known.quantity.saturating_add(line.quantity);
        } else {
            places.insert(line.sku.clone(), merged.len());
            merged.push(line);
        }
    }
    let bare: usize = merged.iter().map(|line| size(line) - name(line)).sum();
    if bare > BARE_BYTES_MAX {
        return Err(format!(
            "{} different SKUs are more than one order can have here: split it in EasyEcom, or ship \
             it by hand there",
            merged.len()
        ));
    }
    let mut room = BYTES_MAX.saturating_sub(bare);
    for line in &mut merged {
        if let Some(left) = room.checked_sub(name(line)) {
            room = left;
        } else {
            room = 0;
            line.name = Clean::default();
        }
    }
    Ok(merged)
}

/// Bytes of a line in the record.
fn size(line: &Line) -> usize {
    serde_json::to_string(line).map_or(0, |text| text.len() + 1)
}

/// Bytes of its name there.
fn name(line: &Line) -> usize {
    serde_json::to_string(&line.name).map_or(0, |text| text.len().saturating_sub(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(sku: usize, name: &str, quantity: u32) -> Line {
        Line {
            sku: Sku::new(&format!("SKU-{sku}")),
            name: Clean::new(name),
            quantity,
        }
    }

    fn bytes(lines: &[Line]) -> usize {
        serde_json::to_string(lines).expect("JSON").len()
    }

    #[test]
    fn many_lines_are_bounded_and_lose_no_piece() {
        let few: Vec<Line> = (0..30).map(|n| line(n % 2, "A thing", 1)).collect();
        assert_eq!(bounded(few.clone()), Ok(few), "an ordinary order is kept");

        let name = "a long name ".repeat(15);
        let many: Vec<Line> = (0..400).map(|n| line(n % 130, &name, 2)).collect();
        let kept = bounded(many).expect("130 SKUs have room");
        assert_eq!(kept.len(), 130);
        assert!(bytes(&kept) <= BYTES_MAX + 2, "{} bytes", bytes(&kept));
        assert_eq!(kept.iter().map(|l| l.quantity).sum::<u32>(), 800);
        assert!(!kept[0].name.is_empty() && kept[129].name.is_empty());

        let endless: Vec<Line> = (0..1_000).map(|n| line(n, &name, 1)).collect();
        let why = bounded(endless).expect_err("no record holds them");
        assert!(why.contains("1000 different SKUs"), "{why}");
        let one = vec![line(1, &"é".repeat(240), u32::MAX); 2_000];
        assert_eq!(
            bounded(one).map(|l| (l.len(), l[0].quantity)),
            Ok((1, u32::MAX))
        );
    }
}
