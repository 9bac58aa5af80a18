"""The sound cards of both clients: a PulseAudio server of its own.

One null sink for each direction: its left channel is the speaker's microphone, its right channel the listener's
loudspeaker. Both are recorded together, so that their distance in time is true to the sample.
"""

import os
import signal
import subprocess
import time


class Cards:
    def __init__(self, folder):
        self.folder, self.socket = folder, folder / "pulse.sock"
        self.env = dict(os.environ, XDG_RUNTIME_DIR=str(folder), HOME=str(folder))
        self.env.pop("PULSE_SERVER", None)
        modules = [f"module-native-protocol-unix socket={self.socket} auth-anonymous=1"]
        for mouth, ear in ("ab", "ba"):
            line = f"line_{mouth}{ear}"
            left = "channels=1 channel_map=mono master_channel_map=front-left remix=no"
            right = "channels=1 channel_map=mono master_channel_map=front-right remix=no"
            modules += [
                f"module-null-sink sink_name={line} rate=48000 channels=2 channel_map=front-left,front-right",
                f"module-remap-sink sink_name=mouth_{mouth} master={line} {left}",
                f"module-remap-sink sink_name=ear_{ear} master={line} {right} "
                f"sink_properties=device.description=ear_{ear}",
                f"module-remap-source source_name=microphone_{mouth} master={line}.monitor {left} "
                f"source_properties=device.description=microphone_{mouth}",
            ]
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--realtime=no", "--high-priority=no"]
        for module in modules:
            command += ["-L", module]
        self.server = subprocess.Popen(command, env=self.env, stderr=open(folder / "pulse.log", "w"))
        self.env["PULSE_SERVER"] = f"unix:{self.socket}"
        deadline = time.monotonic() + 20
        while "microphone_b" not in self.sources():
            if time.monotonic() > deadline:
                raise RuntimeError("PulseAudio does not start")
            time.sleep(0.05)
        # from the start: a null sink thinks in blocks of two seconds until somebody asks for less, which no real card does
        self.recordings = [self.record(line) for line in ("ab", "ba")]

    def sources(self):
        answer = subprocess.run(["pactl", "list", "short", "sources"], env=self.env, capture_output=True, text=True)
        return answer.stdout

    def record(self, line):
        """Starts recording a direction, both channels."""
        command = ["parec", "--device", f"line_{line}.monitor", "--rate=48000", "--channels=2", "--format=s16le"]
        command += ["--raw", "--latency-msec=20"]
        return subprocess.Popen(command, env=self.env, stdout=open(self.folder / f"{line}.raw", "wb"))

    def say(self, mouth, path):
        """Plays a file into a microphone, to its end."""
        command = ["paplay", "--latency-msec=20", "--device", f"mouth_{mouth}", str(path)]
        subprocess.run(command, env=self.env, check=True)

    def close(self):
        for process in (*self.recordings, self.server):
            end(process)


def end(process):
    """Ends a process that we started, and waits for it."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
