//! The company of the synthetic extracts: legal employers, business units, departments, jobs, locations.

/// Something with an id, and a name whose cell is quoted where it needs to be.
#[derive(Clone, Copy, Debug)]
pub struct Thing {
    pub id: u64,
    pub name: &'static str,
}

const fn thing(id: u64, name: &'static str) -> Thing {
    Thing { id: 300_100_037_000_000 + id, name }
}

/// A legal employer and the business units under it.
#[derive(Debug)]
pub struct Employer {
    pub entity: Thing,
    pub legislation: &'static str,
    pub units: [Thing; 2],
    pub locations: [Thing; 2],
}

pub const EMPLOYERS: [Employer; 6] = [
    Employer {
        entity: thing(101, "Vision Corporation"),
        legislation: "US",
        units: [thing(658_147, "Vision Operations"), thing(658_212, "Vision Services")],
        locations: [thing(658_196, "HQ1-New York"), thing(658_414, "Pleasanton")],
    },
    Employer {
        entity: thing(102, "Vision UK"),
        legislation: "GB",
        units: [thing(658_301, "UK Operations"), thing(658_302, "UK Retail")],
        locations: [thing(658_303, "London"), thing(658_304, "Manchester")],
    },
    Employer {
        entity: thing(103, "Vision Deutschland GmbH"),
        legislation: "DE",
        units: [thing(658_311, "DE Operations"), thing(658_312, "DE Logistik")],
        locations: [thing(658_313, "München"), thing(658_314, "Köln")],
    },
    Employer {
        entity: thing(104, "Vision France SAS"),
        legislation: "FR",
        units: [thing(658_321, "FR Opérations"), thing(658_322, "FR Services")],
        locations: [thing(658_323, "Paris"), thing(658_324, "Lyon")],
    },
    Employer {
        entity: thing(105, "\"Vision Japan, K.K.\""),
        legislation: "JP",
        units: [thing(658_331, "JP Operations"), thing(658_332, "JP Sales")],
        locations: [thing(658_333, "東京"), thing(658_334, "Osaka")],
    },
    Employer {
        entity: thing(106, "Vision India Pvt Ltd"),
        legislation: "IN",
        units: [thing(658_341, "IN Operations"), thing(658_342, "IN Shared Services")],
        locations: [thing(658_343, "Bengaluru"), thing(658_344, "Hyderabad")],
    },
];

pub const DEPARTMENTS: [Thing; 12] = [
    thing(658_514, "Finance"),
    thing(658_538, "Human Resources"),
    thing(658_540, "\"Sales, Enterprise\""),
    thing(658_541, "Engineering"),
    thing(658_542, "Customer Support"),
    thing(658_543, "Legal"),
    thing(658_544, "Procurement"),
    thing(658_545, "Manufacturing"),
    thing(658_546, "Facilities"),
    thing(658_547, "Research & Development"),
    thing(658_548, "IT Operations"),
    thing(658_549, "Marketing"),
];

/// A job and its code.
pub const JOBS: [(Thing, &str); 10] = [
    (thing(637_824, "Analyst"), "ANL01"),
    (thing(658_485, "Senior Analyst"), "ANL02"),
    (thing(658_578, "Engineer"), "ENG01"),
    (thing(658_579, "Senior Engineer"), "ENG02"),
    (thing(658_580, "Account Manager"), "SAL01"),
    (thing(658_581, "Technician"), "TEC01"),
    (thing(658_582, "\"Director, Operations\""), "DIR01"),
    (thing(658_583, "HR Specialist"), "HRS01"),
    (thing(658_584, "Support Agent"), "SUP01"),
    (thing(658_585, "Consultant"), "CON01"),
];
