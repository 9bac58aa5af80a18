#!/usr/bin/env python3
"""Every frame on one interface but what a kernel says of itself by IPv6: capture.py INTERFACE.

"ready" first; then one JSON line per frame with what it is and, of UDP and TCP, its addresses and ports.
"""
import json
import socket
import struct
import sys

ALL, IPV4, IPV6, ARP = 3, 0x0800, 0x86DD, 0x0806
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL))
wire.bind((sys.argv[1], 0))
print("ready", flush=True)
while True:
    frame = wire.recv(65535)
    kind, packet = struct.unpack_from("!H", frame, 12)[0], frame[14:]
    told = {"kind": hex(kind)}
    if kind == IPV6 and packet[6] in (0, 58):
        continue  # neighbour discovery, multicast listeners
    if kind == ARP:
        told["kind"] = "arp"
    elif kind == IPV6 and len(packet) >= 44:
        protocol = packet[6]
        told["kind"] = {6: "tcp", 17: "udp"}.get(protocol, str(protocol))
        told["from"], told["to"] = (socket.inet_ntop(socket.AF_INET6, packet[at : at + 16]) for at in (8, 24))
        if protocol in (6, 17):
            told["ports"] = struct.unpack_from("!HH", packet, 40)
    elif kind == IPV4 and len(packet) >= 24:
        protocol, start = packet[9], (packet[0] & 15) * 4
        told["kind"] = {6: "tcp", 17: "udp"}.get(protocol, str(protocol))
        told["from"], told["to"] = socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20])
        if protocol in (6, 17):
            told["ports"] = struct.unpack_from("!HH", packet, start)
    print(json.dumps(told), flush=True)
