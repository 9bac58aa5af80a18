#!/usr/bin/env python3
"""A voice on a lossy line, codec by codec: PESQ of what our own sender, receiver and concealment make of real speech.

    apt-get install ffmpeg asterisk-core-sounds-en-g722 asterisk-core-sounds-es-g722
    python3 -m venv VENV && VENV/bin/pip install numpy scipy pesq
    VENV/bin/python tests/bench/codecs.py

Simulated time, no network: 30 ms delay, 8 ms jitter, loss in bursts of 1.5, the same losses in each run. PESQ is wide-band
for Opus and G.722, narrow-band for G.711; the mean over pieces of 8 s. CPU is one core's share, both ends together.
Arguments are given to cargo in place of --release; LANDLINE_BENCH_ONLY bounds the codecs. `red` is Opus to a peer that
takes redundant packets (RFC 2198).
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
from pesq import pesq
from scipy.signal import correlate, resample_poly

SOUNDS = "/usr/share/asterisk/sounds"
NAMES = ("vm-options", "conf-usermenu", "vm-intro", "demo-congrats", "vm-newuser", "conf-adminmenu")
SECONDS = 96


def speech():
    """English and Spanish prompts, six seconds of each at most, with pauses between them."""
    parts = []
    for language in ("en", "es"):
        for name in NAMES:
            path = f"{SOUNDS}/{language}/{name}.g722"
            if os.path.exists(path):
                command = ["ffmpeg", "-v", "error", "-f", "g722", "-i", path, "-ar", "48000", "-f", "s16le", "-"]
                raw = subprocess.run(command, capture_output=True, check=True).stdout
                sound = np.frombuffer(raw, "<i2").astype(float)[: 48000 * 6]
                parts += [sound / max(1, np.abs(sound).max()) * 20000, np.zeros(24000)]
    assert parts, "no speech: install asterisk-core-sounds-en-g722"
    sound = np.concatenate(parts)
    return sound[: SECONDS * 48000]


def score(said, heard, rate):
    """Mean PESQ; each piece is laid over what was heard, since playout may have moved."""
    said, heard = (resample_poly(x, 1, 48000 // rate) for x in (said, heard))
    length, reach, scores = 8 * rate, rate // 2, []
    for start in range(0, len(said) - length - reach, length):
        piece = said[start : start + length]
        if np.abs(piece).max() < 1000:
            continue
        there = heard[start : start + length + reach]
        lag = int(np.argmax(correlate(there, piece, "valid", "fft")))
        there = np.clip(there[lag : lag + length], -32768, 32767)
        scores.append(pesq(rate, piece.astype("int16"), there.astype("int16"), "wb" if rate == 16000 else "nb"))
    return float(np.mean(scores))


def main():
    said = speech()
    with tempfile.TemporaryDirectory() as folder:
        said.astype("<i2").tofile(f"{folder}/speech.raw")
        command = ["cargo", "test", *(sys.argv[1:] or ["--release"]), "--lib", "--", "--ignored", "--exact"]
        command += ["media::codec_bench::voice_on_a_lossy_line"]
        subprocess.run(command, env={**os.environ, "LANDLINE_BENCH": folder}, check=True, stdout=subprocess.DEVNULL)
        print("| codec | loss % | PESQ | made up ms | too late | playout ms | CPU % |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for codec, rate in (("red", 16000), ("opus", 16000), ("G722", 16000), ("PCMU", 8000), ("PCMA", 8000)):
            for loss in (0, 5, 10, 20):
                if not os.path.exists(f"{folder}/{codec}-{loss}.raw"):
                    continue
                heard = np.fromfile(f"{folder}/{codec}-{loss}.raw", "<i2").astype(float)
                share, made, late, delay = open(f"{folder}/{codec}-{loss}.txt").read().split()
                print(f"| {codec} | {loss} | {score(said, heard, rate):.2f} | {made} | {late} | {delay} | {share} |")


main()
