//! What the shop sells.

use rand::Rng;
use rand::rngs::StdRng;

use super::{Line, stream};

/// A product of the shop and its stock at EasyEcom.
#[derive(Debug, Clone)]
pub(crate) struct Sku {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) brand: &'static str,
    pub(crate) category: &'static str,
    pub(crate) product_id: u64,
    pub(crate) price_paise: u64,
    pub(crate) tax_rate: u64,
    /// Grams.
    pub(crate) weight: u64,
    pub(crate) combo: bool,
    /// Pieces for sale.
    pub(crate) available: i64,
}

/// Brand, product, category, price in rupees, tax percent, grams.
const PRODUCTS: [(&str, &str, &str, u64, u64, u64); 20] = [
    (
        "Sarvottam",
        "Cold Pressed Groundnut Oil 1 L",
        "Grocery",
        329,
        5,
        980,
    ),
    ("Sarvottam", "Basmati Rice 5 kg", "Grocery", 749, 5, 5050),
    ("Chaiwala Co", "Assam CTC Tea 500 g", "Grocery", 285, 5, 520),
    ("Chaiwala Co", "Masala Chai Sampler", "Grocery", 449, 5, 260),
    (
        "Nirmal",
        "Copper Water Bottle 950 ml",
        "Kitchen",
        899,
        12,
        410,
    ),
    ("Nirmal", "Steel Tiffin, 3 tier", "Kitchen", 1149, 12, 870),
    ("Nirmal", "Cast Iron Tawa 26 cm", "Kitchen", 1299, 18, 2400),
    (
        "Tarang",
        "Bluetooth Speaker Mini",
        "Electronics",
        1499,
        18,
        350,
    ),
    ("Tarang", "USB-C Charger 33 W", "Electronics", 999, 18, 140),
    ("Tarang", "Neckband Earphones", "Electronics", 1199, 18, 120),
    (
        "Khadi Lane",
        "Handloom Kurta, Indigo",
        "Clothing",
        1599,
        5,
        330,
    ),
    (
        "Khadi Lane",
        "Cotton Bedsheet, Double",
        "Home",
        1349,
        5,
        1150,
    ),
    ("Khadi Lane", "Ajrakh Dupatta", "Clothing", 849, 5, 210),
    ("Vanya", "Neem Face Wash 150 ml", "Beauty", 249, 18, 180),
    ("Vanya", "Bhringraj Hair Oil 200 ml", "Beauty", 345, 18, 240),
    (
        "Vanya",
        "Sandalwood Soap, pack of 4",
        "Beauty",
        299,
        18,
        520,
    ),
    (
        "Kitabghar",
        "Notebook A5, ruled, 5 pack",
        "Stationery",
        399,
        12,
        900,
    ),
    (
        "Kitabghar",
        "Fountain Pen, Ebonite",
        "Stationery",
        1850,
        12,
        90,
    ),
    ("Akhada", "Resistance Band Set", "Sports", 699, 18, 480),
    ("Akhada", "Yoga Mat 6 mm", "Sports", 1099, 18, 1250),
];

/// Colours or packs that multiply the products.
const VARIANTS: [&str; 6] = ["", "BLK", "BLU", "RED", "GRN", "PK2"];

/// The first `count` products of the shop; every 20th is a combo, whose stock nobody may set.
pub(crate) fn catalogue(seed: u64, count: usize) -> Vec<Sku> {
    let mut rng = stream(seed, "catalogue");
    (0..count.max(1))
        .map(|index| sku(&mut rng, index))
        .collect()
}

fn sku(rng: &mut StdRng, index: usize) -> Sku {
    let (brand, product, category, rupees, tax_rate, weight) = PRODUCTS[index % PRODUCTS.len()];
    let round = index / PRODUCTS.len();
    let variant = VARIANTS[round % VARIANTS.len()];
    let initials: String = brand
        .chars()
        .filter(char::is_ascii_alphabetic)
        .take(3)
        .collect();
    let mut code = format!(
        "{}-{:03}",
        initials.to_ascii_uppercase(),
        101 + index % PRODUCTS.len()
    );
    let mut name = format!("{brand} {product}");
    if round > 0 {
        code = format!(
            "{code}-{variant}{}",
            if round < VARIANTS.len() {
                String::new()
            } else {
                round.to_string()
            }
        );
        name = format!("{name} ({variant})");
    }
    let combo = index % 20 == 19;
    Sku {
        code: if combo { format!("CMB-{code}") } else { code },
        name: if combo {
            format!("{name} gift combo")
        } else {
            name
        },
        brand,
        category,
        product_id: 20_000_001 + index as u64,
        price_paise: rupees * 100 + rng.random_range(0..10) * 10,
        tax_rate,
        weight,
        combo,
        available: rng.random_range(40..400),
    }
}

/// One to four lines of distinct products.
pub(super) fn basket(rng: &mut StdRng, skus: &[Sku]) -> Vec<Line> {
    let wanted = [1, 1, 1, 2, 2, 3, 4][rng.random_range(0..7)].min(skus.len());
    let mut picked: Vec<usize> = Vec::new();
    while picked.len() < wanted {
        let index = rng.random_range(0..skus.len());
        if !picked.contains(&index) {
            picked.push(index);
        }
    }
    picked
        .into_iter()
        .map(|index| line(rng, &skus[index]))
        .collect()
}

fn line(rng: &mut StdRng, sku: &Sku) -> Line {
    Line {
        sku: sku.code.clone(),
        name: sku.name.clone(),
        brand: sku.brand,
        category: sku.category,
        product_id: sku.product_id,
        quantity: [1, 1, 1, 2, 2, 3][rng.random_range(0..6)],
        price_paise: sku.price_paise,
        tax_rate: sku.tax_rate,
        weight: sku.weight,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_in_a_large_shop() {
        let skus = catalogue(1, 400);
        let unique: std::collections::BTreeSet<_> = skus.iter().map(|sku| &sku.code).collect();
        assert_eq!(unique.len(), 400);
        assert!(skus.iter().any(|sku| sku.combo));
    }
}
