"""An XMPP client whose calls are aiortc's: slixmpp for the stanzas, Jingle and Jingle Message Initiation by hand, one call at
a time. It plays a sine and writes what it hears to a WAV file. Standard input takes `call JID` (proposed), `initiate FULL-JID`
(without a proposal), `accept`, `decline`, `retract`, `hangup`, `hold`, `unhold`; each event is one line of JSON."""
import argparse
import asyncio
import sys
import uuid
import xml.etree.ElementTree as ET

import slixmpp
from aiortc import RTCSessionDescription
from aiortc.sdp import candidate_from_sdp
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

import jingle_sdp
from jingle_sdp import DTLS, ICE, JINGLE, RTP
from sound_peer import connection, live_on, tell

JMI = "urn:xmpp:jingle-message:0"
INFO = "urn:xmpp:jingle:apps:rtp:info:1"
CLIENT = "jabber:client"


class Client(slixmpp.ClientXMPP):
    def __init__(self, args):
        super().__init__(f"{args.user}@xmpp.test", args.password)
        self.args = args
        self.peer = self.sid = self.other = None
        self.ours = self.begun = False
        self.remote = asyncio.Event()
        self.tasks = set()
        self.use_ipv6 = False
        self.ca_certs = args.ca
        for name in ("xep_0030", "xep_0115", "xep_0280"):
            self.register_plugin(name)
        if args.quiet:
            self["xep_0030"].add_feature(RTP)
        else:
            for feature in (JINGLE, RTP, f"{RTP.removesuffix(':1')}:audio", ICE, DTLS, JMI):
                self["xep_0030"].add_feature(feature)
        self.add_event_handler("session_start", self.started)
        self.register_handler(Callback("jingle", MatchXPath(f"{{{CLIENT}}}iq/{{{JINGLE}}}jingle"), self.requested))
        self.register_handler(Callback("message", MatchXPath(f"{{{CLIENT}}}message"), self.said))

    def spawn(self, work):
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.done)

    def done(self, task):
        self.tasks.discard(task)
        if not task.cancelled() and task.exception():
            tell("fault", what=repr(task.exception()))

    async def started(self, _):
        await self["xep_0280"].enable()
        self.send_presence()
        tell("online", jid=str(self.boundjid))

    # words about a call

    def word(self, name, to, more=None):
        message = self.make_message(mto=to, mtype="chat")
        del message["body"]
        message["id"] = f"{name}-{uuid.uuid4().hex}"
        action = ET.SubElement(message.xml, f"{{{JMI}}}{name}", id=self.sid)
        if more is not None:
            action.append(more)
        ET.SubElement(message.xml, "{urn:xmpp:hints}store")
        message.send()

    def said(self, message):
        for action in message.xml:
            if not action.tag.startswith(f"{{{JMI}}}"):
                continue
            name, sid, sender = action.tag.split("}")[1], action.get("id"), message["from"]
            tell(name, sid=sid, **{"from": str(sender)})
            if sender.bare == self.boundjid.bare:
                continue
            if name == "propose":
                self.sid, self.other, self.ours = sid, sender, False
                self.word("ringing", sender)
            elif name == "proceed" and sid == self.sid:
                self.other = sender
                self.spawn(self.initiate())

    # sessions

    def action(self, name, *inside):
        iq = self.make_iq_set(ito=self.other)
        jingle = ET.SubElement(iq.xml, f"{{{JINGLE}}}jingle", action=name, sid=self.sid)
        if name == "session-initiate":
            jingle.set("initiator", self.boundjid.full)
        if name == "session-accept":
            jingle.set("responder", self.boundjid.full)
        jingle.extend(inside)
        iq.send(callback=lambda _: None, timeout=30, timeout_callback=lambda _: None)

    def media(self):
        self.peer = connection(self.args.tone, self.args.heard, self.spawn)
        self.remote.clear()
        return self.peer

    async def told(self, name):
        """Says our description; with `--trickle` its candidates one by one after it."""
        root = jingle_sdp.content(self.peer.localDescription.sdp, candidates=not self.args.trickle)
        self.action(name, root)
        if self.args.trickle:
            whole = jingle_sdp.content(self.peer.localDescription.sdp).find(f"{{{ICE}}}transport")
            for one in whole.findall(f"{{{ICE}}}candidate"):
                root = ET.Element(f"{{{JINGLE}}}content", creator="initiator", name="0")
                transport = ET.SubElement(root, whole.tag, ufrag=whole.get("ufrag"), pwd=whole.get("pwd"))
                transport.append(one)
                self.action("transport-info", root)

    async def initiate(self):
        self.ours, self.begun = True, True
        peer = self.media()
        await peer.setLocalDescription(await peer.createOffer())
        await self.told("session-initiate")

    async def accept(self, root):
        peer = self.media()
        await peer.setRemoteDescription(RTCSessionDescription(jingle_sdp.sdp(root), "offer"))
        self.remote.set()
        await peer.setLocalDescription(await peer.createAnswer())
        self.name = root.get("name")
        answer = jingle_sdp.content(peer.localDescription.sdp, self.name)
        self.action("session-accept", answer)
        tell("accepted")

    async def accepted(self, root):
        tell("answered", xml=ET.tostring(root, encoding="unicode"))
        await self.peer.setRemoteDescription(RTCSessionDescription(jingle_sdp.sdp(root), "answer"))
        self.remote.set()

    async def candidates(self, found):
        await self.remote.wait()
        for one in found:
            candidate = candidate_from_sdp(jingle_sdp.spoken(one))
            candidate.sdpMid, candidate.sdpMLineIndex = "0", 0
            await self.peer.addIceCandidate(candidate)

    def requested(self, iq):
        if iq["type"] != "set":
            return
        jingle = iq.xml.find(f"{{{JINGLE}}}jingle")
        action, sid = jingle.get("action"), jingle.get("sid")
        self.make_iq_result(id=iq["id"], ito=iq["from"]).send()
        root = jingle.find(f"{{{JINGLE}}}content")
        if action == "session-initiate":
            self.sid, self.other, self.offer, self.begun = sid, iq["from"], root, True
            tell("offered", xml=ET.tostring(root, encoding="unicode"))
            if self.args.answer:
                self.spawn(self.accept(root))
            else:
                self.action("session-info", ET.Element(f"{{{INFO}}}ringing"))
        elif action == "session-accept":
            self.spawn(self.accepted(root))
        elif action == "transport-info":
            found = root.findall(f"{{{ICE}}}transport/{{{ICE}}}candidate")
            tell("candidates", count=len(found))
            self.spawn(self.candidates(found))
        elif action == "session-info":
            tell("info", what=[child.tag.split("}")[1] for child in jingle])
        elif action == "session-terminate":
            reason = [child.tag.split("}")[1] for child in jingle.find(f"{{{JINGLE}}}reason") or []]
            tell("terminated", reason=reason)
            self.spawn(self.close())

    async def close(self):
        self.begun = False
        if self.peer:
            await self.peer.close()
            self.peer = None
        tell("closed")

    def reason(self, name):
        reason = ET.Element(f"{{{JINGLE}}}reason")
        ET.SubElement(reason, f"{{{JINGLE}}}{name}")
        return reason

    # what the test wants

    def command(self, name, rest):
        if name in ("call", "initiate"):
            self.sid, self.other = uuid.uuid4().hex, slixmpp.JID(rest)
            if name == "initiate":
                return self.spawn(self.initiate())
            self.word("propose", rest, ET.Element(f"{{{RTP}}}description", media="audio"))
        elif name == "accept" and self.begun:
            self.spawn(self.accept(self.offer))
        elif name == "accept":
            self.word("accept", self.boundjid.bare)
            self.word("proceed", self.other)
        elif name == "decline" and self.begun:
            self.action("session-terminate", self.reason(rest or "decline"))
        elif name == "decline":
            self.word("reject", self.other, self.reason(rest or "busy"))
        elif name == "retract":
            self.word("retract", self.other.bare)
        elif name in ("hold", "unhold"):
            self.action("session-info", ET.Element(f"{{{INFO}}}{name}"))
        elif name == "hangup":
            self.action("session-terminate", self.reason("success"))
            self.spawn(self.close())


async def main(args):
    live_on(["127.0.0.1"])
    client = Client(args)
    host, port = args.server.rsplit(":", 1)
    client.connect((host, int(port)))
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode():
        name, _, rest = line.strip().partition(" ")
        client.command(name, rest)


parser = argparse.ArgumentParser()
parser.add_argument("--user", required=True)
parser.add_argument("--password", required=True)
parser.add_argument("--server", required=True)
parser.add_argument("--ca", required=True)
parser.add_argument("--tone", type=int, required=True)
parser.add_argument("--heard", required=True)
parser.add_argument("--answer", action="store_true", help="a session is accepted as soon as it is begun")
parser.add_argument("--trickle", action="store_true", help="candidates come after the description")
parser.add_argument("--quiet", action="store_true", help="say nothing of calls in service discovery")
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main(parser.parse_args()))
