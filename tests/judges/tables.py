"""Judges of tables: tables.py csv|parquet SPEC FILE… holds every cell of the files against SPEC, a JSON file with the
table that the files were made of: `header`, `types`, `rows` (text, or null), and for CSV `encoding`, `delimiter`,
`preamble`, `line_end`, `null`. Python's csv reads CSV, strictly; pyarrow reads Parquet.

Ends with `judged N accepted N refused N`; what is wrong is told by row and column, never by its value.
"""

import csv
import io
import json
import sys

MARKS = {"utf-8-bom": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe"}
CODECS = {"utf-8-bom": "utf-8-sig", "windows-1252": "cp1252", "iso-8859-1": "latin-1"}


def read_csv(spec, path):
    """The records after the header, which must be as it should."""
    mark = MARKS.get(spec["encoding"], b"")
    with open(path, "rb") as file:
        raw = file.read()
    assert raw.startswith(mark) and (mark or not raw.startswith(b"\xef\xbb\xbf")), "the byte order mark"
    text = raw.decode(CODECS.get(spec["encoding"], spec["encoding"]))
    assert text.endswith(spec["line_end"]), "the last line"
    csv.field_size_limit(1 << 30)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=spec["delimiter"], strict=True)
    records = [record for record in records if record]
    if spec["preamble"]:
        assert spec["delimiter"].join(records.pop(0)) == spec["preamble"], "the first line"
    assert records.pop(0) == spec["header"], "the header"
    return [[None if cell == spec["null"] else cell for cell in record] for record in records]


def read_parquet(spec, path):
    """The rows, each value as the text that it stands for."""
    import pyarrow as pa
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    assert table.column_names == spec["header"], "the names of the columns"
    is_of = {"date": pa.types.is_date32, "boolean": pa.types.is_boolean, "integer": pa.types.is_int64,
             "float": pa.types.is_float64, "text": pa.types.is_string_view}
    for field, kind in zip(table.schema, spec["types"]):
        assert is_of[kind](field.type), f"{field.name} is {field.type}, not {kind}"

    def text(value):
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if value is None or isinstance(value, str) else str(value)

    columns = [[text(value) for value in column.to_pylist()] for column in table.columns]
    return [list(row) for row in zip(*columns)]


def main():
    what, spec, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    with open(spec, encoding="utf-8") as file:
        spec = json.load(file)
    read = {"csv": read_csv, "parquet": read_parquet}[what]
    rows = [row for path in files for row in read(spec, path)]
    expected = spec["rows"]
    wrong = []
    if len(rows) != len(expected):
        wrong.append((f"{len(rows)} rows, not {len(expected)}",))
    for nth, (row, wanted) in enumerate(zip(rows, expected), 1):
        if row != wanted:
            differ = [name for name, one, other in zip(spec["header"], row, wanted) if one != other]
            wrong.append((f"row {nth}", ", ".join(differ) or "another number of cells"))
    for one in wrong[:10]:
        print("wrong", *one)
    print(f"judged {len(rows)} accepted {len(rows) - len(wrong)} refused {len(wrong)}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
