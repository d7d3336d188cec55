//! Names of people who do not exist, beside what an e-mail address makes of them.

/// A name and its letters in an address.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    pub text: &'static str,
    pub ascii: &'static str,
}

const fn name(text: &'static str, ascii: &'static str) -> Name {
    Name { text, ascii }
}

/// The name that is missing.
pub const NOBODY: Name = name("", "");

pub const FIRST: [Name; 48] = [
    name("Adelina", "adelina"), name("Aino", "aino"), name("Ambrose", "ambrose"), name("Anders", "anders"),
    name("Ángela", "angela"), name("Arvid", "arvid"), name("Åsa", "asa"), name("Beatriz", "beatriz"),
    name("Björn", "bjorn"), name("Bronwen", "bronwen"), name("Cadfael", "cadfael"), name("Çelik", "celik"),
    name("Chloé", "chloe"), name("Cosima", "cosima"), name("Dagmar", "dagmar"), name("Dmitri", "dmitri"),
    name("Eilidh", "eilidh"), name("Élodie", "elodie"), name("Emre", "emre"), name("Fionn", "fionn"),
    name("Folasade", "folasade"), name("Gaël", "gael"), name("Greta", "greta"), name("Haruki", "haruki"),
    name("Hedwig", "hedwig"), name("Ingrid", "ingrid"), name("Ivo", "ivo"), name("Jürgen", "jurgen"),
    name("Kofi", "kofi"), name("Lakshmi", "lakshmi"), name("Łucja", "lucja"), name("Mairead", "mairead"),
    name("Marisol", "marisol"), name("Nadezhda", "nadezhda"), name("Noor", "noor"), name("Océane", "oceane"),
    name("Oskar", "oskar"), name("Pilar", "pilar"), name("Quentin", "quentin"), name("Rukmini", "rukmini"),
    name("Søren", "soren"), name("Sanjay", "sanjay"), name("Tamsin", "tamsin"), name("Uzoma", "uzoma"),
    name("Wei-Lin", "weilin"), name("Xóchitl", "xochitl"), name("Yusuf", "yusuf"), name("Žofie", "zofie"),
];

pub const LAST: [Name; 60] = [
    name("Abernesk", "abernesk"), name("Achterwold", "achterwold"), name("Ambleforth", "ambleforth"),
    name("Årnesvik", "arnesvik"), name("Balgownie", "balgownie"), name("Barrowclift", "barrowclift"),
    name("Béranval", "beranval"), name("Birchwhistle", "birchwhistle"), name("Blåfjeld", "blafjeld"),
    name("Borowiecz", "borowiecz"), name("Brackenfield", "brackenfield"), name("Calderwick", "calderwick"),
    name("Çınaroğlu", "cinaroglu"), name("Coriveau", "coriveau"), name("Dąbrowiak", "dabrowiak"),
    name("Deveraine", "deveraine"), name("D'Orsaval", "dorsaval"), name("Dunnachie-Voss", "dunnachievoss"),
    name("Eberhölt", "eberholt"), name("Ekstrand", "ekstrand"), name("Fairweald", "fairweald"),
    name("Farkasházy", "farkashazy"), name("Fenwright", "fenwright"), name("Gallowmere", "gallowmere"),
    name("García Ledo", "garcialedo"), name("Gråström", "grastrom"), name("Halloway", "halloway"),
    name("Hjörleif", "hjorleif"), name("Hollinsworth", "hollinsworth"), name("Ibekwe", "ibekwe"),
    name("Jarvinen", "jarvinen"), name("Kallistratos", "kallistratos"), name("Kestlemead", "kestlemead"),
    name("Kővárdi", "kovardi"), name("Lindqvast", "lindqvast"), name("Lovejoy-Tarn", "lovejoytarn"),
    name("Maddrell", "maddrell"), name("Meierhoff", "meierhoff"), name("Moriyasu", "moriyasu"),
    name("Mountebank", "mountebank"), name("Nakagiri", "nakagiri"), name("Nightingarth", "nightingarth"),
    name("Núñez Arrola", "nunezarrola"), name("O'Kestrel", "okestrel"), name("Okonjwe", "okonjwe"),
    name("Østerlund", "osterlund"), name("Pemberwell", "pemberwell"), name("Petrakovic", "petrakovic"),
    name("Quillfeather", "quillfeather"), name("Ravensholt", "ravensholt"), name("Řezníkova", "reznikova"),
    name("Sandoval Ruiz", "sandovalruiz"), name("Sølvberg", "solvberg"), name("Stonebridge", "stonebridge"),
    name("Tashkendi", "tashkendi"), name("Thistlewood", "thistlewood"), name("Ümitcan", "umitcan"),
    name("Vasquenoy", "vasquenoy"), name("Wetherspire", "wetherspire"), name("Zsolnayi", "zsolnayi"),
];
