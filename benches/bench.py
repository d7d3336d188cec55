#!/usr/bin/env python3
"""Whole runs beside what a user would otherwise pick, in turn, on one machine: `make bench` prints the tables of
docs/performance.md.

    benches/bench.py [--persons N ...] [--rounds N] [--compressed]

Compared are, on the same encrypted extracts: `hcmsync run`, all of it; `gpg --decrypt` of the same files one after the
other, and no more; and gpg followed by the core of the rules as SQL in DuckDB (benches/peer). Times are wall seconds and
processor seconds, memory is the peak of the operating system's accounting. The extracts are kept in out/bench.
"""
import argparse
import datetime
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
HCMSYNC = ROOT / "target/release/hcmsync"
AS_OF = "2026-11-20"
KINDS = ("Person", "WorkRelationship", "Assignment")


def measure(command, **options):
    """Wall seconds, processor seconds and peak KiB of a command that must succeed."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
    error = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    if status != 0:
        sys.exit(f"{command}: {error.decode()}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss


def together(measures):
    """Commands that follow each other: times add up, the peak is the highest."""
    walls, cpus, peaks = zip(*measures)
    return sum(walls), sum(cpus), max(peaks)


class Gpg:
    """A keyring with the sample's keys."""

    def __init__(self, keys):
        self.home = tempfile.mkdtemp()
        self.options = ["gpg", "--homedir", self.home, "--batch", "--quiet", "--yes", "--trust-model", "always",
                        "--pinentry-mode", "loopback", "--passphrase-file", str(keys / "passphrase")]
        subprocess.run([*self.options, "--import", *map(str, sorted(keys.glob("*.asc")))], check=True, capture_output=True)

    def decrypt(self, message, out="/dev/null"):
        return measure([*self.options, "--output", str(out), "--decrypt", str(message)])

    def seal(self, plain, message):
        subprocess.run([*self.options, "--cipher-algo", "AES128", "--sign", "--local-user", "fusion@example.com", "--encrypt",
                        "--recipient", "customer@example.com", "--output", str(message), str(plain)], check=True, capture_output=True)

    def close(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], check=False)
        shutil.rmtree(self.home, ignore_errors=True)  # the agent removes its sockets as it ends


def extracts(persons, compressed):
    """The folder of the extracts, made if it is not there: uncompressed by `hcmsync sample`, or as gpg packs them."""
    folder = ROOT / "out/bench" / f"{persons}{'-zip' if compressed else ''}"
    if (folder / "done").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([HCMSYNC, "--quiet", "sample", "--persons", str(persons), "--seed", "1", "--out", folder, "--encrypt"], check=True)
    if compressed:
        gpg = Gpg(folder / "keys")
        for message in sorted(folder.glob("*.pgp")):
            plain = message.with_suffix("")
            gpg.decrypt(message, plain)
            gpg.seal(plain, message)
            plain.unlink()
        gpg.close()
    (folder / "done").touch()
    return folder


def one_round(folder, gpg, python):
    """Each of the contestants once."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    messages = [next(folder.glob(f"{kind}_*.pgp")) for kind in KINDS]
    for message in messages:
        message.read_bytes()  # everybody finds the files in memory
    ours = measure([HCMSYNC, "--quiet", "run", folder / "pipeline.toml"])
    alone = together([gpg.decrypt(message) for message in messages])
    with tempfile.TemporaryDirectory(dir=folder) as plain:
        opened = [gpg.decrypt(message, pathlib.Path(plain) / message.stem) for message in messages]
        peer = together([*opened, measure([python, ROOT / "benches/peer/core.py", plain, f"{plain}/users.csv", AS_OF])])
    return {"hcmsync run": ours, "gpg --decrypt": alone, "gpg, then DuckDB": peer}


def stages(folder):
    """Wall seconds of each stage of one run, by the lines that it prints."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    last, seconds = time.monotonic(), {}
    run = subprocess.Popen([HCMSYNC, "run", folder / "pipeline.toml"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in run.stderr:
        now = time.monotonic()
        seconds[line.split()[0]] = now - last
        last = now
    run.wait()
    seconds["end"] = time.monotonic() - last
    return seconds


def spread(values, digits=2):
    return " / ".join(f"{value:.{digits}f}" for value in (min(values), statistics.median(values), max(values)))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--persons", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--compressed", action="store_true", help="messages as gpg packs them, in place of uncompressed ones")
    given = arguments.parse_args()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    print(f"{datetime.date.today()}, commit {commit}, {os.cpu_count()} cores, {given.rounds} rounds in turn: least / median / most\n")
    for persons in given.persons:
        folder = extracts(persons, given.compressed)
        gpg = Gpg(folder / "keys")
        rounds = [one_round(folder, gpg, sys.executable) for _ in range(given.rounds)]
        size = sum(message.stat().st_size for message in folder.glob("*.pgp")) / 1e6
        print(f"{persons:,} persons, {size:,.0f} MB of messages{', compressed' if given.compressed else ''}\n")
        print("| | wall s | cpu s | peak MiB | wall of hcmsync by this |\n|---|---|---|---|---|")
        for name in rounds[0]:
            walls, cpus, peaks = zip(*(one[name] for one in rounds))
            ratios = [one["hcmsync run"][0] / one[name][0] for one in rounds]
            print(f"| {name} | {spread(walls)} | {spread(cpus)} | {max(peaks) / 1024:,.0f} | {spread(ratios)} |")
        of_stages = [stages(folder) for _ in range(given.rounds)]
        print("\n| stage | " + " | ".join(of_stages[0]) + " |\n|---" * 1 + "|---" * len(of_stages[0]) + "|")
        print("| wall s | " + " | ".join(f"{statistics.median(one[stage] for one in of_stages):.2f}" for stage in of_stages[0]) + " |\n")
        gpg.close()


if __name__ == "__main__":
    main()
