"""From a recording of one direction to figures: delay from mouth to ear, and how good it sounds (PESQ-WB, P.862.2)."""

import numpy as np
from pesq import pesq
from scipy.signal import resample_poly
from stimulus import PART, RATE

WINDOW = 2 * RATE  # a delay is measured over so much
LATEST = 3 * RATE // 2


def delay(said, heard):
    """By how many samples `heard` is later."""
    size = 1 << (len(said) + len(heard)).bit_length()
    product = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size))
    return int(np.argmax(np.abs(np.fft.irfft(product, size)[:LATEST])))


def direction(path):
    """PESQ of each part, and the delays in milliseconds along the way; `None` where nothing is heard."""
    both = np.fromfile(path, "<i2").reshape(-1, 2).astype(float)
    said, heard = both[:, 0], both[:, 1]
    loud = np.flatnonzero(np.abs(said) > 300)
    if not len(loud) or np.abs(heard).max() < 100:
        return None
    first = loud[0]
    said, heard = said[first : loud[-1] + RATE // 4], heard[first : loud[-1] + LATEST]
    delays = []
    for start in range(0, len(said) - WINDOW + 1, WINDOW):
        piece = said[start : start + WINDOW]
        if np.abs(piece).max() > 2000:
            delays.append(delay(piece, heard[start : start + WINDOW + LATEST]))
    shift = int(np.median(delays))
    said16 = resample_poly(said, 1, 3)
    heard16 = resample_poly(heard[shift : shift + len(said)], 1, 3)
    scores, size = [], PART * 16_000
    for start in range(0, len(said16) - size // 2, size):
        pair = [np.clip(sound[start : start + size], -32768, 32767).astype("int16") for sound in (said16, heard16)]
        scores.append(pesq(16_000, *pair, "wb"))
    return {"pesq": scores, "delays": [1000 * delay / RATE for delay in delays]}
