#!/usr/bin/env python3
"""A name server on port 53: names.py ADDRESS [ZONE]. Without a zone every name in "test" is at that address; there is no other
name and no record but A. With one, its file says what there is, and is read for each question: `NAME A ADDRESS`,
`NAME AAAA ADDRESS`, `NAME SRV PRIORITY WEIGHT PORT TARGET`, `NAME NAPTR ORDER PREFERENCE FLAGS SERVICE REPLACEMENT`.
"ready" first, then one JSON line per question with who asked it."""
import json
import socket
import struct
import sys

KINDS = {"A": 1, "AAAA": 28, "SRV": 33, "NAPTR": 35}


def name(text):
    labels = [label.encode() for label in text.strip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def text(word):
    return bytes([len(word)]) + word.encode()


def data(kind, words):
    if kind == "A":
        return socket.inet_pton(socket.AF_INET, words[0])
    if kind == "AAAA":
        return socket.inet_pton(socket.AF_INET6, words[0])
    if kind == "SRV":
        return struct.pack("!3H", *map(int, words[:3])) + name(words[3])
    numbers = struct.pack("!2H", *map(int, words[:2]))
    return numbers + text(words[2]) + text(words[3]) + text("") + name(words[4])


def records(asked, number):
    """The data of the records, and whether the name is known at all."""
    if zone is None:
        known = asked.split(".")[-1:] == ["test"]
        return ([socket.inet_aton(address)] if known and number == 1 else []), known
    with open(zone) as lines:
        words = [line.split() for line in lines if line.strip()]
    of_name = [line for line in words if line[0].lower() == asked]
    return [data(line[1], line[2:]) for line in of_name if KINDS[line[1]] == number], bool(of_name)


address = sys.argv[1]
zone = sys.argv[2] if len(sys.argv) > 2 else None
port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
port.bind((address, 53))
print("ready", flush=True)
while True:
    question, asker = port.recvfrom(1500)
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode("ascii", "replace").lower())
        at += 1 + question[at]
    end = at + 5
    kind = struct.unpack_from("!H", question, at + 1)[0]
    found, known = records(".".join(labels), kind)
    flags = 0x8580 | (0 if known else 3)
    answer = question[:2] + struct.pack("!5H", flags, 1, len(found), 0, 0) + question[12:end]
    for record in found:
        answer += struct.pack("!HHHIH", 0xC00C, kind, 1, 60, len(record)) + record
    port.sendto(answer, asker)
    print(json.dumps({"name": ".".join(labels), "kind": kind, "from": asker[0]}), flush=True)
