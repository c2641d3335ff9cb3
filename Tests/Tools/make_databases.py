#!/usr/bin/env python3
"""Makes a small server's database and a laptop's with the programs of one version.

    make_databases.py PROGRAMS OUTPUT

runs the real `kaai-server` and `kaai` of the folder PROGRAMS over loopback through a short story, whose
end is told in Tests/SyncTests/Golden/databases/README.md, stops them, and puts `server.sqlite` and
`laptop.sqlite` in OUTPUT. It is run once for a format, with the last programs that wrote it; the files
are never made again. Uses the Python standard library only.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile

ENVIRONMENT = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


class Server:
    def __init__(self, programs, folder):
        self.program, self.data = os.path.join(programs, "kaai-server"), os.path.join(folder, "server")

    def run(self, *arguments):
        done = subprocess.run(
            [self.program, "--data", self.data, *arguments], capture_output=True, text=True, timeout=120,
            env=ENVIRONMENT)
        if done.returncode != 0:
            raise SystemExit(f"kaai-server {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "--data", self.data, "serve", "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=ENVIRONMENT)
        return self.process.stdout.readline().split()[-1]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


class Laptop:
    def __init__(self, programs, folder, person):
        self.program, self.person = os.path.join(programs, "kaai"), person
        self.data = os.path.join(folder, person)

    def run(self, *arguments, accept=(0,)):
        done = subprocess.run(
            [self.program, *arguments, "--data", self.data, "--json", "--lang", "en"],
            capture_output=True, text=True, timeout=120, env=ENVIRONMENT)
        if done.returncode not in accept:
            raise SystemExit(
                f"{self.person}: kaai {' '.join(arguments)} ended with {done.returncode}: "
                f"{done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.strip() else {}


def tell(programs, folder):
    server = Server(programs, folder)
    server.run("init")
    server.run("user", "add", "Bram", "--role", "editor", "--spaces", "*")
    address = server.start()
    try:
        anke = work(server, address, programs, folder)
    finally:
        server.stop()
    return os.path.join(server.data, "server.sqlite"), os.path.join(anke.data, "replica.sqlite")


def work(server, address, programs, folder):
    bram = Laptop(programs, folder, "Bram")
    bram.run("enrol", address, server.run("device", "code", "Bram").strip(), "--name", "Bram's laptop")
    bram.run("sync")
    bram.run("add", "hub", "code=KADE", "name=Kade", "kind=hub", "descriptionEn=By the water.")
    bram.run("add", "organisation", "name=Stad aan zee", "kind=public_body")
    bram.run("sync")
    # Anke has the Kade alone: a change of hers to the city's records is refused.
    server.run("user", "add", "Anke", "--role", "editor", "--spaces", "KADE")
    anke = Laptop(programs, folder, "Anke")
    anke.run("enrol", address, server.run("device", "code", "Anke").strip(), "--name", "Anke's laptop")
    anke.run("sync")

    anke.run("add", "organisation", "name=Kade Robotics", "kind=start_up", "hub=KADE", "sectors=digital",
             "headcount[2025]=12", "notes=The quay floods.", "website=https://old.example")
    event = anke.run("add", "event", "title=Open Kade", "kind=networking", "capacity=500", "hub=KADE",
                     "period.start=2026-10-20T09:00", "period.end=2026-10-20T17:00", "status=bid")["id"]
    report = anke.run("add", "site-report", "title=Lamp broken", "kind=energy", "severity=low", "hub=KADE",
                      "observedAt=2026-10-01T09:00")["id"]
    # The title of the first is deleted, of the second deleted and revived.
    anke.run("add", "organisation", "name=Gone", "kind=sme", "hub=KADE", "notes=Nobody knows.")
    anke.run("add", "organisation", "name=Revived", "kind=sme", "hub=KADE", "website=https://a.example")
    visit = anke.run("add", "visit", "organisation=Kade Robotics", "hub=KADE", "kind=visit",
                     "at=2026-10-02T09:00", "by=Anke", "body=They grow.")["id"]
    anke.run("add", "follow-up", f"visit={visit}", "title=Send the plan")
    anke.run("count", event, "checkedIn", "+40")
    for laptop in (anke, bram):
        laptop.run("sync")

    # Apart: two names, two texts, two counts, two labels, a stage that moves on, a severity that rises.
    bram.run("edit", "Kade Robotics", "name=Kade Robots", "headcount[2026]=20", "notes=The quay floods. Often.")
    bram.run("count", event, "checkedIn", "+7")
    bram.run("edit", event, "status=confirmed")
    bram.run("edit", report, "severity=danger")
    bram.run("set-add", "Kade Robots", "sectors", "healthtech")
    bram.run("delete", "Gone")
    bram.run("delete", "Revived")
    anke.run("edit", "Kade Robotics", "name=Quay Robotics", "notes=The long quay floods.", "website=https://new.example")
    anke.run("count", event, "checkedIn", "-3")
    anke.run("edit", report, "severity=medium")
    anke.run("set-remove", "Quay Robotics", "sectors", "digital")
    anke.run("edit", "Revived", "website=https://b.example")
    anke.run("edit", "Stad aan zee", "website=https://anke.example")
    bram.run("sync")
    anke.run("sync", accept=(0, 6))
    bram.run("sync")

    # What waits in Anke's outbox, while Bram's edits wait for her on the server.
    anke.run("add", "organisation", "name=Made offline", "kind=sme", "hub=KADE", "sectors=biotech")
    anke.run("count", event, "checkedIn", "+5")
    anke.run("edit", "Quay Robotics", "website=https://pending.example", "headcount[2026]=21")
    anke.run("edit", report, "status=in_progress")
    anke.run("edit", visit, "body=They grow fast.")
    bram.run("edit", event, "capacity=600")
    bram.run("sync")
    return anke


def put(source, target):
    """The same tables on small pages, with nothing left in the log: tables are many, rows few."""
    connection = sqlite3.connect(source, isolation_level=None)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA page_size = 512")
    connection.execute("VACUUM")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    shutil.copyfile(source, target)


def main():
    programs, output = os.path.abspath(sys.argv[1]), sys.argv[2]
    folder = tempfile.mkdtemp(prefix="kaai-golden-")
    try:
        server, laptop = tell(programs, folder)
        os.makedirs(output, exist_ok=True)
        put(server, os.path.join(output, "server.sqlite"))
        put(laptop, os.path.join(output, "laptop.sqlite"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
