"""An SFTP server that lies, for tests/it/hostile.rs: one port a script, one lie a script.

    server.py FOLDER

FOLDER holds host_key, other_key (Ed25519) and rsa_key, and `files`, what an honest server would offer. It prints a line
`SCRIPT PORT` for each script, then an empty one, and serves until its standard input ends. What clients try is written to
FOLDER/SCRIPT.log: `login METHOD`, and the SFTP requests by name.
"""

import os
import socket
import struct
import sys
import threading
import time

import paramiko
from paramiko.common import AUTH_FAILED, AUTH_PARTIALLY_SUCCESSFUL, AUTH_SUCCESSFUL

PASSWORD = "canary-password-4711"
OK, EOF, NO_SUCH_FILE, DENIED, FAILURE = 0, 1, 2, 3, 4
REGULAR, FOLDER, LINK, FIFO, DEVICE = 0o100644, 0o040755, 0o120777, 0o010644, 0o060644
REQUESTS = {1: "init", 3: "open", 4: "close", 5: "read", 7: "lstat", 8: "fstat", 11: "opendir", 12: "readdir", 16: "realpath", 17: "stat"}
home = sys.argv[1] if len(sys.argv) > 1 else "."
files = {}
for name in sorted(os.listdir(os.path.join(home, "files"))):
    with open(os.path.join(home, "files", name), "rb") as file:
        files[name.encode()] = file.read()
PERSON = next(name for name in files if name.startswith(b"Person"))
NEWER = b"Person_2026-11-21"


class Status(Exception):
    """An answer that is no success."""


class HangUp(Exception):
    """The connection ends here."""


def string(data):
    return struct.pack(">I", len(data)) + data


def attributes(size=None, mode=REGULAR, mtime=None):
    """The attributes of version 3; None leaves one out."""
    flags, body = 0, b""
    if size is not None:
        flags, body = flags | 1, body + struct.pack(">Q", size)
    if mode is not None:
        flags, body = flags | 4, body + struct.pack(">I", mode)
    if mtime is not None:
        flags, body = flags | 8, body + struct.pack(">II", mtime, mtime)
    return struct.pack(">I", flags) + body


class Honest:
    """What a server does that does not lie; a script overrides what it lies about."""

    key = "host_key"
    auth = "password"
    hangs_up = None
    stalls = None
    fails = {}

    def __init__(self):
        self.looks = {}
        self.now = int(time.time()) - 3600

    def before(self, request):
        """Called before each request is answered."""
        if self.hangs_up == request:
            raise HangUp
        if self.stalls == request:
            time.sleep(60)
        if request in self.fails:
            raise Status(self.fails[request])

    def names(self):
        return list(files)

    def shown(self, name):
        """The attributes in a listing."""
        try:
            return self.attributes(name, 0)
        except Status:
            return attributes(size=1)

    def attributes(self, name, look):
        """The attributes when they are asked for the `look`-th time, from 1."""
        if name not in files:
            raise Status(NO_SUCH_FILE)
        return attributes(self.size(name, look), self.mode(name, look), self.mtime(name, look))

    def size(self, name, look):
        return len(files[name])

    def mode(self, name, look):
        return REGULAR

    def mtime(self, name, look):
        return self.now

    def read(self, name, offset, length):
        data = files[name][offset:offset + min(length, 30000)]
        if not data:
            raise Status(EOF)
        return data

    def listing(self):
        """Batches of names."""
        names = self.names()
        for start in range(0, len(names), 500):
            yield names[start:start + 500]

    def name_packet(self, names):
        entries = [string(name) + string(b"-rw-r--r-- " + name[:50]) + self.shown(name) for name in names]
        return struct.pack(">I", len(entries)) + b"".join(entries)

    def handle(self):
        return b"a"

    def version(self):
        return struct.pack(">I", 3)


def lie(base=Honest, **parts):
    """A script: an honest server but for these parts."""
    return type("Lie", (base,), parts)


class Listed(Honest):
    """One more name in the listing, of a file that is like the person file."""

    more = b""

    def names(self):
        return [*files, self.more]

    def attributes(self, name, look):
        return super().attributes(name if name in files else PERSON, look)

    def read(self, name, offset, length):
        return super().read(name if name in files else PERSON, offset, length)


def listed(name):
    return lie(Listed, more=name)


def person(**parts):
    """A lie about the person file alone: each part takes self, the honest value, and the look or the offset."""
    def of(part):
        def told(self, name, *rest):
            honest = getattr(Honest, part)(self, name, *rest)
            return parts[part](self, honest, *rest) if name == PERSON else honest
        return told
    return lie(**{part: of(part) for part in parts})


def raises(error):
    def part(self, *_):
        raise error
    return part


def slowly(self, data, offset, _):
    time.sleep(0.2)
    return data[:1]


def early_end(self, data, offset, _):
    if offset >= len(files[PERSON]) // 2:
        raise Status(EOF)
    return data[:len(files[PERSON]) // 2 - offset]


def cut(self, data, offset, _):
    if offset > 0:
        raise HangUp
    return data[:1000]


def endless(self):
    while True:
        yield [b"x%d" % number for number in range(500)]


def dripping(self):
    while True:
        time.sleep(0.3)
        yield [b"x"]


def renamed(self, name, look):
    if name == PERSON and look > 0:
        raise Status(NO_SUCH_FILE)
    return Honest.attributes(self, name, look)


def stamped(*days):
    """The three files, with these days in their names."""
    class Stamped(Honest):
        def __init__(self):
            super().__init__()
            self.names_of = {name.replace(b"2026-11-20", day): name for name, day in zip(files, days)}

        def names(self):
            return list(self.names_of)

        def attributes(self, name, look):
            return super().attributes(self.names_of.get(name, b""), look)

        def read(self, name, offset, length):
            return super().read(self.names_of[name], offset, length)
    return Stamped


SCRIPTS = {
    "honest": Honest,
    "dots": lie(names=lambda self: [b".", b"..", *files, b".", b".."]),
    "name-parent": listed(b"../" + NEWER + b".csv.pgp"),
    "name-absolute": listed(b"/etc/" + NEWER + b".csv.pgp"),
    "name-below": listed(b"below/" + NEWER + b".csv.pgp"),
    "name-unwanted": listed(b"../../etc/cron.d/x"),
    "name-empty": listed(b""),
    "name-nul": listed(NEWER + b"\0.csv.pgp"),
    "name-escape": listed(NEWER + b"\x1b[2J\x07.csv.pgp"),
    "name-newline": listed(NEWER + b"\nerror: forged\n.csv.pgp"),
    "name-not-utf-8": listed(NEWER + b"\xff\xfe.csv.pgp"),
    "name-of-255-bytes": listed(NEWER + b"_" + b"x" * 228 + b".csv.pgp"),
    "name-long": listed(NEWER + b"_" + b"x" * 5000 + b".csv.pgp"),
    "name-huge": listed(NEWER + b"_" + b"x" * 200_000 + b".csv.pgp"),
    "name-twice": lie(names=lambda self: [*files, PERSON]),
    "a-link": person(mode=lambda self, mode, look: LINK),
    "a-folder": person(mode=lambda self, mode, look: FOLDER),
    "a-pipe": person(mode=lambda self, mode, look: FIFO),
    "a-device": person(mode=lambda self, mode, look: DEVICE),
    "a-link-when-looked-at": person(mode=lambda self, mode, look: LINK if look > 0 else mode),
    "a-link-once-read": person(mode=lambda self, mode, look: LINK if look > 1 else mode),
    "smaller-than-told": person(size=lambda self, size, look: size + 100),
    "larger-than-told": person(size=lambda self, size, look: size - 100),
    "told-empty": person(size=lambda self, size, look: 0),
    "told-2-to-63": person(size=lambda self, size, look: 1 << 63),
    "told-2-to-64": person(size=lambda self, size, look: (1 << 64) - 1),
    "no-size": person(size=lambda self, size, look: None),
    "growing": person(size=lambda self, size, look: size + look),
    "shrinking": person(size=lambda self, size, look: size - look),
    "no-attributes": lie(shown=lambda self, name: attributes(mode=None), attributes=lambda self, name, look: attributes(mode=None)),
    "no-mode": lie(mode=lambda self, name, look: None),
    "no-time": lie(mtime=lambda self, name, look: None),
    "old-time": lie(mtime=lambda self, name, look: self.now - 30 * 86400),
    "future-time": lie(mtime=lambda self, name, look: 0xFFFFFFF0),
    "changing-time": person(mtime=lambda self, time, look: time + look),
    "early-end": person(read=early_end),
    "empty-data": person(read=lambda self, data, offset, length: b""),
    "more-data-than-asked": person(read=lambda self, data, offset, length: data * 3),
    "other-data": person(read=lambda self, data, offset, length: bytes(len(data))),
    "drips": person(read=slowly),
    "renamed-in-between": lie(attributes=renamed),
    "stalls-at-read": lie(stalls="read"),
    "stalls-at-list": lie(stalls="readdir"),
    "stalls-at-open": lie(stalls="open"),
    "denied-at-list": lie(fails={"opendir": DENIED}),
    "missing-at-list": lie(fails={"opendir": NO_SUCH_FILE}),
    "fails-at-list": lie(fails={"opendir": FAILURE}),
    "fails-in-list": lie(fails={"readdir": FAILURE}),
    "fails-at-look": lie(fails={"lstat": FAILURE}),
    "denied-at-open": lie(fails={"open": DENIED}),
    "missing-at-open": lie(fails={"open": NO_SUCH_FILE}),
    "fails-at-open": lie(fails={"open": FAILURE}),
    "fails-at-read": lie(fails={"read": FAILURE}),
    "fails-at-close": lie(fails={"close": FAILURE}),
    "unknown-code-at-open": lie(fails={"open": 0xDEADBEEF}),
    "huge-listing": lie(names=lambda self: [b"x%d" % number for number in range(200_000)] + list(files)),
    "endless-listing": lie(listing=endless),
    "dripping-listing": lie(listing=dripping),
    "count-lies": lie(name_packet=lambda self, names: struct.pack(">I", 0x7FFFFFFF) + Honest.name_packet(self, names)[4:]),
    "length-lies": lie(name_packet=lambda self, names: struct.pack(">II", 1, 0x7FFFFFFF) + b"x"),
    "long-handle": lie(handle=lambda self: b"h" * 5000),
    "empty-handle": lie(handle=lambda self: b""),
    "version-99": lie(version=lambda self: struct.pack(">I", 99)),
    "no-version": lie(version=lambda self: b""),
    "hangs-up-at-init": lie(hangs_up="init"),
    "hangs-up-at-list": lie(hangs_up="opendir"),
    "hangs-up-in-list": lie(hangs_up="readdir"),
    "hangs-up-at-look": lie(hangs_up="lstat"),
    "hangs-up-at-open": lie(hangs_up="open"),
    "hangs-up-at-read": lie(hangs_up="read"),
    "hangs-up-in-read": person(read=cut),
    "hangs-up-at-close": lie(hangs_up="close"),
    "hangs-up-at-connect": lie(auth="connect"),
    "hangs-up-at-banner": lie(auth="banner"),
    "hangs-up-at-login": lie(auth="hang-up"),
    "stalls-at-connect": lie(auth="mute"),
    "stalls-at-login": lie(auth="stall"),
    "banner-garbage": lie(auth="garbage"),
    "banner-endless": lie(auth="endless"),
    "banner-huge": lie(auth="huge"),
    "key-changed": lie(key="other_key"),
    "key-of-another-type": lie(key="rsa_key"),
    "login-refused": lie(auth="refuse"),
    "login-partial": lie(auth="partial"),
    "login-questions": lie(auth="questions"),
    "login-one-question": lie(auth="question"),
    "login-key-only": lie(auth="key"),
    "three-generations": stamped(b"2026-11-20", b"2026-11-19", b"2026-11-18"),
    "replayed": stamped(b"2026-11-19", b"2026-11-19", b"2026-11-19"),
    "of-a-later-date": stamped(b"2098-11-20", b"2098-11-20", b"2098-11-20"),
}


class Login(paramiko.ServerInterface):
    """Who may log in, and how."""

    def __init__(self, script, log):
        self.script, self.log = script, log

    def get_allowed_auths(self, user):
        ways = {"question": "keyboard-interactive", "questions": "keyboard-interactive", "key": "publickey"}
        return ways.get(self.script.auth, "password,publickey")

    def check_auth_none(self, user):
        self.log("login none")
        return self.answer(False)

    def check_auth_password(self, user, password):
        self.log("login password")
        return self.answer(password == PASSWORD)

    def check_auth_publickey(self, user, key):
        self.log("login publickey")
        return AUTH_FAILED

    def check_auth_interactive(self, user, submethods):
        self.log("login keyboard-interactive")
        questions = {"question": [("Password: ", False)], "questions": [("Password: ", False), ("PIN: ", False), ("Name: ", True)]}
        asked = questions.get(self.script.auth)
        return paramiko.InteractiveQuery("", "", *asked) if asked else AUTH_FAILED

    def check_auth_interactive_response(self, answers):
        return self.answer(answers == [PASSWORD], asked=True)

    def answer(self, right, asked=False):
        if self.script.auth == "hang-up":
            raise HangUp
        if self.script.auth == "stall":
            time.sleep(60)
        if not right or self.script.auth in ("refuse", "key") or self.script.auth.startswith("question") and not asked:
            return AUTH_FAILED
        return AUTH_PARTIALLY_SUCCESSFUL if self.script.auth == "partial" else AUTH_SUCCESSFUL

    def check_channel_request(self, kind, channel):
        return paramiko.OPEN_SUCCEEDED


class Requests(paramiko.SubsystemHandler):
    """The SFTP requests of one connection, answered as the script has it."""

    def __init__(self, channel, name, server):
        super().__init__(channel, name, server)
        self.script, self.log = server.script, server.log

    def start_subsystem(self, name, transport, channel):
        self.channel = channel
        try:
            while True:
                length, kind = struct.unpack(">IB", self.take(5))
                self.answer(kind, self.take(length - 1))
        except HangUp:
            transport.sock.close()
            transport.close()

    def take(self, length):
        data = b""
        while len(data) < length:
            more = self.channel.recv(length - len(data))
            if not more:
                raise HangUp
            data += more
        return data

    def send(self, kind, body):
        self.channel.sendall(struct.pack(">IB", len(body) + 1, kind) + body)

    def answer(self, kind, body):
        request = REQUESTS.get(kind, str(kind))
        self.log(request)
        if request == "init":
            self.script.before(request)
            return self.send(2, self.script.version())
        number, rest = body[:4], body[4:]
        try:
            self.script.before(request)
            kind, answer = getattr(self, request, self.unknown)(rest)
        except Status as status:
            kind, answer = 101, struct.pack(">I", status.args[0]) + string(b"\x1b[31mforged") + string(b"")
        self.send(kind, number + answer)

    @staticmethod
    def first(body):
        length, = struct.unpack(">I", body[:4])
        return body[4:4 + length], body[4 + length:]

    def unknown(self, body):
        raise Status(8)

    def opendir(self, body):
        self.batches = self.script.listing()
        return 102, string(self.script.handle())

    def readdir(self, body):
        for names in self.batches:
            return 104, self.script.name_packet(names)
        raise Status(EOF)

    def lstat(self, body):
        path, _ = self.first(body)
        folder, _, name = path.rpartition(b"/")
        if name == b"in":
            return 105, attributes(mode=FOLDER)
        look = self.script.looks[name] = self.script.looks.get(name, 0) + 1
        return 105, self.script.attributes(name, look)

    stat = lstat

    def open(self, body):
        self.file = self.first(body)[0].rpartition(b"/")[2]
        return 102, string(self.script.handle())

    def read(self, body):
        offset, length = struct.unpack(">QI", self.first(body)[1])
        return 103, string(self.script.read(self.file, offset, length))

    def close(self, body):
        return 101, struct.pack(">I", OK) + string(b"") + string(b"")


def before_ssh(script, connection):
    """What is said in place of SSH; whether that was all."""
    what = script.auth
    if what == "banner":
        connection.sendall(b"SSH-2.0-x\r\n")
    elif what == "mute":
        time.sleep(60)
    elif what == "garbage":
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\x1b[2J\0\xff\r\n\r\n" * 20)
    elif what == "endless":
        while True:
            connection.sendall(b"welcome\r\n")
            time.sleep(0.05)
    elif what == "huge":
        connection.sendall(b"x" * 5_000_000)
    return what in ("connect", "banner", "mute", "garbage", "endless", "huge")


def serve(connection, name):
    script = SCRIPTS[name]()

    def log(line):
        with open(os.path.join(home, name + ".log"), "a") as file:
            file.write(line + "\n")

    try:
        if before_ssh(script, connection):
            return connection.close()
        transport = paramiko.Transport(connection)
        transport.add_server_key(keys[script.key])
        transport.set_subsystem_handler("sftp", Requests)
        transport.start_server(server=Login(script, log))
    except (OSError, EOFError, paramiko.SSHException):
        connection.close()


def listen(name):
    listener = socket.create_server(("127.0.0.1", 0), backlog=50)
    print(name, listener.getsockname()[1])

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, name), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()


# What goes wrong with a client is the client's to say.
threading.excepthook = lambda _: None
paramiko.util.get_logger("paramiko").disabled = True
keys = {key: (paramiko.RSAKey if key == "rsa_key" else paramiko.Ed25519Key)(filename=os.path.join(home, key)) for key in ("host_key", "other_key", "rsa_key")}
for script in SCRIPTS:
    listen(script)
print(flush=True)
sys.stdin.read()
