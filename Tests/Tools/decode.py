#!/usr/bin/env python3
"""Reads sync messages by Protocol/FORMAT.md alone, and compares them with their descriptions.

decode.py FOLDER   reads every FOLDER/*.bin and compares it with the .json of the same name;
                   checks the cell hashes of FOLDER/cells.json. Exit 1 at the first difference.
decode.py FILE     prints what a message says.

Nothing of the project's own code is used: the standard library, and XXH64 written out below.
"""

import hashlib
import json
import pathlib
import struct
import sys

WORD = (1 << 64) - 1


class Malformed(Exception):
    """The bytes are no message."""


class Reader:
    """Section 1: walks over bytes; what is left over is an error."""

    def __init__(self, data):
        self.data = data
        self.index = 0

    def left(self):
        return len(self.data) - self.index

    def raw(self, length):
        if length > self.left():
            raise Malformed(f"truncated at {self.index}")
        start = self.index
        self.index += length
        return self.data[start:self.index]

    def byte(self):
        return self.raw(1)[0]

    def varint(self):
        result = 0
        for place in range(10):
            byte = self.byte()
            result |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                if byte == 0 and place > 0:
                    raise Malformed("a number with a needless byte")
                if result > WORD:
                    break
                return result
        raise Malformed("a number of more than 64 bits")

    def zigzag(self):
        return unfold(self.varint())

    def fixed64(self):
        return struct.unpack("<Q", self.raw(8))[0]

    def hash(self):
        return self.raw(16).hex()

    def block(self):
        return Reader(self.raw(self.varint()))

    def text(self):
        return self.raw(self.varint()).decode("utf-8")

    def end(self):
        if self.left():
            raise Malformed(f"{self.left()} bytes left over")


def unfold(number):
    return (number >> 1) ^ -(number & 1)


def signed(number):
    """The low 64 bits as a signed number: columns wrap."""
    number &= WORD
    return number - (1 << 64) if number >> 63 else number


def hexadecimal(number):
    return f"{number & WORD:016x}"


# Section 2: values. Each is described, and encoded again for hashes.


def value(reader, depth=0):
    head = reader.varint()
    form, rest = head & 7, head >> 3
    if form == 1:
        return {"int": str(unfold(rest))}
    if form == 2:
        return {"text": reader.raw(rest).decode("utf-8")}
    if form == 5:
        return {"bytes": reader.raw(rest).hex()}
    if form == 4 and depth == 0 and 0 < rest <= 32:
        parts = [value(reader, 1) for _ in range(rest)]
        if parts[-1] is None:
            raise Malformed("a group that ends with null")
        return {"group": parts}
    if rest == 0 and form == 0:
        return None
    if rest == 0 and form == 3:
        return {"real": hexadecimal(reader.fixed64())}
    if rest == 0 and form == 6:
        return {"int": str(signed(reader.fixed64()))}
    raise Malformed(f"form {form} of a value")


def varint(number):
    result = bytearray()
    while number >= 0x80:
        result.append(number & 0x7F | 0x80)
        number >>= 7
    result.append(number)
    return bytes(result)


def fixed64(number):
    return struct.pack("<Q", number & WORD)


def fold(number):
    return (number << 1 ^ number >> 63) & WORD


def encoded(item):
    if item is None:
        return b"\0"
    (form, content), = item.items()
    if form == "int":
        folded = fold(int(content))
        return varint(folded << 3 | 1) if folded < 1 << 61 else b"\6" + fixed64(int(content))
    if form == "text":
        content = content.encode("utf-8")
        return varint(len(content) << 3 | 2) + content
    if form == "bytes":
        content = bytes.fromhex(content)
        return varint(len(content) << 3 | 5) + content
    if form == "real":
        return b"\3" + fixed64(int(content, 16))
    return varint(len(content) << 3 | 4) + b"".join(map(encoded, content))


# Section 3: operations.

SLOTS = {3: 1, 4: 1, 5: 1, 6: 2, 7: 1, 8: 2, 9: 0, 10: 0, 11: 2, 12: 1, 32: 1, 33: 0, 34: 0}
TAGS = {3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 0, 10: 0, 11: 1, 12: 1, 32: 0, 33: 0, 34: 0}


def shape(reader):
    kind, entity, count = reader.varint(), reader.varint(), reader.varint()
    if kind not in SLOTS and kind not in (1, 2) or TAGS.get(kind, count) != count:
        raise Malformed(f"kind {kind} with {count} tags")
    tags = [reader.varint() for _ in range(count)]
    if any(b <= a for a, b in zip([0] + tags, tags)):
        raise Malformed("tags that do not ascend")
    return {"kind": kind, "entity": entity, "tags": tags, "slots": SLOTS.get(kind, count)}


def row_wise(operation):
    """The form that is hashed."""
    numbers = [operation["kind"], operation["entity"], len(operation["tags"])]
    head = b"".join(map(varint, numbers + operation["tags"]))
    return head + fixed64(operation["row"]) + b"".join(map(encoded, operation["values"]))


# Section 5: parts.


def parts(reader, known):
    result, last = {}, -1
    while reader.left():
        head = reader.varint()
        tag = head >> 1
        if tag <= last:
            raise Malformed("parts that do not ascend")
        last = tag
        content = reader.block()
        if tag in known:
            result[tag] = content
        elif head & 1:
            raise Malformed(f"unknown critical part {tag}")
    return result


def read(found, tag, body, absent=None):
    """The content of a part, to its end."""
    if tag not in found:
        return absent
    result = body(found[tag])
    found[tag].end()
    return result


def many(body):
    """A count, then so many of something."""
    return lambda reader: [body(reader) for _ in range(reader.varint())]


# Section 4: batches.


class Batch:
    def __init__(self, data):
        found = parts(Reader(data), [*range(1, 29), 30])
        self.sites = read(
            found, 1, many(lambda r: {"site": r.varint(), "name": r.text()}), [])
        self.users = read(
            found, 2, many(lambda r: {"user": r.zigzag(), "name": r.text()}), [])
        self.epochs = read(found, 3, many(Reader.fixed64), [])
        self.labels = read(found, 4, many(Reader.text), [])
        self.runs = read(found, 5, many(self.run), [])
        self.audiences = read(
            found, 6, many(lambda r: {"space": r.zigzag(), "level": r.byte()}), [])
        self.count = read(found, 7, Reader.varint, 0)
        self.shapes = read(found, 22, many(shape), [])
        self.streams = read(found, 24, self.shape_streams, [])
        self.shape_stream = found.get(23)
        self.result_stream = found.get(26)
        self.references = read(found, 27, many(self.reference), [])
        self.hidden = read(found, 28, self.hidden_operations, [])
        self.places = read(found, 30, self.places_of_transactions, [])
        self.read_transactions(found)
        for stream in [self.shape_stream, self.audience_stream, self.result_stream]:
            if stream:
                stream.end()
        for stream in self.streams:
            for reader in [stream["rows"]] + stream["slots"]:
                reader.end()

    def run(self, reader):
        return {
            "site": self.sites[reader.varint()]["site"], "nonce": reader.hash(),
            "lastChain": reader.hash(),
        }

    def reference(self, reader):
        site, sequence = self.sites[reader.varint()]["site"], reader.varint()
        return {
            "transaction": f"{site}:{sequence}", "stamp": hexadecimal(reader.varint()),
            "user": self.users[reader.varint()]["user"], "position": reader.varint(),
        }

    def shape_streams(self, reader):
        return [
            {"rows": reader.block(), "row": 0,
             "slots": [reader.block() for _ in range(shape["slots"])]}
            for shape in self.shapes
        ]

    @staticmethod
    def hidden_operations(reader):
        result = []
        while reader.left():
            result.append({
                "transaction": reader.varint(), "index": reader.varint(), "hash": reader.hash()})
        return result

    def places_of_transactions(self, reader):
        result = []
        while reader.left():
            result.append({
                "transaction": reader.varint(),
                "epoch": hexadecimal(self.epochs[reader.varint()]), "position": reader.varint()})
        return result

    def column(self, found, tag, differences=True):
        """Section 4.1. An absent column is zeros."""
        if tag not in found:
            return [0] * self.count
        result, previous = [], 0
        for _ in range(self.count):
            number = found[tag].zigzag()
            previous = signed(previous + number) if differences else number
            result.append(previous)
        found[tag].end()
        return result

    def read_transactions(self, found):
        names = ["run", "sequence", "milliseconds", "counter", "moved", "user", "seenEpoch",
                 "seenPosition", "model", "knownRefused", "label", "position", "operations", "mode"]
        columns = {
            name: self.column(found, tag, differences=name not in ("sequence", "moved"))
            for tag, name in enumerate(names, start=8)
        }
        self.audience_stream = found.get(25)
        self.audience = 0
        last_sequence = [0] * len(self.runs)
        self.transactions = []
        for index in range(self.count):
            at = {name: column[index] for name, column in columns.items()}
            sequence = last_sequence[at["run"]] + at["sequence"] + 1
            last_sequence[at["run"]] = sequence
            self.transactions.append(self.transaction(at, sequence))

    def transaction(self, at, sequence):
        run = self.runs[at["run"]]
        stamp = at["milliseconds"] << 16 | at["counter"]
        mode = at["mode"] & 3
        result = {
            "transaction": f"{run['site']}:{sequence}", "stamp": hexadecimal(stamp),
            "authorStamp": hexadecimal(stamp + at["moved"]),
            "user": self.users[at["user"]]["user"],
            "seen": {
                "epoch": hexadecimal(self.epochs[at["seenEpoch"]]),
                "position": at["seenPosition"],
            },
            "modelVersion": at["model"], "knownRefused": at["knownRefused"],
            "label": self.labels[at["label"]], "position": at["position"], "mode": mode,
            "operationCount": at["operations"],
        }
        if mode == 1:
            result["echoAudience"] = at["mode"] >> 2
        count = 0 if mode == 1 else at["operations"]
        result["operations"] = [self.operation() for _ in range(count)]
        if mode in (0, 3):
            key = transaction_key(run["nonce"], sequence)
            for index, operation in enumerate(result["operations"]):
                if operation["kind"] < 32:
                    operation["hash"] = operation_hash(key, index, operation)
        return result

    def operation(self):
        number = self.shape_stream.varint() if self.shape_stream else 0
        form, stream = self.shapes[number], self.streams[number]
        stream["row"] = signed(stream["row"] + stream["rows"].zigzag())
        if self.audience_stream:
            self.audience += self.audience_stream.zigzag()
        result = {
            "kind": form["kind"], "entity": form["entity"], "row": stream["row"],
            "tags": form["tags"], "audience": self.audience,
            "results": self.results(len(form["tags"])),
        }
        values = [value(slot) for slot in stream["slots"]]
        if form["kind"] == 32:
            result["image"] = image(Reader(bytes.fromhex(values[0]["bytes"])))
        else:
            result["values"] = values
        return result

    def results(self, tags):
        if not self.result_stream or self.result_stream.byte() == 0:
            return None
        return [self.result(self.result_stream) for _ in range(max(1, tags))]

    @staticmethod
    def result(reader):
        form = reader.byte()
        if form == 2:
            return many(lambda r: {"reference": r.varint(), "value": value(r)})(reader)
        return ["shown", "hidden"][form]

    def described(self):
        result = {
            name: getattr(self, name)
            for name in ("sites", "users", "runs", "audiences", "references", "transactions",
                         "hidden")
        }
        if self.places:
            result["places"] = self.places
        return result


def image(reader):
    """Section 4.6."""
    head = lambda r: {"reference": r.varint(), "value": value(r)}
    entry = lambda r: {"key": value(r), "heads": many(head)(r)}
    cell = lambda r: {"tag": r.varint(), "form": r.byte(), "entries": many(entry)(r)}
    result = {"created": reader.varint(), "cells": many(cell)(reader)}
    reader.end()
    return result


def batch(reader):
    return Batch(reader.raw(reader.left())).described()


# Section 5: messages.


def version(found):
    if read(found, 1, Reader.varint) != 1:
        raise Malformed("another version of the protocol")


def request(data):
    found = parts(Reader(data), range(1, 18))
    version(found)
    name, model = read(found, 2, lambda r: (r.text(), r.varint()))
    sequence, chain = read(found, 5, lambda r: (r.varint(), r.hash()), (0, "00" * 16))
    result = {
        "message": "request", "modelName": name, "modelVersion": model,
        "cursor": read(found, 3, lambda r: r.raw(r.left()).hex(), ""),
        "clock": read(found, 4, Reader.varint, 0), "lastSequence": sequence, "lastChain": chain,
        "jumps": read(
            found, 6, many(lambda r: {"sequence": r.varint(), "delta": r.zigzag()}), []),
        "confirmed": read(found, 7, Reader.varint, 0),
        "pageBytes": read(found, 8, Reader.varint, 0),
        "all": read(found, 9, lambda r: True, False),
        "grant": read(found, 10, Reader.varint, 0), "batch": read(found, 11, batch),
    }
    if 16 in found:
        result["declared"] = read(found, 16, many(declared_field))
    if 17 in found:
        result["entities"] = read(found, 17, many(declared_entity))
    if found.keys() & {12, 13, 14, 15}:
        result |= {
            "waypoints": read(
                found, 12, many(lambda r: r.raw(r.varint()).hex()), []),
            "returned": read(found, 13, batch),
            "claim": read(found, 14, lambda r: {
                "token": r.text(), "first": r.varint(), "chains": many(Reader.hash)(r)}),
            "witness": read(found, 15, lambda r: r.raw(r.left()).hex(), ""),
        }
    return result


def declared_field(reader):
    result = {"entity": reader.varint(), "tag": reader.varint(), "kind": reader.byte()}
    if result["kind"] == 18:
        result["moves"] = many(lambda r: f"{r.text()} {r.text()}")(reader)
    elif result["kind"] in (19, 26):
        result["codes"] = many(Reader.text)(reader)
    elif not 1 <= result["kind"] <= 26:
        raise Malformed("kind of a declared field")
    return result


def declared_entity(reader):
    def link(r):
        tag, kind, target = r.varint(), r.byte(), r.varint()
        return {"tag": tag, "kind": {1: "once", 2: "register", 3: "register"}[kind], "target": target}

    tag, links = reader.varint(), many(link)(reader)
    rule, field = reader.byte(), reader.varint()
    space = {0: "city", 1: f"through {field}", 2: f"same as {field}"}[rule]
    return {
        "entity": tag, "links": links, "space": space, "parent": reader.varint(),
        "identity": many(Reader.varint)(reader)}


def outcome(reader):
    result = {"sequence": reader.varint()}
    reason = reader.byte()
    if reason == 0:
        result |= {"position": reader.varint(), "stamp": hexadecimal(reader.varint())}
    else:
        result |= {"reason": reason, "detail": reader.text()}
    return result


def answer(data):
    found = parts(Reader(data), range(1, 16))
    protocol, model = read(found, 1, lambda r: (r.varint(), r.varint()))
    if protocol != 1:
        raise Malformed("another version of the protocol")
    result = {
        "message": "answer", "modelVersion": model, "status": read(found, 2, Reader.byte),
        "clock": read(found, 3, Reader.varint, 0),
    }
    result |= read(found, 4, lambda r: {
        "user": r.zigzag(), "userName": r.text(), "grant": r.varint(), "editsAll": r.byte() != 0,
        "spaces": many(Reader.zigzag)(r),
    }, {})
    result |= {
        "lastSequence": read(found, 5, Reader.varint, 0),
        "outcomes": read(found, 6, many(outcome), []),
        "cursor": read(found, 7, lambda r: {
            "epoch": hexadecimal(r.fixed64()), "position": r.varint()}),
        "sealed": read(found, 8, lambda r: r.raw(r.left()).hex(), ""),
        "page": read(found, 9, batch), "more": read(found, 10, lambda r: True, False),
        "digests": read(found, 11, many(lambda r: {
            "space": r.zigzag(), "level": r.byte(), "sum": hexadecimal(r.fixed64())})),
        "stable": read(found, 12, Reader.varint, 0),
    }
    for tag, name in ((13, "shared"), (14, "safe")):
        if tag in found:
            result[name] = read(found, tag, Reader.varint)
    result |= read(found, 15, lambda r: {"newSite": r.varint(), "lastShared": r.varint()}, {})
    return result


def enrol_request(data):
    found = parts(Reader(data), range(1, 3))
    version(found)
    return read(found, 2, lambda r: {
        "message": "enrolment", "code": r.text(), "deviceName": r.text(), "modelName": r.text()})


def enrol_answer(data):
    found = parts(Reader(data), range(1, 3))
    version(found)
    return read(found, 2, lambda r: {
        "message": "enrolled", "site": r.varint(), "token": r.text(), "user": r.zigzag(),
        "userName": r.text(), "deviceName": r.text(), "clock": r.varint()})


def history_request(data):
    found = parts(Reader(data), range(1, 3))
    version(found)
    return read(found, 2, lambda r: {
        "message": "history", "modelName": r.text(), "row": signed(r.fixed64()), "after": r.varint(),
        "pageBytes": r.varint()})


def history_answer(data):
    found = parts(Reader(data), range(1, 4))
    version(found)
    through, more = read(found, 2, lambda r: (r.varint(), r.varint() == 1))
    return {"message": "told", "through": through, "more": more, "page": read(found, 3, batch)}


# Section 6: the chain.


def hash16(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()[:16]


def transaction_key(nonce, sequence):
    return hash16(bytes.fromhex(nonce), fixed64(sequence))


def operation_hash(key, index, operation):
    salt = hash16(key, fixed64(index))
    return hash16(salt, row_wise(operation)).hex()


def chain(link, transaction):
    site, sequence = map(int, transaction["transaction"].split(":"))
    label = transaction["label"].encode("utf-8")
    hashes = [bytes.fromhex(operation["hash"]) for operation in transaction["operations"]]
    return hash16(
        link, fixed64(site << 32 | sequence), bytes.fromhex(transaction["authorStamp"])[::-1],
        fixed64(transaction["user"]), bytes.fromhex(transaction["seen"]["epoch"])[::-1],
        fixed64(transaction["seen"]["position"]),
        fixed64(transaction["modelVersion"] << 32 | transaction["knownRefused"]),
        fixed64(len(label)), label, fixed64(len(hashes)), *hashes)


def check_chain(offer):
    """An offer from a site's first transaction on: its chain must come out as its runs say."""
    link, found = bytes(16), []
    for transaction in offer["transactions"]:
        link = chain(link, transaction)
        found.append(link.hex())
    for run in offer["runs"]:
        if run["lastChain"] not in found:
            raise Malformed(f"the chain of run {run['nonce']} does not come out")
    if found[-1] != offer["runs"][-1]["lastChain"]:
        raise Malformed("the last chain does not come out")


# Section 7: digests. XXH64 as its specification says (Yann Collet).

P1, P2, P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
P4, P5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5


def rotate(number, places):
    return (number << places | number >> (64 - places)) & WORD


def turn(lane, word):
    return rotate((lane + word * P2) & WORD, 31) * P1 & WORD


def xxh64(data, seed):
    index = 0
    if len(data) >= 32:
        lanes = [(seed + P1 + P2) & WORD, (seed + P2) & WORD, seed, (seed - P1) & WORD]
        while index + 32 <= len(data):
            words = struct.unpack_from("<4Q", data, index)
            lanes = [turn(lane, word) for lane, word in zip(lanes, words)]
            index += 32
        result = sum(rotate(lane, n) for lane, n in zip(lanes, (1, 7, 12, 18))) & WORD
        for lane in lanes:
            result = ((result ^ turn(0, lane)) * P1 + P4) & WORD
    else:
        result = (seed + P5) & WORD
    result = (result + len(data)) & WORD
    while index + 8 <= len(data):
        word, = struct.unpack_from("<Q", data, index)
        result = (rotate(result ^ turn(0, word), 27) * P1 + P4) & WORD
        index += 8
    if index + 4 <= len(data):
        word, = struct.unpack_from("<I", data, index)
        result = (rotate(result ^ word * P1 & WORD, 23) * P2 + P3) & WORD
        index += 4
    for byte in data[index:]:
        result = rotate(result ^ byte * P5 & WORD, 11) * P1 & WORD
    result = (result ^ result >> 33) * P2 & WORD
    result = (result ^ result >> 29) * P3 & WORD
    return result ^ result >> 32


def cell_hash(cell):
    seed = xxh64(
        fixed64(cell["row"]) + bytes.fromhex(cell["stamp"])[::-1]
        + fixed64(cell["site"] << 32 | cell["sequence"]), 0)
    content = (encoded(cell["key"]) if "key" in cell else b"") + encoded(cell["value"])
    return xxh64(content, (seed + cell["tag"] * 0x9E3779B97F4A7C15) & WORD)


def check_cells(path):
    recorded = json.loads(path.read_text("utf-8"))
    total = 0
    for cell in recorded["cells"]:
        found = cell_hash(cell)
        if hexadecimal(found) != cell["hash"]:
            raise Malformed(f"hash {hexadecimal(found)} of {cell}")
        total += found
    if hexadecimal(total) != recorded["digest"]:
        raise Malformed("the digest is not the sum")


def decoded(path):
    readers = {
        "request": request, "answer": answer, "enrol-request": enrol_request,
        "enrol-answer": enrol_answer, "history-request": history_request,
        "history-answer": history_answer,
    }
    reader = readers.get(path.stem) or readers[path.stem.split("-")[0]]
    return reader(path.read_bytes())


def check(folder):
    count = 0
    for path in sorted(folder.glob("*.bin")):
        found = decoded(path)
        expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
        if found != expected:
            print(f"{path.name} says\n{json.dumps(found)}\nand not\n{json.dumps(expected)}")
            return 1
        if found.get("batch"):
            check_chain(found["batch"])
        count += 1
    check_cells(folder / "cells.json")
    print(f"{count + 1} golden files agree")
    return 0


def main():
    path = pathlib.Path(sys.argv[1])
    if path.is_dir():
        return check(path)
    print(json.dumps(decoded(path), indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
