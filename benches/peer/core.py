"""Runs core.sql by DuckDB over a folder of plain CSV files: core.py DIR OUT AS_OF"""
import pathlib
import string
import sys

import duckdb

folder, out, as_of = sys.argv[1:]
script = string.Template(pathlib.Path(__file__).with_name("core.sql").read_text(encoding="utf-8"))
duckdb.execute(script.substitute(DIR=folder, OUT=out, AS_OF=as_of))
