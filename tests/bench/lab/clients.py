"""The clients that are compared, each driven as a person or a script would drive it, registered at Kamailio.

A client is started, told to `call` or to `answer` what comes, and ended by its process id. Ears and mouths are the devices
of `cards.py`. Voice processing is off in all of them.
"""

import socket
import subprocess
import time

from cards import end
from wire import ADDRESS, inside

PORT = {"a": 5062, "b": 5063}
SERVER = f"{ADDRESS['a']}:5060"


class Client:
    def __init__(self, side, folder, env, namespace):
        self.side, self.folder, self.log = side, folder, folder / "log"
        self.ear, self.microphone = f"ear_{side}", f"microphone_{side}"
        folder.mkdir()
        self.env = dict(env, HOME=str(folder), XDG_RUNTIME_DIR=str(folder))
        self.env.update(PULSE_SINK=self.ear, PULSE_SOURCE=self.microphone)
        self.namespace = namespace
        self.prefix = ["ip", "netns", "exec", namespace]
        self.process = None

    def start(self, *command):
        self.process = subprocess.Popen(
            [*self.prefix, *command],
            env=self.env,
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=open(self.log, "w"),
            stderr=subprocess.STDOUT,
            text=True,
        )

    def type(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def wait(self, word, seconds=20):
        """Waits until the client has printed the word."""
        deadline = time.monotonic() + seconds
        while word not in self.log.read_text(errors="replace"):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(f"{type(self).__name__} says no {word!r}; see {self.log}")
            time.sleep(0.005)

    def answer(self):
        """Takes the call that comes; nothing to do where the client answers by itself."""

    def close(self):
        if self.process:
            end(self.process)


class Landline(Client):
    binary = None
    processing = False

    def run(self):
        self.env.update(LANDLINE_PASSPHRASE="correct horse battery", LANG="en_US.UTF-8")
        home = self.folder / "home"
        (home / "config").mkdir(parents=True)
        sound = {"input": f"pulseaudio:{self.microphone}", "output": f"pulseaudio:{self.ear}", "ring": "null"}
        text = "".join(f'{name} = "{device}"\n' for name, device in sound.items())
        voice = "".join(f"{name} = {str(self.processing).lower()}\n" for name in ("echo", "noise", "gain"))
        (home / "config" / "config.toml").write_text(f"[sound]\n{text}[sound.voice]\n{voice}")
        self.command = [self.binary, "--home", str(home)]
        add = ["account", "add", "sip", "--address", f"sip:{self.side}@sip.test", "--server", SERVER]
        self.cli(*add, "--transport", "udp", "--password-stdin", text=f"secret-{self.side}\n")
        self.start(*self.command, "run", "--headless", "--json")
        self.wait('"registered"')

    def cli(self, *arguments, text=""):
        command = [*self.prefix, *self.command, *arguments]
        subprocess.run(command, env=self.env, input=text, text=True, check=True, stdout=subprocess.DEVNULL)

    def call(self, other):
        self.cli("call", f"sip:{other}@sip.test")

    def answer(self):
        self.wait('"state":"incoming"')
        self.cli("answer")


class Linphone(Client):
    def run(self):
        for name in (".local/share/linphone", ".config/linphone", ".cache"):
            (self.folder / name).mkdir(parents=True)
        sections = {
            "sip": {"sip_port": PORT[self.side], "sip_tcp_port": -2, "sip_tls_port": -2, "default_proxy": 0},
            "net": {"firewall_policy": 0, "mtu": 1300},
            "sound": {
                "playback_dev_id": f"PulseAudio: {self.ear}",
                "capture_dev_id": f"PulseAudio: {self.microphone}",
                "echocancellation": int(Landline.processing),
            },
            "video": {"display": 0, "capture": 0},
            "proxy_0": {
                "reg_proxy": f"<sip:{SERVER}>",
                "reg_route": f"<sip:{SERVER};lr>",
                "reg_identity": f"sip:{self.side}@sip.test",
                "reg_expires": 600,
                "reg_sendregister": 1,
            },
            "auth_info_0": {"username": self.side, "passwd": f"secret-{self.side}", "realm": "sip.test"},
        }
        codecs = [("opus", 48_000, 2), ("G722", 8_000, 1), ("PCMU", 8_000, 1)]
        for number, (name, rate, channels) in enumerate(codecs):
            codec = {"mime": name, "rate": rate, "channels": channels, "enabled": 1}
            sections[f"audio_codec_{number}"] = codec
        lines = []
        for section, values in sections.items():
            lines += [f"[{section}]", *(f"{name}={value}" for name, value in values.items())]
        (self.folder / "rc").write_text("\n".join(lines) + "\n")
        self.start("linphonec", "-c", str(self.folder / "rc"), "-a", "-d", "1")
        self.wait("to [LinphoneRegistrationOk]")

    def call(self, other):
        self.type(f"call sip:{other}@sip.test")


class Baresip(Client):
    def run(self):
        modules = ["stdio", "g711", "g722", "opus", "plc", "alsa"]
        lines = [f"sip_listen {ADDRESS[self.side]}:{PORT[self.side]}"]
        lines += [f"audio_{part} alsa,default" for part in ("player", "source", "alert")]
        lines += [f"{part}_{name}" for part in ("ausrc", "auplay") for name in ("srate 48000", "channels 1", "format s16")]
        lines += ["rtp_ports 27000-27100", "jitter_buffer_delay 5-10", "module_path /usr/lib/baresip/modules"]
        lines += [f"module {name}.so" for name in modules]
        lines += ["module_tmp uuid.so", "module_tmp account.so", "module_app menu.so"]
        lines += ["opus_inbandfec yes", "opus_packet_loss 10", "opus_stereo no", "opus_sprop_stereo no"]
        (self.folder / "config").write_text("\n".join(lines) + "\n")
        account = f"<sip:{self.side}@sip.test>;auth_user={self.side};auth_pass=secret-{self.side};regint=600"
        account += f';outbound="sip:{SERVER}";answermode=auto\n'
        (self.folder / "accounts").write_text(account)
        (self.folder / "contacts").write_text("")
        (self.folder / ".asoundrc").write_text("pcm.!default { type pulse }\nctl.!default { type pulse }\n")
        self.start("baresip", "-f", str(self.folder))
        self.wait("registered successfully")

    def call(self, other):
        self.type(f"/dial sip:{other}@sip.test")


CLIENTS = {"landline": Landline, "linphone": Linphone, "baresip": Baresip}


class Kamailio(Client):
    """The registrar and proxy of the project's tests, which lets one codec through, and redundancy for who knows it."""

    def serve(self, repository, modules, codec):
        text = (repository / "tests/support/kamailio.cfg").read_text()
        lines = [line for line in text.splitlines() if "tls" not in line.lower() and "listen=tcp" not in line]
        text = "\n".join(lines).replace("127.0.0.1:@PORT@", SERVER).replace("@MODULES@", modules)
        text = text.replace("@RELAY@", "").replace("@LISTEN@", "")
        text = text.replace('loadmodule "xlog.so"', 'loadmodule "xlog.so"\nloadmodule "sdpops.so"')
        keep = f'if (is_method("INVITE")) sdp_keep_codecs_by_name("{codec},red,telephone-event");\n  '
        text = text.replace('if (!lookup("location"))', keep + 'if (!lookup("location"))')
        (self.folder / "kamailio.cfg").write_text(text)
        run = str(self.folder)
        self.start("kamailio", "-DD", "-E", "-m", "16", "-M", "4", "-f", f"{run}/kamailio.cfg", "-Y", run, "-w", run)
        with inside(self.namespace), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.2)
            host, port = SERVER.split(":")
            probe.connect((host, int(port)))
            deadline = time.monotonic() + 20
            while not self.answers(probe):
                if time.monotonic() > deadline:
                    raise RuntimeError("Kamailio does not start")

    @staticmethod
    def answers(probe):
        """Whether it replies to OPTIONS."""
        here = "%s:%d" % probe.getsockname()
        request = (
            f"OPTIONS sip:sip.test SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bKprobe;rport\r\nMax-Forwards: 9\r\n"
            f"From: <sip:probe@sip.test>;tag=p\r\nTo: <sip:sip.test>\r\nCall-ID: probe@{here}\r\n"
            "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
        )
        try:
            probe.send(request.encode())
            return probe.recv(2048)
        except OSError:
            time.sleep(0.05)
            return None


