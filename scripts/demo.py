#!/usr/bin/env python3
"""The story of `make demo`: people, laptops, one server, nothing lost.

Runs the real programs, prints what each person does and what everybody sees afterwards, and checks
every statement it prints: a wrong one ends the program with exit code 1 and says which.
Uses the Python standard library only; servers listen on loopback, temporary files are removed.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading


class Story:
    """Prints the story and checks it."""

    def __init__(self):
        self.checks = 0

    def title(self, text):
        print(f"\n== {text}", flush=True)

    def tell(self, text):
        print(f"   {text}", flush=True)

    def check(self, sentence, actual, expected):
        self.checks += 1
        if actual == expected:
            print(f"   ✓ {sentence}", flush=True)
            return
        print(f"   ✗ {sentence}\n     expected: {expected}\n     found:    {actual}", flush=True)
        raise SystemExit(1)


story = Story()


class CuttingProxy:
    """A link that passes everything, until it is armed: then it cuts one upload after some bytes."""

    def __init__(self, port):
        self.port, self.limit, self.cut = port, None, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        server = socket.create_connection(("127.0.0.1", self.port))
        threading.Thread(target=self.pump, args=(server, client), daemon=True).start()
        passed = 0
        try:
            while data := client.recv(256):
                passed += len(data)
                if self.limit is not None and not self.cut and passed > self.limit:
                    self.cut = True
                    client.close()
                    server.close()
                    return
                server.sendall(data)
        except OSError:
            pass

    @staticmethod
    def pump(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        finally:
            try:
                target.shutdown(socket.SHUT_WR)
            except OSError:
                pass


class Server:
    def __init__(self, program, folder):
        self.program, self.data, self.process, self.port = program, folder, None, None

    def run(self, *arguments):
        done = subprocess.run(
            [self.program, "--data", self.data, *arguments], capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise SystemExit(f"kaai-server {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "--data", self.data, "serve", "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        address = line.split()[-1]
        self.port = int(address.rsplit(":", 1)[1])
        return address

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=20)


class Laptop:
    """One person's laptop, with its own data directory."""

    def __init__(self, program, folder, person):
        self.program, self.person = program, person
        self.data = os.path.join(folder, person)
        self.clock = 0
        self.up = self.down = 0

    def run(self, *arguments, accept=(0,)):
        environment = dict(os.environ, KAAI_CLOCK_OFFSET_MS=str(self.clock))
        done = subprocess.run(
            [self.program, *arguments, "--data", self.data, "--json", "--lang", "en"],
            capture_output=True, text=True, timeout=120, env=environment)
        if done.returncode not in accept:
            raise SystemExit(
                f"{self.person}: kaai {' '.join(arguments)} ended with {done.returncode}: "
                f"{done.stderr.strip()}")
        self.code = done.returncode
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def sync(self, accept=(0,)):
        result = self.run("sync", accept=accept)
        self.up += result["bytesUp"]
        self.down += result["bytesDown"]
        return result

    def show(self, name):
        return self.run("show", name)

    def field(self, name, field):
        return self.show(name)["fields"].get(field)

    def dump(self):
        done = subprocess.run(
            [self.program, "dump", "--data", self.data], capture_output=True, timeout=120)
        if done.returncode != 0:
            raise SystemExit(f"{self.person}: kaai dump: {done.stderr.decode().strip()}")
        return done.stdout


def tell_story(kaai, kaai_server, folder):
    server = Server(kaai_server, os.path.join(folder, "server"))
    story.title("A server for the economic department of Ghent")
    server.run("init")
    report = json.loads(server.run("import", "-", "--as", "sample", "--json"))
    story.tell(f"An admin imports the sample: {report['created']} hubs, organisations, programmes, "
               "events and key figures, each with its source.")
    people = [("Anke", "*"), ("Bram", "*"), ("Chloe", "*"), ("Dries", "*"), ("Ruben", "WINTERCIRCUS")]
    for person, spaces in people:
        server.run("user", "add", person, "--role", "editor", "--spaces", spaces)
    address = server.start()
    laptops = {}
    try:
        run_days(server, address, people, laptops, kaai, folder)
    finally:
        server.stop()


def run_days(server, address, people, laptops, kaai, folder):
    story.tell(f"kaai-server answers at {address}.")
    link = CuttingProxy(server.port)
    for person, _ in people:
        laptop = laptops[person] = Laptop(kaai, folder, person)
        code = server.run("device", "code", person).strip()
        way = link.address if person == "Chloe" else address
        laptop.run("enrol", way, code, "--name", f"laptop of {person}")
        laptop.sync()
    anke, bram, chloe, dries, ruben = (laptops[person] for person, _ in people)
    story.tell("Anke (Tech Lane), Bram (North Sea Port), Chloe (reception), Dries (Wintercircus) and")
    story.tell("Ruben (Wintercircus only) enrol their laptops with one-time codes and fetch the data.")
    hubs = len(anke.run("list", "hub"))
    story.check(f"four laptops have all {hubs} hubs", [len(l.run("list", "hub")) for l in (anke, bram, chloe, dries)],
                [hubs] * 4)
    story.check("Ruben's has of the hubs the Wintercircus alone: a lost laptop leaks less",
                [record["fields"]["code"] for record in ruben.run("list", "hub")], ["WINTERCIRCUS"])

    story.title("Same company, two tags (both offline)")
    anke.run("set-add", "Indigo Diabetes", "themes", "photonics")
    anke.sync()
    chloe.sync()
    anke.run("set-add", "Indigo Diabetes", "sectors", "healthtech")
    anke.run("set-remove", "Indigo Diabetes", "themes", "photonics")
    story.tell("In a cellar without signal Anke adds sector healthtech to Indigo Diabetes and takes")
    story.tell("theme photonics off. Chloe adds photonics in her own edit and sets the hub.")
    chloe.run("set-add", "Indigo Diabetes", "themes", "photonics")
    chloe.run("edit", "Indigo Diabetes", "hub=TLG-ARDOYEN")
    for laptop in (chloe, anke, chloe):
        laptop.sync()
    for laptop in (anke, chloe):
        fields = laptop.show("Indigo Diabetes")["fields"]
        story.check(f"{laptop.person} sees healthtech", "healthtech" in fields["sectors"], True)
        story.check(f"{laptop.person} sees photonics: adding wins", fields.get("themes"), ["photonics"])
    story.check("nobody is asked anything", len(anke.run("conflicts")), 0)

    story.title("Three doors, one counter; one upload is cut half way")
    event = dries.run("add", "event", "title=Open Wintercircus", "kind=networking", "capacity=500",
                      "hub=WINTERCIRCUS", "period.start=2026-10-20T09:00", "period.end=2026-10-20T17:00")["id"]
    for laptop in (dries, anke, bram, chloe):
        laptop.sync()
    dries.run("count", event, "checkedIn", "+180")
    anke.run("count", event, "checkedIn", "+190")
    chloe.run("count", event, "checkedIn", "+150")
    chloe.run("count", event, "checkedIn", "-5")
    story.tell("Dries counts 180 at door 1, Anke 190 at door 2, Chloe 150 at door 3 and corrects by 5.")
    dries.sync()
    link.limit = 500
    chloe.sync()
    story.check("Chloe's upload was cut and sent again by itself", link.cut, True)
    for laptop in (anke, chloe, dries, bram):
        laptop.sync()
    for laptop in (anke, bram, chloe, dries):
        story.check(f"{laptop.person} sees exactly 515 checked in", laptop.field(event, "checkedIn"), 515)

    story.title("Conference moved twice")
    dries.run("edit", event, "period.start=2026-10-20T10:00", "period.end=2026-10-20T17:00")
    bram.run("edit", event, "period.start=2026-10-20T09:00", "period.end=2026-10-20T16:00")
    story.tell("Dries moves it to 10:00-17:00 for the room, Bram to 09:00-16:00 for the alderman.")
    dries.sync()
    bram.sync()
    for laptop in (dries, anke, chloe):
        laptop.sync()
    late = {"start": "2026-10-20T08:00:00.000Z", "end": "2026-10-20T15:00:00.000Z"}
    early = {"start": "2026-10-20T07:00:00.000Z", "end": "2026-10-20T14:00:00.000Z"}
    for laptop in (anke, bram, chloe, dries):
        entry = laptop.run("conflicts")[0]
        values = [entry["winner"]["value"]] + [loser["value"] for loser in entry["losers"]]
        story.check(f"{laptop.person} sees both whole periods, with who and where",
                    (late in values and early in values, entry["losers"][0]["user"]), (True, "Dries"))
    bram.run("resolve", f"{event}.period", "--pick", "1")
    story.tell("Bram settles it: Dries' period after all. The choice travels like any edit.")
    for laptop in (bram, dries, anke, chloe):
        laptop.sync()
    for laptop in (anke, bram, chloe, dries):
        story.check(f"{laptop.person} sees 10:00-17:00 and no conflict",
                    (laptop.field(event, "period"), laptop.run("conflicts")), (late, []))

    story.title("Deleted and edited")
    anke.run("delete", "TLG-RIJVISSCHE")
    chloe.run("edit", "TLG-RIJVISSCHE", "freeAreaM2=1200")
    story.tell("Anke deletes the hub Rijvissche, thinking it is gone; Chloe, offline, updates its free space.")
    for laptop in (anke, chloe, anke, bram):
        laptop.sync()
    for laptop in (anke, bram, chloe):
        shown = laptop.show("TLG-RIJVISSCHE")
        story.check(f"{laptop.person} sees the hub whole, with the new free space",
                    (shown["fields"]["name"], shown["fields"]["freeAreaM2"]), ("Rijvissche", 1200))
        story.check("  and that Anke had deleted it", shown["conflicts"][0]["losers"][0]["user"], "Anke")
    hub = anke.show("TLG-RIJVISSCHE")["id"]
    anke.run("resolve", f"{hub}.deleted", "--keep")
    for laptop in (anke, chloe, bram, dries):
        laptop.sync()
    story.check("Anke keeps it: the mark is gone everywhere",
                [l.run("conflicts") for l in (anke, bram, chloe, dries)], [[], [], [], []])

    story.title("A change that is not accepted")
    before = ruben.field("Sirris", "website")
    ruben.run("edit", "Sirris", "website=https://ruben.example")
    ruben.run("edit", "Openchip", "website=https://openchip.example")
    ruben.sync(accept=(6,))
    story.tell("Ruben has only the Wintercircus. He changed Sirris (a record of the city) and Openchip.")
    tray = ruben.run("rejected")
    story.check("Sirris is back in his tray with the reason", (len(tray), "gent" in tray[0]["reason"]), (1, True))
    story.check("his laptop shows the server's value again", ruben.field("Sirris", "website"), before)
    story.check("the queue went on: Openchip is changed for Dries",
                (dries.sync() and dries.field("Openchip", "website")), "https://openchip.example")
    quarantine = json.loads(server.run("quarantine", "list", "--json"))
    story.check("the admin finds it in quarantine", len(quarantine), 1)

    story.title("A laptop 25 hours ahead")
    bram.clock = 25 * 3_600_000
    bram.run("edit", "Deliverect", "website=https://bram.example")
    anke.run("edit", "Deliverect", "website=https://deliverect.example")
    story.tell("Bram's clock runs 25 hours ahead when he edits Deliverect; Anke edits it a moment later.")
    anke.sync()
    bram.sync(accept=(8,))
    story.check("Bram is told that his clock is wrong", bram.code, 8)
    bram.clock = 0
    for laptop in (anke, chloe, dries, ruben):
        laptop.sync()
    for laptop in (anke, bram, chloe):
        story.check(f"{laptop.person} sees Anke's later value: a wrong clock wins nothing",
                    laptop.field("Deliverect", "website"), "https://deliverect.example")

    story.title("Everybody agrees")
    for laptop in laptops.values():
        laptop.sync()
    print(f"   {'laptop':<10} {'digest':<18} {'server':<18} {'bytes up':>9} {'bytes down':>11}")
    for person, laptop in laptops.items():
        status = laptop.run("status")
        print(f"   {person:<10} {status['digest']:<18} {status['serverDigest']:<18} "
              f"{laptop.up:>9} {laptop.down:>11}", flush=True)
    for person, laptop in laptops.items():
        status = laptop.run("status")
        story.check(f"{person}: outbox empty, digests equal", (status["inSync"], status["pending"]), (True, 0))
        theirs = server.run("dump", "--user", person).encode()
        story.check(f"{person}: the dump is the server's, byte for byte", laptop.dump() == theirs, True)
    story.check("the server's own check is clean", json.loads(server.run("verify", "--json"))["problems"], [])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="the folder of kaai and kaai-server")
    arguments = parser.parse_args()
    programs = os.path.abspath(arguments.programs)
    folder = tempfile.mkdtemp(prefix="kaai-demo-")
    try:
        tell_story(os.path.join(programs, "kaai"), os.path.join(programs, "kaai-server"), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\nAll {story.checks} statements hold.")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main()
