"""Loads what we write into OpenLDAP's own database, applies the managers, and compares what the directory then has.

    ldif.py BASE PEOPLE MANAGERS

slapadd reads the entries first in a dry run, in which it checks values as a server does, and then for good, slapmodify applies the changes, and slapcat gives all of it
back. One line says how many records there were: judged, accepted, refused.
"""

import base64
import os
import pathlib
import subprocess
import sys
import tempfile

CONFIGURATION = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "dc=vision,dc=example"
directory {folder}/database
maxsize 1073741824
"""
ABOVE = """\
dn: dc=vision,dc=example
objectClass: dcObject
objectClass: organization
dc: vision
o: Vision

dn: {base}
objectClass: organizationalUnit
ou: people
"""


def records(text):
    """Each record as its lines, unfolded and decoded."""
    found = []
    for block in text.replace("\n ", "").split("\n\n"):
        lines = []
        for line in block.splitlines():
            name, _, value = line.partition(":")
            if not line or line.startswith("#") or name == "version":
                continue
            lines.append((name, base64.b64decode(value[1:].strip()).decode() if value.startswith(":") else value.strip()))
        if lines:
            found.append(lines)
    return found


def folded(dn):
    """OpenLDAP writes a name in its own way: compared is what it means."""
    return dn.replace("\\22", '\\"').replace("\\2C", "\\,").lower()


def main():
    base, people, managers = sys.argv[1:]
    environment = os.environ | {"PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "database").mkdir()
        (folder / "slapd.conf").write_text(CONFIGURATION.format(folder=folder))
        (folder / "above.ldif").write_text(ABOVE.format(base=base))

        def tool(name, *arguments):
            command = [name, "-f", str(folder / "slapd.conf"), *arguments]
            done = subprocess.run(command, capture_output=True, text=True, env=environment)
            if done.returncode:
                said = [line.split(" txn")[0][:60] for line in done.stderr.splitlines()[:5]]
                print("wrong", name, *said, sep="\n")
                raise SystemExit(1)
            return done.stdout

        tool("slapadd", "-l", str(folder / "above.ldif"))
        tool("slapadd", "-u", "-o", "value-check=yes", "-l", people)
        tool("slapadd", "-l", people)
        tool("slapmodify", "-l", managers)
        stored = {folded(record[0][1]): record for record in records(tool("slapcat"))}
    sent = records(pathlib.Path(people).read_text(encoding="utf-8"))
    wrong = []
    for record in sent:
        have = set(stored.get(folded(record[0][1]), []))
        if any(line not in have for line in record[1:]):
            wrong.append(dict(record).get("uid"))
    changes = records(pathlib.Path(managers).read_text(encoding="utf-8"))
    for record in changes:
        change = dict(record)
        have = dict(stored.get(folded(change["dn"]), []))
        if folded(have.get("manager", "")) != folded(change["manager"]) or folded(change["manager"]) not in stored:
            wrong.append(change["dn"].split(",")[0])
    judged = len(sent) + len(changes)
    print("managers", len(changes))
    for one in wrong[:10]:
        print("wrong", one)
    print(f"judged {judged} accepted {judged - len(wrong)} refused {len(wrong)}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
