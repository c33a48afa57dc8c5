//! Buyers and the places they live in.

use rand::Rng;
use rand::rngs::StdRng;

/// A city with its pincodes and what the courier does there.
#[derive(Debug)]
pub(crate) struct City {
    pub(crate) name: &'static str,
    pub(crate) state: &'static str,
    pub(crate) state_code: &'static str,
    /// DTDC's short code of the branch.
    pub(crate) office: &'static str,
    /// First four digits of its pincodes.
    pub(crate) pin_prefix: u32,
    pub(crate) serviceable: bool,
    pub(crate) prepaid_only: bool,
}

const fn city(
    name: &'static str,
    state: &'static str,
    state_code: &'static str,
    office: &'static str,
    pin_prefix: u32,
) -> City {
    City {
        name,
        state,
        state_code,
        office,
        pin_prefix,
        serviceable: true,
        prepaid_only: false,
    }
}

/// Where the warehouse stands; nobody orders from there.
static HOME: City = city("Bhiwandi", "Maharashtra", "27", "M31", 4213);

/// Where buyers live. In the last ones the courier takes no cash; the very last it does not serve.
pub(crate) static CITIES: [City; 26] = [
    city("Bengaluru", "Karnataka", "29", "B01", 5600),
    city("Mumbai", "Maharashtra", "27", "M11", 4000),
    city("New Delhi", "Delhi", "07", "D04", 1100),
    city("Hyderabad", "Telangana", "36", "H02", 5000),
    city("Chennai", "Tamil Nadu", "33", "C07", 6000),
    city("Kolkata", "West Bengal", "19", "K03", 7000),
    city("Pune", "Maharashtra", "27", "P21", 4110),
    city("Ahmedabad", "Gujarat", "24", "A09", 3800),
    city("Jaipur", "Rajasthan", "08", "J05", 3020),
    city("Lucknow", "Uttar Pradesh", "09", "L02", 2260),
    city("Kochi", "Kerala", "32", "E12", 6820),
    city("Indore", "Madhya Pradesh", "23", "I01", 4520),
    city("Nagpur", "Maharashtra", "27", "N03", 4400),
    city("Coimbatore", "Tamil Nadu", "33", "T08", 6410),
    city("Bhubaneswar", "Odisha", "21", "O02", 7510),
    city("Guwahati", "Assam", "18", "G01", 7810),
    city("Chandigarh", "Chandigarh", "04", "X01", 1600),
    city("Patna", "Bihar", "10", "R04", 8000),
    city("Surat", "Gujarat", "24", "A15", 3950),
    city("Visakhapatnam", "Andhra Pradesh", "37", "V03", 5300),
    city("Mysuru", "Karnataka", "29", "B14", 5700),
    city("Gurugram", "Haryana", "06", "D19", 1220),
    city("Thane", "Maharashtra", "27", "M17", 4006),
    City {
        prepaid_only: true,
        ..city("Leh", "Ladakh", "38", "X09", 1941)
    },
    City {
        prepaid_only: true,
        ..city("Aizawl", "Mizoram", "15", "G11", 7960)
    },
    City {
        serviceable: false,
        ..city(
            "Port Blair",
            "Andaman and Nicobar Islands",
            "35",
            "Z01",
            7441,
        )
    },
];

const FIRST: [&str; 32] = [
    "Aarav", "Ananya", "Arjun", "Bhavna", "Chitra", "Deepak", "Divya", "Farhan", "Gauri",
    "Harpreet", "Imran", "Ishaan", "Jyoti", "Karthik", "Kavita", "Lakshmi", "Manoj", "Meera",
    "Mohammed", "Nandini", "Nikhil", "Pooja", "Pranav", "Rahul", "Rekha", "Sana", "Sanjay",
    "Shreya", "Suresh", "Tanvi", "Vikram", "Zoya",
];

const LAST: [&str; 28] = [
    "Agarwal",
    "Banerjee",
    "Bhat",
    "Chatterjee",
    "D'Souza",
    "Deshpande",
    "Fernandes",
    "Gill",
    "Gupta",
    "Hegde",
    "Iyer",
    "Jain",
    "Joshi",
    "Kaur",
    "Khan",
    "Kulkarni",
    "Kumar",
    "Menon",
    "Mishra",
    "Nair",
    "Patel",
    "Pillai",
    "Rao",
    "Reddy",
    "Sharma",
    "Singh",
    "Subramaniam",
    "Verma",
];

const STREETS: [&str; 12] = [
    "MG Road",
    "Station Road",
    "4th Cross, Indiranagar",
    "Linking Road",
    "Lal Bahadur Shastri Marg",
    "Gandhi Nagar",
    "Sector 21",
    "Park Street",
    "Anna Salai",
    "Civil Lines",
    "Jubilee Hills Road No 36",
    "Baner-Pashan Link Road",
];

/// A buyer and the address.
pub(super) struct Buyer {
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) email: String,
    pub(super) address: String,
    pub(super) city: &'static City,
    pub(super) pincode: String,
}

/// Draws a buyer; one that the courier cannot reach if so wished.
pub(super) fn buyer(rng: &mut StdRng, index: usize, unserviceable: bool) -> Buyer {
    let (first, last) = (
        FIRST[rng.random_range(0..FIRST.len())],
        LAST[rng.random_range(0..LAST.len())],
    );
    let served = rng.random_range(0..CITIES.len() - 1);
    let city = &CITIES[if unserviceable {
        CITIES.len() - 1
    } else {
        served
    }];
    let street = STREETS[rng.random_range(0..STREETS.len())];
    Buyer {
        name: format!("{first} {last}"),
        phone: format!("9{:09}", rng.random_range(0..1_000_000_000_u64)),
        email: format!("{}.{index}@example.in", first.to_ascii_lowercase()),
        address: format!("Flat {}, {street}", rng.random_range(1..940)),
        city,
        pincode: format!("{:04}{:02}", city.pin_prefix, rng.random_range(1..60)),
    }
}

/// The city of a six-digit pincode, if the sandbox knows it.
pub(crate) fn city_of_pincode(pincode: &str) -> Option<&'static City> {
    if pincode.len() != 6 {
        return None;
    }
    let prefix = pincode.parse::<u32>().ok()? / 100;
    CITIES
        .iter()
        .chain([&HOME])
        .find(|city| city.pin_prefix == prefix)
}
