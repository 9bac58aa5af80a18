"""A user agent whose media are aiortc's: SIP over UDP at a registrar, one call at a time. It plays a sine and writes what it
hears to a WAV file. Standard input takes `call URI` and `hangup`; each event is one line of JSON on standard output.
It speaks as much SIP as the tests' calls need, and nothing of it is meant to be a phone."""
import argparse
import asyncio
import hashlib
import re
import sys
import uuid

from aiortc import RTCSessionDescription
from sound_peer import connection, live_on, tell


def headers(text):
    """First line, list of (lower-case name, value), body."""
    head, _, body = text.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    found = [tuple(part.strip() for part in line.split(":", 1)) for line in lines if ":" in line]
    short = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length"}
    return first, [(short.get(name.lower(), name.lower()), value) for name, value in found], body


def digest(challenge, method, uri, user, password):
    field = dict((name, quoted or plain) for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', challenge))
    md5 = lambda *parts: hashlib.md5(":".join(parts).encode()).hexdigest()
    one, two = md5(user, field["realm"], password), md5(method, uri)
    cnonce = uuid.uuid4().hex
    answer = md5(one, field["nonce"], "00000001", cnonce, "auth", two) if "qop" in field else md5(one, field["nonce"], two)
    text = f'Digest username="{user}",realm="{field["realm"]}",nonce="{field["nonce"]}",uri="{uri}",response="{answer}"'
    return text + (f',qop=auth,nc=00000001,cnonce="{cnonce}"' if "qop" in field else "")


class Agent(asyncio.DatagramProtocol):
    def __init__(self, args):
        self.args = args
        host, port = args.server.rsplit(":", 1)
        self.server = (host, int(port))
        self.tag = uuid.uuid4().hex[:8]
        self.waiting = {}
        self.answered = {}
        self.peer = None
        self.dialog = None
        self.tasks = set()

    def connection_made(self, transport):
        self.transport = transport
        self.local = "%s:%d" % transport.get_extra_info("sockname")

    def spawn(self, work):
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.done)

    def done(self, task):
        self.tasks.discard(task)
        if not task.cancelled() and task.exception():
            tell("fault", what=repr(task.exception()))

    def send(self, text):
        self.transport.sendto(text.encode(), self.server)

    # requests of ours

    def message(self, method, uri, to, call, number, more=(), body=""):
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.local};branch=z9hG4bK{uuid.uuid4().hex};rport",
            "Max-Forwards: 70",
            f"From: <sip:{self.args.user}@{self.args.domain}>;tag={self.tag}",
            f"To: {to}",
            f"Call-ID: {call}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:{self.args.user}@{self.local}>",
            *more,
        ]
        if body:
            lines.append("Content-Type: application/sdp")
        return "\r\n".join([*lines, f"Content-Length: {len(body.encode())}", "", body])

    async def ask(self, method, uri, to, call, number, more=(), body=""):
        """The final response, after a challenge if there is one."""
        more = list(more)
        for _ in range(2):
            queue = self.waiting[(call, number, method)] = asyncio.Queue()
            request = self.message(method, uri, to, call, number, more, body)
            self.send(request)
            while True:
                first, fields, answer = await asyncio.wait_for(queue.get(), 60)
                code = int(first.split()[1])
                if code >= 200:
                    break
                tell("progress", code=code)
            if code not in (401, 407):
                return code, fields, answer
            if method == "INVITE":
                self.acknowledge(request, fields)
            name = "WWW-Authenticate" if code == 401 else "Proxy-Authenticate"
            challenge = dict(fields)[name.lower()]
            credentials = digest(challenge, method, uri, self.args.user, self.args.password)
            more.append(f"{'Authorization' if code == 401 else 'Proxy-Authorization'}: {credentials}")
            number += 1
        raise RuntimeError(f"{method} is refused: {code}")

    def acknowledge(self, request, fields):
        """The ACK of a refusal: the same transaction."""
        first, sent, _ = headers(request)
        sent = dict(sent)
        number = sent["cseq"].split()[0]
        uri = first.split()[1]
        self.send(
            f"ACK {uri} SIP/2.0\r\nVia: {sent['via']}\r\nMax-Forwards: 70\r\nFrom: {sent['from']}\r\n"
            f"To: {dict(fields)['to']}\r\nCall-ID: {sent['call-id']}\r\nCSeq: {number} ACK\r\nContent-Length: 0\r\n\r\n"
        )

    async def register(self):
        uri, to = f"sip:{self.args.domain}", f"<sip:{self.args.user}@{self.args.domain}>"
        code, _, _ = await self.ask("REGISTER", uri, to, uuid.uuid4().hex, 1, ["Expires: 600"])
        tell("registered" if code == 200 else "refused", code=code)

    # media

    def media(self):
        turn = (self.args.turn, self.args.turn_user, self.args.turn_password) if self.args.turn else None
        self.peer = connection(self.args.tone, self.args.heard, self.spawn, turn)
        return self.peer

    def described(self):
        """What aiortc says, or with the certificate of another, where the test is of that."""
        sdp = self.peer.localDescription.sdp
        if self.args.wrong_fingerprint:
            other = ":".join(["AB"] * 32)
            sdp = re.sub(r"(a=fingerprint:sha-256 )\S+", lambda found: found.group(1) + other, sdp)
        return sdp

    async def call(self, uri):
        peer = self.media()
        await peer.setLocalDescription(await peer.createOffer())
        call = uuid.uuid4().hex
        code, fields, body = await self.ask("INVITE", uri, f"<{uri}>", call, 1, [], self.described())
        if code >= 300:
            return tell("refused", code=code)
        route = [value for name, values in fields if name == "record-route" for value in values.split(",")]
        number = int(dict(fields)["cseq"].split()[0])
        contact = re.search(r"<([^>]+)>", dict(fields)["contact"]).group(1)
        self.dialog = (contact, dict(fields)["to"], call, number, [f"Route: {hop.strip()}" for hop in reversed(route)])
        self.send(self.message("ACK", contact, dict(fields)["to"], call, number, self.dialog[4]))
        tell("answered", sdp=body)
        await peer.setRemoteDescription(RTCSessionDescription(body, "answer"))
        tell("established")

    async def hang_up(self):
        if self.dialog:
            contact, to, call, number, route = self.dialog
            self.dialog = None
            await self.ask("BYE", contact, to, call, number + 10, route)
        await self.close()

    async def close(self):
        if self.peer:
            await self.peer.close()
            self.peer = None
        tell("closed")

    # requests of theirs

    def respond(self, request, code, body=""):
        _, fields, _ = request
        lines = [f"SIP/2.0 {code} {'OK' if code == 200 else 'Said'}"]
        for name, value in fields:
            if name == "to" and "tag=" not in value:
                value += f";tag={self.tag}"
            if name in ("via", "from", "to", "call-id", "cseq", "record-route"):
                lines.append(f"{name}: {value}")
        lines.append(f"Contact: <sip:{self.args.user}@{self.local}>")
        if body:
            lines.append("Content-Type: application/sdp")
        text = "\r\n".join([*lines, f"Content-Length: {len(body.encode())}", "", body])
        self.answered[dict(fields)["via"]] = text
        self.send(text)

    async def invited(self, request):
        first, fields, body = request
        again = self.peer is not None
        tell("offered", sdp=body, again=again)
        peer = self.peer or self.media()
        await peer.setRemoteDescription(RTCSessionDescription(body, "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        fields_of = dict(fields)
        route = [value for name, values in fields if name == "record-route" for value in values.split(",")]
        contact = re.search(r"<([^>]+)>", fields_of["contact"]).group(1)
        self.dialog = (contact, fields_of["from"], fields_of["call-id"], 1, [f"Route: {hop.strip()}" for hop in route])
        self.respond(request, 200, self.described())

    def datagram_received(self, data, _):
        request = headers(data.decode(errors="replace"))
        first, fields, _ = request
        known = dict(fields)
        if first.startswith("SIP/2.0"):
            number, method = known["cseq"].split()
            queue = self.waiting.get((known["call-id"], int(number), method))
            if queue:
                queue.put_nowait(request)
            return
        method = first.split()[0]
        if known["via"] in self.answered and method != "ACK":
            return self.send(self.answered[known["via"]])
        if method == "INVITE":
            self.respond(request, 180)
            self.spawn(self.invited(request))
        elif method == "ACK":
            tell("established")
        elif method == "BYE":
            self.respond(request, 200)
            self.dialog = None
            self.spawn(self.close())
        else:
            self.respond(request, 200)


async def main(args):
    live_on(args.address)
    loop = asyncio.get_running_loop()
    _, agent = await loop.create_datagram_endpoint(lambda: Agent(args), local_addr=(args.sip_address, 0))
    await agent.register()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode():
        command, _, rest = line.strip().partition(" ")
        if command == "call":
            agent.spawn(agent.call(rest))
        elif command == "hangup":
            agent.spawn(agent.hang_up())


parser = argparse.ArgumentParser()
parser.add_argument("--user", required=True)
parser.add_argument("--password", required=True)
parser.add_argument("--domain", required=True)
parser.add_argument("--server", required=True)
parser.add_argument("--tone", type=int, required=True)
parser.add_argument("--heard", required=True)
parser.add_argument("--address", action="append", default=None)
parser.add_argument("--sip-address", default="127.0.0.1")
parser.add_argument("--wrong-fingerprint", action="store_true")
parser.add_argument("--turn")
parser.add_argument("--turn-user")
parser.add_argument("--turn-password")
arguments = parser.parse_args()
arguments.address = arguments.address or ["127.0.0.1"]
asyncio.run(main(arguments))
