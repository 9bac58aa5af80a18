"""The media of Python peers: an aiortc connection that plays a sine and writes what it hears to a WAV file. Descriptions in
and out are SDP; what carries them is the peer's."""
import asyncio
import fractions
import json
import math
import struct
import time
import wave

import aioice.ice
import av
from aiortc import MediaStreamTrack, RTCConfiguration, RTCIceServer, RTCPeerConnection

RATE = 48_000
FRAME = RATE // 50


def tell(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


def live_on(addresses):
    """aioice leaves loopback out; the tests are nowhere else, but for those that say so."""
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: addresses


class Tone(MediaStreamTrack):
    """A steady sine."""

    kind = "audio"

    def __init__(self, hz):
        super().__init__()
        self.hz, self.count, self.began = hz, 0, None

    async def recv(self):
        self.began = self.began or time.monotonic()
        await asyncio.sleep(max(0, self.began + self.count / RATE - time.monotonic()))
        sine = [int(9000 * math.sin((self.count + n) * self.hz * math.tau / RATE)) for n in range(FRAME)]
        frame = av.AudioFrame(format="s16", layout="mono", samples=FRAME)
        frame.planes[0].update(struct.pack(f"<{FRAME}h", *sine))
        frame.pts, frame.sample_rate, frame.time_base = self.count, RATE, fractions.Fraction(1, RATE)
        self.count += FRAME
        return frame


async def record(track, path):
    """Writes what comes, as it comes."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with open(path, "wb", buffering=0) as file, wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        while True:
            try:
                frame = await track.recv()
            except Exception:
                return
            for piece in resampler.resample(frame):
                out.writeframesraw(bytes(piece.planes[0])[: piece.samples * 2])


def connection(tone, heard, spawn, turn=None):
    """A connection with a tone; `spawn` runs what listens. `turn`: address, user and password of a relay."""
    servers = [RTCIceServer(turn[0], username=turn[1], credential=turn[2])] if turn else []
    peer = RTCPeerConnection(RTCConfiguration(iceServers=servers))
    peer.addTrack(Tone(tone))

    @peer.on("connectionstatechange")
    def changed():
        tell("connection", state=peer.connectionState)

    @peer.on("track")
    def track(heard_track):
        spawn(record(heard_track, heard))

    return peer
