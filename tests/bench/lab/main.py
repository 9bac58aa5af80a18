"""The voice benchmark: see `tests/bench/voice`, which starts it."""

import argparse
import json
import os
import platform
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import score
import stimulus
import wire
from cards import Cards, end
from clients import CLIENTS, Kamailio, Landline

REPOSITORY = Path(__file__).resolve().parents[3]
COLUMNS = {"pesq": "PESQ-WB", "delay": "m2e ms", "latest": "p95 ms", "setup": "set-up s", "cpu": "CPU %", "memory": "MiB"}


def arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/voice")
    parser.add_argument("--landline", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--clients", default="landline,linphone,baresip", help="A, or A:B for a call from A to B")
    parser.add_argument("--codec", default="opus", choices=["opus", "g722", "pcmu"])
    parser.add_argument("--loss", help="percent, one or several")
    parser.add_argument("--burst", type=float, default=1.5, help="mean length of a run of losses, in packets")
    parser.add_argument("--delay", type=float, default=30, help="ms")
    parser.add_argument("--jitter", type=float, default=8, help="ms")
    parser.add_argument("--reorder", type=float, default=0, help="percent of packets that overtake others")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--processing", action="store_true", help="with echo, noise and gain control where there is any")
    parser.add_argument("--realtime", action="store_true", help="run all of a call above the machine's other work")
    parser.add_argument("--quick", action="store_true", help="English only, one run, 5 %% loss where none is given")
    parser.add_argument("--save", type=Path, help="write all figures there, as JSON")
    parser.add_argument("--keep", type=Path, help="keep recordings and logs there")
    wish = parser.parse_args()
    wish.loss = wish.loss or ("5" if wish.quick else "0,5,10,20")
    wish.runs = 1 if wish.quick else wish.runs
    return wish


def modules():
    return f"{next(Path('/usr/lib').glob('*/kamailio/modules'))}/"


def usage(pid):
    """CPU seconds and peak resident MiB of a process and its children."""
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    memory = int(status["VmHWM"].split()[0]) / 1024
    for child in children:
        more = usage(int(child))
        cpu, memory = cpu + more[0], memory + more[1]
    return cpu, memory


def media_flows(net, since):
    """Waits until media has gone both ways; gives the seconds from `since`."""
    seen, deadline = {}, since + 20
    while len(seen) < 2:
        ready, _, _ = select.select([net.stdout], [], [], max(0, deadline - time.monotonic()))
        line = net.stdout.readline().split() if ready else []
        if not line:
            raise RuntimeError("no media")
        seen[line[1]] = float(line[2])
    return max(seen.values()) - since


def call(wish, pair, loss, seed, folder, speech):
    """One call; gives its figures."""
    names = {end: f"voice-{end}-{os.getpid()}" for end in "ab"}
    line = {name: getattr(wish, name) for name in ("burst", "delay", "jitter", "reorder")}
    line.update(names, loss=loss, seed=seed)
    command = [sys.executable, str(REPOSITORY / "tests/bench/lab/wire.py"), json.dumps(line)]
    if wish.realtime:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    net = subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0)
    closing = [lambda: end(net)]
    try:
        if net.stdout.readline().strip() != b"ready":
            raise RuntimeError("the wire does not start")
        cards = Cards(folder)
        closing.append(cards.close)
        server = Kamailio("a", folder / "kamailio", cards.env, names["a"])
        closing.append(server.close)
        server.serve(REPOSITORY, modules(), wish.codec)
        clients = {}
        for side in "ba":
            client = clients[side] = CLIENTS[pair["ab".index(side)]](side, folder / side, cards.env, names[side])
            closing.append(client.close)
            client.run()
        begin = time.monotonic()
        clients["a"].call("b")
        clients["b"].answer()
        setup = media_flows(net, begin)
        time.sleep(2)
        before = {side: usage(client.process.pid) for side, client in clients.items()}
        start = time.monotonic()
        for mouth in "ab":  # in turn: nobody's echo control or comfort noise is to be measured
            cards.say(mouth, speech)
            time.sleep(0.8)
        seconds = time.monotonic() - start
        after = {side: usage(client.process.pid) for side, client in clients.items()}
        cards.close()
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        end(net)
        counts = [line.split() for line in net.stdout.read().decode().splitlines() if line.startswith("count")]
        heard = [score.direction(folder / f"{way}.raw") for way in ("ab", "ba")]
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        for close in reversed(closing):
            close()
    if not all(heard):
        raise RuntimeError(f"a direction is silent: {[bool(h) for h in heard]}")
    delays = [delay - wish.delay for way in heard for delay in way["delays"]]
    return {
        "pesq": statistics.fmean(statistics.fmean(way["pesq"]) for way in heard),
        "delay": statistics.median(delays),
        "latest": sorted(delays)[int(0.95 * (len(delays) - 1))],
        "setup": setup,
        "cpu": statistics.fmean(100 * (after[side][0] - before[side][0]) / seconds for side in "ab"),
        "memory": statistics.fmean(after[side][1] for side in "ab"),
        "lost": 100 * sum(int(lost) for *_, lost in counts) / sum(int(sent) for _, _, sent, _ in counts),
        "load": os.getloadavg()[0],
    }


def table(results):
    """Medians, and how they stand to Linphone's on the same line."""
    width = max(len(result["clients"]) for result in results)
    titles = [f"{title:>14}" for title in COLUMNS.values()]
    print("\n" + "  ".join(["loss %", "clients".ljust(width), *titles, "lost", "load"]))
    for result in results:
        peers = [r for r in results if r["loss"] == result["loss"] and r["clients"] == "linphone:linphone"]
        cells = []
        for name in COLUMNS:
            value, cell = result["median"][name], f"{result['median'][name]:.2f}"
            if peers and peers[0] is not result:
                cell += f" ({value / peers[0]['median'][name]:.2f}x)"
            cells.append(f"{cell:>14}")
        median = result["median"]
        row = [f"{result['loss']:>6g}", result["clients"].ljust(width), *cells]
        print("  ".join([*row, f"{median['lost']:4.1f}", f"{median['load']:4.1f}"]))


def machine():
    versions = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${Version}\n", "linphone-cli", "baresip-core", "kamailio", "pulseaudio"],
        capture_output=True,
        text=True,
    )
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    command = ["git", "-C", str(REPOSITORY), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, capture_output=True, text=True)
    return {
        "cores": os.cpu_count(),
        "processor": model[0] if model else platform.machine(),
        "kernel": platform.release(),
        "peers": dict(line.split() for line in versions.stdout.splitlines()),
        "landline": commit.stdout.strip(),
    }


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended
    wish = arguments()
    Landline.binary, Landline.processing = wish.landline, wish.processing
    results = []
    with tempfile.TemporaryDirectory(prefix="voice-") as scratch:
        root = wish.keep or Path(scratch)
        root.mkdir(parents=True, exist_ok=True)
        speech = root / "speech.wav"
        stimulus.write(speech, 1 if wish.quick else 2)
        for loss in map(float, wish.loss.split(",")):
            pairs = [(name.split(":") * 2)[:2] for name in wish.clients.split(",")]
            runs = {":".join(pair): [] for pair in pairs}
            for number in range(wish.runs):
                for pair in pairs:  # in turn, so that what else the machine does meets all alike
                    name = ":".join(pair)
                    folder = root / f"{name.replace(':', '-')}-{loss:g}-{number}"
                    folder.mkdir()
                    try:
                        runs[name].append(call(wish, pair, loss, number + 1, folder, speech))
                        print(f"{name} {loss:g} % run {number + 1}: {figures(runs[name][-1])}", flush=True)
                    except (RuntimeError, subprocess.CalledProcessError) as error:
                        print(f"{name} {loss:g} % run {number + 1} failed: {error}", file=sys.stderr, flush=True)
            for name, done in runs.items():
                if done:
                    median = {key: statistics.median(run[key] for run in done) for key in done[0]}
                    results.append({"clients": name, "loss": loss, "median": median, "runs": done})
    table(results)
    if wish.save:
        command = "tests/bench/voice " + " ".join(sys.argv[3:])
        line = {name: getattr(wish, name) for name in ("codec", "burst", "delay", "jitter", "reorder")}
        wish.save.parent.mkdir(parents=True, exist_ok=True)
        report = {"command": command, "machine": machine(), "line": line, "results": results}
        wish.save.write_text(json.dumps(report, indent=1) + "\n")


def figures(run):
    return ", ".join(f"{title} {run[name]:.2f}" for name, title in COLUMNS.items())


if __name__ == "__main__":
    main()
