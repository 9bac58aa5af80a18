#!/usr/bin/env python3
"""A name server on port 53: names.py ADDRESS. Every name in "test" is at that address; there is no other name and no record
but A. "ready" first, then one JSON line per question with who asked it."""
import json
import socket
import struct
import sys

address = sys.argv[1]
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
    known = labels[-1:] == ["test"]
    answers = int(known and kind == 1)
    flags = 0x8580 | (0 if known else 3)
    answer = question[:2] + struct.pack("!5H", flags, 1, answers, 0, 0) + question[12:end]
    if answers:
        answer += struct.pack("!HHHIH", 0xC00C, 1, 1, 60, 4) + socket.inet_aton(address)
    port.sendto(answer, asker)
    print(json.dumps({"name": ".".join(labels), "kind": kind, "from": asker[0]}), flush=True)
