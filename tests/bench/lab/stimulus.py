"""What is said in the calls: real voices of Debian's asterisk-core-sounds packages, English, then Spanish."""

import subprocess
import wave

import numpy as np

RATE = 48_000
PART = 8  # seconds of each language; one PESQ score is over one part
FOLDER = "/usr/share/asterisk/sounds"
PROMPTS = ("vm-options", "conf-usermenu")


def voice(language, name):
    command = ["ffmpeg", "-v", "error", "-f", "g722", "-i", f"{FOLDER}/{language}/{name}.g722"]
    command += ["-ar", str(RATE), "-ac", "1", "-f", "s16le", "-"]
    sound = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, "<i2").astype(float)
    return sound / max(1, np.abs(sound).max()) * 20_000


def write(path, parts):
    """Writes so many parts as a WAV file and gives its length in seconds."""
    pieces = []
    for language in ("en", "es")[:parts]:
        for name in PROMPTS:
            piece = np.zeros(PART * RATE // len(PROMPTS))
            sound = voice(language, name)[: len(piece) - RATE // 4]
            piece[: len(sound)] = sound
            pieces.append(piece)
    samples = np.concatenate(pieces).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return len(samples) / RATE
