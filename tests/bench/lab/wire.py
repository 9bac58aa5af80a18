"""A wire between two network namespaces, with loss, bursts, delay, jitter and reordering of our choice.

It carries IP packets between two TUN devices in user space, so it needs nothing of the kernel but TUN. It runs as a
process of its own (`wire.py '{"a": NAME, "b": NAME, ...}'`) and tells on standard output when it is ready and when media
first goes each way, in seconds of the monotonic clock. Signalling is delayed as media is, but never lost.
"""

import contextlib
import ctypes
import fcntl
import heapq
import json
import os
import random
import select
import signal
import struct
import subprocess
import sys
import time

ADDRESS = {"a": "10.77.0.1", "b": "10.77.0.2"}
SIP_PORTS = range(5060, 5070)
NEW_NETWORK = 0x40000000  # CLONE_NEWNET
libc = ctypes.CDLL("libc.so.6", use_errno=True)


@contextlib.contextmanager
def inside(namespace):
    """This thread is in the namespace for a while: what it opens there stays there."""
    with open("/proc/self/ns/net") as home, open(f"/var/run/netns/{namespace}") as other:
        if libc.setns(other.fileno(), NEW_NETWORK) != 0:
            raise OSError(ctypes.get_errno(), f"namespace {namespace}")
        try:
            yield
        finally:
            libc.setns(home.fileno(), NEW_NETWORK)


def remove(namespace):
    subprocess.run(["ip", "netns", "del", namespace], stderr=subprocess.DEVNULL)


def tun(namespace, address):
    """Makes the namespace with one TUN device, and gives the device's other end."""
    subprocess.run(["ip", "netns", "add", namespace], check=True)
    with inside(namespace):
        device = os.open("/dev/net/tun", os.O_RDWR)
        set_interface, tun_without_header = 0x400454CA, 0x1001
        fcntl.ioctl(device, set_interface, struct.pack("16sH", b"wire", tun_without_header))
        for command in ("link set lo up", f"addr add {address}/24 dev wire", "link set wire up"):
            subprocess.run(["ip", *command.split()], check=True)
        subprocess.run(["ip", "route", "add", "default", "dev", "wire"], check=True)
    return device


def media(packet):
    """Whether an IP packet carries RTP or RTCP: UDP, and no port of SIP."""
    if len(packet) < 40 or packet[0] >> 4 != 4 or packet[9] != 17:
        return False
    start = (packet[0] & 15) * 4
    ports = struct.unpack_from("!HH", packet, start)
    return not any(port in SIP_PORTS for port in ports) and packet[start + 8] >> 6 == 2


class Way:
    """One direction: what becomes of its packets. The same seed gives the same fates."""

    def __init__(self, wish, seed):
        self.wish, self.random, self.bad = wish, random.Random(seed), False
        self.sent = self.lost = 0

    def lose(self):
        """A Gilbert model: runs of losses of a mean length, and the wished share of all."""
        loss, burst = self.wish["loss"] / 100, max(1, self.wish["burst"])
        stays, turns = 1 - 1 / burst, loss / (burst * (1 - loss))
        self.bad = self.random.random() < (stays if self.bad else turns)
        return self.bad

    def delay(self):
        if self.random.random() * 100 < self.wish["reorder"]:
            return 0  # overtakes those before it
        return (self.wish["delay"] + abs(self.random.gauss(0, self.wish["jitter"]))) / 1000


def run(wish):
    names = {"a": wish["a"], "b": wish["b"]}
    ends = {tun(names[end], ADDRESS[end]): end for end in "ab"}
    devices = {end: device for device, end in ends.items()}
    ways = {end: Way(wish, wish["seed"] * 2 + (end == "b")) for end in "ab"}
    stop, on_the_way, count, told = [], [], 0, set()
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    print("ready", flush=True)
    while not stop:
        wait = max(0, on_the_way[0][0] - time.monotonic()) if on_the_way else 0.2
        ready, _, _ = select.select(list(ends), [], [], wait)
        now = time.monotonic()
        for device in ready:
            packet, end = os.read(device, 4096), ends[device]
            way, at = ways[end], now + wish["delay"] / 1000
            if media(packet):
                if end not in told:
                    told.add(end)
                    print(f"media {end} {now}", flush=True)
                way.sent += 1
                at = now + way.delay()
                if way.lose():
                    way.lost += 1
                    continue
            count += 1
            heapq.heappush(on_the_way, (at, count, devices["b" if end == "a" else "a"], packet))
        while on_the_way and on_the_way[0][0] <= time.monotonic():
            _, _, device, packet = heapq.heappop(on_the_way)
            with contextlib.suppress(OSError):
                os.write(device, packet)
    for end, way in ways.items():
        print(f"count {end} {way.sent} {way.lost}", flush=True)


if __name__ == "__main__":
    wish = json.loads(sys.argv[1])
    try:
        run(wish)
    finally:
        remove(wish["a"])
        remove(wish["b"])
