#!/usr/bin/env python3
"""Writes plain/*_2026-11-20.csv: people who do not exist, and the accounts, passwords, roles and data securities beside them.

Run it in any folder: `python3 sample-data/make.py`. The same bytes come out each time. It then holds cases.csv, which
is written by hand from the rules, against what it wrote: every person and id named there must exist.

Notation: p() is a person row, w() a work relationship, a() an assignment row. The first argument n makes the keys:
PersonNumber 500n, PersonId 30010030000n0, and for the k-th of a person PeriodOfServiceId 30010060000nk and AssignmentId
30010070000nk. flags are PrimaryFlag (overall), PrimaryAssignmentFlag, PrimaryWorkRelationFlag.
"""

import csv
import hashlib
import pathlib
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
LONG_AGO, OPEN = "2020-01-06", "4712-12-31"

PERSON = """PersonNumber PersonId EffectiveStartDate EffectiveEndDate NameType UserName Title FirstName LastName KnownAs
DisplayName WorkEmail WorkPhone DateOfBirth Gender CorrespondenceLanguage AddressLine1 TownOrCity PostalCode Country""".split()
RELATIONSHIP = """PeriodOfServiceId PersonNumber PersonId PrimaryFlag PeriodType WorkerType DateStart ActualTerminationDate
LegalEntityId LegalEmployerName LegislationCode OriginalDateOfHire EnterpriseSeniorityDate WorkerNumber""".split()
ASSIGNMENT = """AssignmentId AssignmentNumber PeriodOfServiceId PersonNumber AssignmentType EffectiveStartDate
EffectiveEndDate EffectiveSequence EffectiveLatestChange PrimaryFlag PrimaryAssignmentFlag PrimaryWorkRelationFlag
AssignmentStatusType AssignmentStatusTypeCode ActionCode BusinessUnitId BusinessUnitName DepartmentId DepartmentName
PositionId JobId JobCode JobName LocationId LocationName ManagerAssignmentId ManagerAssignmentNumber ManagerType""".split()

# Legal employer: id, name, legislation, business unit, location.
EMPLOYERS = {
    "US": ("100000015338042", "Vision Corporation", "US", ("300100037658147", "Vision Operations"), ("300100037658196", "HQ1-New York")),
    "GB": ("100000015338043", "Vision UK", "GB", ("300100037658301", "UK Operations"), ("300100037658303", "London")),
    "DE": ("100000015338044", "Vision Deutschland GmbH", "DE", ("300100037658311", "DE Operations"), ("300100037658313", "München")),
    "JP": ("100000015338045", "Vision Japan, K.K.", "JP", ("300100037658331", "JP Operations"), ("300100037658333", "東京")),
}
DEPARTMENTS = [("300100037658514", "Finance"), ("300100037658538", "Human Resources"), ("300100037658540", "Sales, Enterprise"),
               ("300100037658541", "Engineering"), ("300100037658542", "Customer Support")]
JOBS = [("300100037637824", "ANL01", "Analyst"), ("300100037658485", "ANL02", "Senior Analyst"), ("300100037658578", "ENG01", "Engineer"),
        ("300100037658580", "SAL01", "Account Manager"), ("300100037658584", "SUP01", "Support Agent")]
WORKER = {"E": "EMP", "C": "CWK", "N": "NONW", "P": "PWK", "O": ""}

people, relationships, assignments = [], [], []

# Who a row's manager is: assignment id and assignment number.
NOBODY = ("", "")
KING = ("300100591078074", "E966169008890236")
GREEN = ("300100591026173", "E966169008890736")


def number(n):
    return n if isinstance(n, str) else f"500{n:03}"


def of(n, k=1):
    """The k-th assignment of case person n, as somebody's manager."""
    return (f"30010070000{n:03}{k}", f"E500{n:03}" + (f"-{k}" if k > 1 else ""))


def plain(text):
    letters = unicodedata.normalize("NFKD", text.translate(str.maketrans("øØłŁı", "oOlLi"))).lower()
    return "".join(c for c in letters if c.isascii() and c.isalnum())


def p(n, first, last, **other):
    own = f"{plain(first)}.{plain(last)}"
    seed = len(people) * 37
    row = {"PersonNumber": number(n), "PersonId": f"30010030000{n:03}0" if isinstance(n, int) else "", "EffectiveStartDate": "2000-01-01",
           "EffectiveEndDate": OPEN, "NameType": "GLOBAL", "UserName": own, "Title": "", "FirstName": first, "LastName": last, "KnownAs": "",
           "DisplayName": f"{first} {last}", "WorkEmail": own + "@vision.example", "WorkPhone": f"020 7946 0{seed % 1000:03}",
           "DateOfBirth": f"19{60 + seed % 39}-{1 + seed % 12:02}-{1 + seed % 28:02}", "Gender": "", "CorrespondenceLanguage": "US",
           "AddressLine1": f"{1 + seed % 90} Mill Lane", "TownOrCity": "London", "PostalCode": "ZZ1 1ZZ", "Country": "GB"}
    people.append(row | other)


def w(n, k=1, start=LONG_AGO, end="", flag="Y", kind="E", at="US", **other):
    entity, employer, legislation, _, _ = EMPLOYERS[at]
    row = {"PeriodOfServiceId": f"30010060000{n:03}{k}" if isinstance(n, int) else "", "PersonNumber": number(n),
           "PersonId": f"30010030000{n:03}0" if isinstance(n, int) else "", "PrimaryFlag": flag, "PeriodType": kind, "WorkerType": WORKER[kind],
           "DateStart": start, "ActualTerminationDate": end, "LegalEntityId": entity, "LegalEmployerName": employer, "LegislationCode": legislation,
           "OriginalDateOfHire": start[:10], "EnterpriseSeniorityDate": start[:10], "WorkerNumber": kind + number(n)}
    relationships.append(row | other)


def a(n, k=1, start=LONG_AGO, end=OPEN, flags="YYY", status="ACTIVE", code=None, wr=None, seq=1, latest="Y", kind="E", boss=KING, at="US",
      job=None, **other):
    _, _, _, unit, location = EMPLOYERS[at]
    place = n if isinstance(n, int) else len(assignments)
    department, job = DEPARTMENTS[place % 5], JOBS[place % 5 if job is None else job]
    if code is None:
        code = {"ACTIVE": "ACTIVE_PROCESS", "SUSPENDED": "SUSPEND_PROCESS", "INACTIVE": "INACTIVE_PROCESS"}[status]
    row = {"AssignmentId": of(n, k)[0] if isinstance(n, int) else "", "AssignmentNumber": kind + number(n) + (f"-{k}" if k > 1 else ""),
           "PeriodOfServiceId": f"30010060000{n:03}{wr or 1}" if isinstance(n, int) else "", "PersonNumber": number(n), "AssignmentType": kind,
           "EffectiveStartDate": start, "EffectiveEndDate": end, "EffectiveSequence": str(seq), "EffectiveLatestChange": latest,
           "PrimaryFlag": flags[0], "PrimaryAssignmentFlag": flags[1], "PrimaryWorkRelationFlag": flags[2],
           "AssignmentStatusType": status, "AssignmentStatusTypeCode": code, "ActionCode": "TERMINATION" if status == "INACTIVE" else "HIRE",
           "BusinessUnitId": unit[0], "BusinessUnitName": unit[1], "DepartmentId": department[0], "DepartmentName": department[1],
           "PositionId": "", "JobId": job[0], "JobCode": job[1], "JobName": job[2], "LocationId": location[0], "LocationName": location[1],
           "ManagerAssignmentId": boss[0], "ManagerAssignmentNumber": boss[1], "ManagerType": "LINE_MANAGER" if boss != NOBODY else ""}
    assignments.append(row | other)


def tutorial():
    """The workers of Oracle's tutorial; where its tables contradict each other, see README.md."""
    def keys(person, relationship=None, assignment=None, wr=None):
        wanted = {"PersonId": person, "PeriodOfServiceId": relationship or wr, "AssignmentId": assignment}
        return {key: value for key, value in wanted.items() if value}

    n, me = "966169008890736", "300100591016270"
    p(n, "Joe", "Green", **keys(me), WorkPhone="650-849-5931")
    w(n, start="2023-08-01", **keys(me, "300100591016284"))
    a(n, start="2023-08-01", AssignmentId=GREEN[0], PeriodOfServiceId="300100591016284", PositionId="300100037658162")

    n, me = "966169008890236", "300100591078054"
    p(n, "Mary", "King", **keys(me), WorkPhone="919-234-9182")
    w(n, start="2023-06-30", **keys(me, "300100591078068"))
    king = {"AssignmentId": KING[0], "PeriodOfServiceId": "300100591078068", "boss": NOBODY}
    a(n, start="2023-06-30", end="2023-07-31", **king)
    a(n, start="2023-08-01", job=1, ActionCode="PROMOTION", PositionId="300100037658660", **king)

    n, me = "966169008890196", "300100575314616"
    p(n, "Joe", "Gomez", **keys(me), WorkPhone="966 016 7283904")
    w(n, start="2023-06-01", flag="Y", **keys(me, "300100575314782"))
    w(n, start="2023-06-01", flag="N", at="GB", **keys(me, "300100575314628"))
    now, before = {"start": "2023-06-08"}, {"start": "2023-06-01", "end": "2023-06-07"}
    one = {"AssignmentId": "300100589792278", "PeriodOfServiceId": "300100575314782", "boss": NOBODY, "job": 0}
    two = {"AssignmentId": "300100589792930", "PeriodOfServiceId": "300100575314628", "boss": NOBODY, "job": 2, "at": "GB", "k": 2}
    a(n, flags="NYN", **before, **one)
    a(n, flags="YYY", **now, **one)
    a(n, flags="YYY", **before, **two)
    a(n, flags="NYN", **now, **two)

    n, me = "966169008890200", "300100575316056"
    p(n, "Bert", "Collins", **keys(me), WorkPhone="1 342 874-3921")
    w(n, start="2023-06-29", **keys(me, "300100591037852"))
    a(n, start="2023-06-29", AssignmentId="300100591037853", PeriodOfServiceId="300100591037852")
    a(n, 3, start="2023-06-29", flags="NNY", AssignmentId="300100575317800", PeriodOfServiceId="300100591037852", ActionCode="TEMP_ASG")

    n, me = "966169008890210", "300100589792517"
    p(n, "Jennifer", "Gainsboro", **keys(me))
    w(n, start="2023-06-22", end="2023-06-28", flag="N", kind="P", **keys(me, "300100589792532"))
    w(n, start="2023-06-29", **keys(me, "300100589792959"))
    a(n, start="2023-06-22", end="2023-06-28", flags="NYN", kind="P", AssignmentId="300100589792533", PeriodOfServiceId="300100589792532")
    a(n, start="2023-06-29", AssignmentId="300100589792960", PeriodOfServiceId="300100589792959")

    n, me = "966169008890235", "300100591067571"
    p(n, "Rachel", "Goode", **keys(me))
    w(n, start="2023-07-03", **keys(me, "300100592814666"))
    a(n, start="2023-07-03", AssignmentId="300100592814667", PeriodOfServiceId="300100592814666", PositionId="300100037658684", job=2)

    n, me = "966169008890206", "300100589785723"
    p(n, "Barbara", "Meyerson", **keys(me))
    w(n, start="2023-06-29", **keys(me, "300100589785737"))
    a(n, start="2023-06-29", AssignmentId="300100589785738", PeriodOfServiceId="300100589785737")


def left(n, last_day, day_after, k=1, start=LONG_AGO, flags="YYY", wr=None, **other):
    """An assignment that ended with its work relationship, and Oracle's INACTIVE row after it."""
    a(n, k, start=start, end=last_day, wr=wr, **other)
    a(n, k, start=day_after, status="INACTIVE", flags=flags, wr=wr, **other)


def employment():
    """Sections 4 and 5: which work relationship."""
    p(101, "Åsa", "Abernesk"), w(101, flag="N"), a(101, flags="NYN")

    p(102, "Ambrose", "Balgownie"), w(102), a(102)
    w(102, 2, "2024-02-05", flag="N", at="GB"), a(102, 2, "2024-02-05", flags="NYN", wr=2, at="GB")

    p(103, "Beatriz", "Birchwhistle"), w(103), a(103)
    w(103, 2, "2024-02-05", at="GB"), a(103, 2, "2024-02-05", wr=2, at="GB")

    p(104, "Björn", "Calderwick"), w(104, flag="N"), a(104, flags="NYN")
    w(104, 2, "2024-02-05", flag="N", at="GB"), a(104, 2, "2024-02-05", flags="NYN", wr=2, at="GB")

    p(105, "Chloé", "Coriveau"), w(105, end="2026-03-31"), left(105, "2026-03-31", "2026-04-01")
    w(105, 2, "2026-04-15", flag="N", at="DE"), a(105, 2, "2026-04-15", flags="NYN", wr=2, at="DE")

    p(106, "Dagmar", "Deveraine"), w(106, end="2024-05-31"), left(106, "2024-05-31", "2024-06-01")
    w(106, 2, "2025-01-06"), a(106, 2, "2025-01-06", wr=2)

    p(107, "Eilidh", "Eberholt"), w(107, end="2026-11-20"), left(107, "2026-11-20", "2026-11-21")
    w(107, 2, "2026-11-20", at="GB"), a(107, 2, "2026-11-20", wr=2, at="GB")

    p(108, "Emre", "Çınaroğlu"), w(108, end="2026-06-30", flag="N", at="DE"), left(108, "2026-06-30", "2026-07-01", flags="YYY", at="DE")
    assignments[-1] |= {"PrimaryFlag": "N", "PrimaryWorkRelationFlag": "N", "ActionCode": "GLB_TRANSFER"}
    w(108, 2, "2026-07-01", at="JP"), a(108, 2, "2026-07-01", wr=2, at="JP", ActionCode="GLB_TRANSFER")

    p(109, "Fionn", "Ekstrand"), w(109, end="2026-11-20"), left(109, "2026-11-20", "2026-11-21")
    p(110, "Folasade", "Fairweald"), w(110, end="2026-11-19"), left(110, "2026-11-19", "2026-11-20")
    p(111, "Gaël", "Fenwright"), w(111, start="2026-11-20"), a(111, start="2026-11-20", boss=NOBODY)
    p(112, "Greta", "Gallowmere"), w(112, start="2026-12-01"), a(112, start="2026-12-01", boss=NOBODY)

    p(113, "Haruki", "Moriyasu"), w(113, end="2025-09-30", at="JP"), left(113, "2025-09-30", "2025-10-01", at="JP", boss=NOBODY)
    w(113, 2, "2027-01-04", at="JP"), a(113, 2, "2027-01-04", wr=2, at="JP", boss=NOBODY)

    p(114, "Hedwig", "Halloway")

    p(115, "Ingrid", "Hjörleif"), w(115, start="2026-11-02", flag="N", kind="P"), a(115, start="2026-11-02", flags="NYN", kind="P")

    p(116, "Ivo", "Petrakovic"), w(116), a(116)
    w(116, 2, "2026-11-02", flag="N", kind="P", at="GB"), a(116, 2, "2026-11-02", flags="NYN", kind="P", wr=2, at="GB")

    p(117, "Jürgen", "Meierhoff"), w(117, start="2026-11-02", kind="P"), a(117, start="2026-11-02", kind="P")

    p(118, "Kofi", "Okonjwe"), w(118, flag="N"), a(118, flags="NYN")
    w(118, 2, "2026-11-02", kind="P", at="GB"), a(118, 2, "2026-11-02", kind="P", wr=2, at="GB")

    p(119, "Lakshmi", "Vasquenoy"), w(119, start="2026-10-01", end="2026-10-31", flag="N", kind="P")
    a(119, start="2026-10-01", end="2026-10-31", flags="NYN", kind="P")
    w(119, 2, "2026-11-01"), a(119, 2, "2026-11-01", wr=2)

    p(120, "Łucja", "Borowiecz"), w(120), a(120)
    w(120, 2, "2024-02-05", flag="N", kind="C", at="GB"), a(120, 2, "2024-02-05", flags="NYN", kind="C", wr=2, at="GB")


def inside():
    """Sections 3 and 6: which row, which assignment."""
    p(121, "Mairead", "Maddrell"), w(121), a(121, status="SUSPENDED"), a(121, 2, "2026-09-01", flags="NNY", ActionCode="TEMP_ASG")

    p(122, "Marisol", "García Ledo"), w(122), a(122, status="SUSPENDED")
    w(122, 2, "2026-09-01", flag="N", at="JP"), a(122, 2, "2026-09-01", flags="NYN", wr=2, at="JP", ActionCode="GLB_TEMP_ASG")

    p(123, "Nadezhda", "Tashkendi"), w(123), a(123, end="2026-06-30"), a(123, 2, "2023-01-02", flags="NNY")
    p(124, "Noor", "Ravensholt"), w(124), left(124, "2026-06-30", "2026-07-01"), a(124, 2, "2023-01-02", flags="NNY")
    p(125, "Océane", "Béranval"), w(125), left(125, "2026-06-30", "2026-07-01")

    p(126, "Oskar", "Lindqvast"), w(126), a(126, end="2026-08-31"), a(126, start="2026-09-01", end="2026-09-01", latest="N", job=2)
    a(126, start="2026-09-01", seq=2, job=3)
    p(127, "Pilar", "Sandoval Ruiz"), w(127), a(127, end="2026-05-03"), a(127, start="2026-05-04", end="2026-05-04", latest="N", job=2)
    a(127, start="2026-05-04", seq=3, job=3)
    p(128, "Quentin", "Quillfeather"), w(128), a(128, end="2026-09-13"), a(128, start="2026-09-14", end="2026-09-14", job=2)
    a(128, start="2026-09-14", seq=2, job=3)
    p(129, "Rukmini", "Nightingarth"), w(129), a(129, end="2026-09-13"), a(129, start="2026-09-14", job=2)
    a(129, start="2026-09-14", job=2, status="SUSPENDED")
    p(130, "Sanjay", "Kestlemead"), w(130), a(130, end="2026-12-31"), a(130, start="2026-03-02", job=3)
    p(131, "Søren", "Sølvberg"), w(131), a(131, end="2026-11-10"), a(131, start="2026-12-01")

    p(132, "Tamsin", "Thistlewood"), w(132), a(132)
    a(132, 2, kind="ET")
    p(133, "Uzoma", "Ibekwe"), w(133), a(133)
    w(133, 2, "2026-12-15", flag="N", kind="O", at="GB"), a(133, 2, "2026-11-01", flags="NYN", kind="O", wr=2, at="GB", code="OFFER_ACTIVE", status="ACTIVE")

    p(134, "Wei-Lin", "Nakagiri"), w(134), a(134, end="2026-11-30"), a(134, start="2026-12-01", flags="NYN")
    w(134, 2, "2024-01-08", flag="N", at="JP")
    a(134, 2, "2024-01-08", "2026-11-30", flags="NYN", wr=2, at="JP"), a(134, 2, "2026-12-01", wr=2, at="JP")

    p(155, "Jory", "Barrowclift"), w(155), a(155, status="SUSPENDED")
    p(156, "Kerensa", "Brackenfield"), w(156, end="2026-12-31"), a(156, end="2026-12-31")
    p(172, "Cosima", "Ümitcan"), w(172), a(172), a(172, 2, flags="NNN")
    p(173, "Dmitri", "Kallistratos"), w(173, end="2026-10-31"), a(173)
    p(174, "Élodie", "Mountebank"), w(174, start="2026-12-15"), a(174, start="2026-11-01")
    p(175, "Arvid", "Blåfjeld"), w(175), a(175, flags="NNY"), a(175, 2, flags="NNY")
    p(176, "Bronwen", "Pemberwell"), w(176), a(176), a(176, 2, status="SUSPENDED")
    p(177, "Cadfael", "Stonebridge"), w(177), a(177), a(177, 2)
    p(178, "Adelina", "Wetherspire"), w(178), a(178, flags="NYY")
    p(179, "Aino", "Jarvinen"), w(179), a(179, flags="NYY"), a(179, 2, flags="YNY")


def keys_and_rows():
    """Sections 2 and 3: keys, dates, statuses."""
    p(135, "Xóchitl", "Núñez Arrola"), w(135), a(135)
    p(136, "Yusuf", "Farkasházy"), w(136), a(136, AssignmentId=of(135)[0])
    p(137, "Žofie", "Řezníkova"), w(137), a(137)
    zero = {"PersonNumber": "0500137"}
    p(138, "Anders", "Østerlund", **zero), w(138, **zero), a(138, AssignmentNumber="E0500137", **zero)
    p(139, "Ángela", "Ambleforth"), w(139), a(139, code="ACTIVE_NO_PROCESS")
    p(140, "Piran", "Årnesvik"), w(140), a(140, status="", code="ACTIVE_NO_PROCESS")
    p(141, "Morwenna", "Hollinsworth"), w(141), a(141, code="VISION_REMOTE")
    p(142, "Tristan", "Achterwold"), w(142), a(142, status="", code="VISION_SABBATICAL")
    p(143, "Ysella", "Lovejoy-Tarn"), w(143), a(143)
    p(144, "Demelza", "Gråström", EffectiveEndDate="9999-12-31"), w(144, end="4712-12-31"), a(144, end="9999-12-31")
    p(145, "Jago", "Zsolnayi", EffectiveEndDate=""), w(145), a(145, end="")

    p(157, "Lowenna", "Dunnachie-Voss"), w(157), a(157), a(157)
    p(158, "Merryn", "Dąbrowiak"), w(158), a(158, start="2022-01-03"), a(158, end="2022-01-02", AssignmentId="3.00100700E+14")
    p(159, "Perran", "Kővárdi"), w(159), a(159, end="31/12/4712")
    p(160, "Rosen", "D'Orsaval"), w(160), a(160), a(160, start="2019-06-03", end="2019-05-01")
    p(161, "Senara", "Okestrel"), w(161), a(161), w(161, 2, "2024-05-01", "2024-04-01", flag="N", at="GB")
    p(162, "Talan", "O'Kestrel", WorkEmail="talan.o'kestrel@vision.example"), w(162, start="2021-03-01T09:30:00"), a(162, start="2021-03-01")
    p(163, "Zennor", "Abernesk"), w(163), a(163), a(163, 2, flags="NNY", wr=9)
    p(164, "Bryluen", "Balgownie"), w(164), a(164), a(164, 2, flags="NNY", PeriodOfServiceId="300100600001651")
    p(165, "Colan", "Birchwhistle"), w(165), a(165)
    p(166, "Derwa", "Calderwick", EffectiveEndDate="2024-12-31", PersonId="300100300009999"), w(166), a(166)
    p(166, "Derwa", "Calderwick", EffectiveStartDate="2025-01-01")
    p(167, "Elowen", "Coriveau"), w(167), a(167)
    same = {"PersonId": "300100300001670"}
    p(168, "Elowyn", "Coriveau", **same), w(168, **same), a(168)
    p(169, "Gwenna", "Deveraine"), w(169, end="2024-12-31", flag="N"), a(169, end="2024-12-31")
    w(169, 2, "2025-02-03"), a(169, start="2025-02-03", wr=2)
    w(170), a(170)
    p(171, "Hedra", "Eberholt"), w(171), w(171, start="2020-02-03"), a(171)
    p(180, "Isolde", "Ekstrand"), w(180), a(180, code="INACTIVE_PROCESS")
    p(181, "Jenifer", "Fairweald"), w(181), a(181, status="", code="")


def people_and_managers():
    """Sections 8 to 10: names, addresses, managers."""
    p(146, "Kenver", "Fenwright", WorkEmail="Shared.Desk@vision.example"), w(146), a(146)
    p(147, "Lamorna", "Gallowmere", WorkEmail="shared.desk@vision.example"), w(147), a(147)
    p(148, "Melor", "Halloway", WorkEmail="front.office@vision.example"), w(148), a(148)
    p(149, "Nessa", "Ibekwe", WorkEmail="front.office@vision.example"), w(149, end="2026-08-31"), left(149, "2026-08-31", "2026-09-01")
    p(150, "Ollo", "Jarvinen", WorkEmail=""), w(150), a(150)
    p(151, "Petrok", "Kestlemead"), w(151), a(151, boss=of(106))
    p(152, "Rewan", "Lindqvast"), w(152), a(152, boss=of(153))
    p(153, "Sowena", "Maddrell"), w(153), a(153, boss=of(152))
    p(154, "Tegen", "Meierhoff"), w(154), a(154, boss=of(154))
    p(182, "Wella", "", DisplayName="Wella", WorkEmail="wella@vision.example"), w(182), a(182)
    p(183, "Ysolt", "Moriyasu", WorkEmail="ysolt at vision.example"), w(183), a(183)
    p(184, "Zelah", "Mountebank"), w(184), a(184), a(184, boss=GREEN)
    p(185, "Austol", "Nakagiri"), w(185), a(185, boss=(KING[0], GREEN[1]))
    p(186, "Breok", "Okonjwe"), w(186), a(186, boss=("300100799999999", ""))
    p(187, "Casvelyn", "Pemberwell"), w(187), a(187, boss=of(112))
    p(188, "Digory", "Petrakovic"), w(188), a(188, boss=of(110))
    p(189, "Eseld", "Quillfeather"), w(189), a(189, ManagerType="PROJECT_MANAGER")
    p(190, "Ferelith", "Null"), w(190), a(190)
    p(191, "Patrick", "Hollinsworth", KnownAs="Paddy", DisplayName='Patrick "Paddy" Hollinsworth', AddressLine1="The Old Mill\n3 Weir Lane"), w(191), a(191)
    p(192, "Gerens", "Ravensholt"), a(192, start="2026-11-01", kind="A", flags="NNN")


def ordinary():
    """Employees with nothing odd about them, up to two hundred persons in all."""
    first = ["Merle", "Sable", "Rowan", "Linnet", "Wren", "Corin", "Isolda", "Tobias", "Perpetua", "Lucan", "Sidony"]
    last = ["Ashgrove", "Bellweather", "Crowhurst", "Dovecote", "Elderfield", "Foxcombe", "Greyling", "Hartstone", "Inglewick", "Juniperley"]
    for i in range(200 - len({row["PersonNumber"] for row in people + relationships})):
        n = 201 + i
        at = list(EMPLOYERS)[i % 4]
        boss = KING if i < 8 else of(201 + i // 8)
        start = f"20{10 + i % 15}-{1 + i % 12:02}-01"
        p(n, first[i % 11], last[i // 11]), w(n, start=start, at=at)
        if i % 5 == 0:
            a(n, start=start, end="2025-03-31", at=at, boss=boss), a(n, start="2025-04-01", at=at, boss=boss, job=1, ActionCode="PROMOTION")
        else:
            a(n, start=start, at=at, boss=boss)


def accounts():
    """The ids that Oracle gave to accounts: one person in twenty has none yet."""
    numbers = sorted({row["PersonNumber"] for row in people})
    return [
        {"PersonNumber": number, "UserId": hashlib.md5(number.encode()).hexdigest().upper()}
        for place, number in enumerate(numbers) if number and place % 20 != 19
    ]


ROLES = {
    "ORA_PER_EMPLOYEE_ABSTRACT": ("Employee", "ABSTRACT", "Identifies the person as an employee."),
    "ORA_PER_LINE_MANAGER_ABSTRACT": ("Line Manager", "ABSTRACT", "Identifies the person as a line manager."),
    "ORA_PER_HUMAN_RESOURCE_ANALYST_JOB": ("Human Resource Analyst", "JOB", "Performs duties of a human resources analyst."),
    "ORA_FND_IT_SECURITY_MANAGER_JOB": ("IT Security Manager", "JOB", ""),
}


def roles():
    """Oracle's roles."""
    return [
        {"RoleId": hashlib.md5(name.encode()).hexdigest().upper(), "Name": name, "DisplayName": shown, "Category": category,
         "Description": about}
        for name, (shown, category, about) in ROLES.items()
    ]


def passwords():
    """What a provisioning tool would bring: the first password of every account."""
    numbers = sorted({row["PersonNumber"] for row in people})
    return [
        {"PersonNumber": number, "InitialPassword": "Vn1!" + hashlib.sha256(number.encode()).hexdigest()[:16]}
        for number in numbers if number
    ]


def data_securities():
    """Which business unit the first twenty accounts may see, and in which role."""
    names = sorted({row["UserName"] for row in people if row["UserName"]})[:20]
    return [
        {"UserRoleDataAssignmentId": f"300100900000{nth:03}", "UserName": name,
         "RoleNameCr": "ORA_PER_HUMAN_RESOURCE_ANALYST_JOB", "SecurityContext": "BUSINESS_UNIT",
         "SecurityContextValue": "Vision Operations", "ActiveFlag": "N" if nth % 7 == 6 else "Y"}
        for nth, name in enumerate(names)
    ]


def write(kind, header, rows):
    with open(HERE / "plain" / f"{kind}_2026-11-20.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def check():
    """Every person and id in cases.csv is in the files, and belongs together."""
    relationship = {(row["PersonNumber"], row["PeriodOfServiceId"]) for row in relationships}
    assignment = {(row["PersonNumber"], row["PeriodOfServiceId"], row["AssignmentId"]) for row in assignments}
    persons = {row["PersonNumber"] for row in people + relationships}
    with open(HERE / "cases.csv", newline="", encoding="utf-8") as file:
        for case in csv.DictReader(file):
            number, period, chosen = case["PersonNumber"], case["PeriodOfServiceId"], case["AssignmentId"]
            assert number in persons, case
            assert not period or (number, period) in relationship, case
            assert not chosen or (number, period, chosen) in assignment, case
            assert not case["ManagerPersonNumber"] or case["ManagerPersonNumber"] in persons, case


if __name__ == "__main__":
    for group in (tutorial, employment, inside, keys_and_rows, people_and_managers, ordinary):
        group()
    write("Person", PERSON, people)
    write("WorkRelationship", RELATIONSHIP, relationships)
    write("Assignment", ASSIGNMENT, assignments)
    for kind, rows in (("Accounts", accounts()), ("Passwords", passwords()), ("Roles", roles()), ("DataSecurities", data_securities())):
        write(kind, list(rows[0]), rows)
    check()
