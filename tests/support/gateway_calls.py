"""Calls of the tests' gateway, with what gateways in use do and the standards do not say:

- it lets a caller proceed at once, by a message without a type, long before anybody answers;
- it knows a call by the resource of the number's JID (`/sip:...`): words to any other address are lost;
- it writes what it likes as initiator and responder, and never `rtcp-mux`;
- it sends `transport-info` with `setup='actpass'` before it accepts with `active`;
- it has PCMU and nothing else, and may change its SSRC in mid-call.

Commands: `call` (`to`, `from`; with `direct` a session without a proposal, `to` being a full JID), `answer` and `hangup` for
the call there is, `ssrc` for another SSRC from now on. The media are aiortc's, which has one component only: the second one,
for RTCP, is described by nobody here, and stays without a path."""
import asyncio
import random
import threading
import uuid
import xml.etree.ElementTree as ET

from aiortc import RTCSessionDescription

import jingle_sdp
from jingle_sdp import DTLS, ICE, JINGLE, RTP
from sound_peer import connection, live_on

JMI = "urn:xmpp:jingle-message:0"
RESOURCE = "/sip:caller\\40voip.test"
TONE = 880


class Calls:
    def __init__(self, domain, heard, send, say):
        self.domain, self.heard, self.send_xml, self.say = domain, heard, send, say
        self.peer = self.sid = self.us = self.them = self.offer = None
        live_on(["127.0.0.1"])
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def run(self, work):
        async def watched():
            try:
                await work
            except Exception as error:
                self.say(event="fault", what=repr(error))

        asyncio.run_coroutine_threadsafe(watched(), self.loop)

    def send(self, stanza):
        self.send_xml(ET.tostring(stanza, encoding="unicode"))

    def say_word(self, name, more=None, **attributes):
        message = ET.Element("message", **{"from": self.us, "to": self.them}, **attributes)
        word = ET.SubElement(message, f"{{{JMI}}}{name}", id=self.sid)
        if more is not None:
            word.append(more)
        self.send(message)

    def act(self, action, *inside):
        iq = ET.Element("iq", **{"type": "set", "from": self.us, "to": self.them, "id": uuid.uuid4().hex})
        jingle = ET.SubElement(iq, f"{{{JINGLE}}}jingle", action=action, sid=self.sid)
        # not the JID of anybody in this call
        jingle.set("initiator", f"asterisk@{self.domain}/rewritten")
        jingle.set("responder", f"asterisk@{self.domain}/rewritten")
        jingle.extend(inside)
        self.send(iq)

    def media(self):
        self.peer = connection(TONE, self.heard, lambda work: self.loop.create_task(work))
        return self.peer

    def described(self, setup=None):
        root = jingle_sdp.content(self.peer.localDescription.sdp, self.name)
        description = root.find(f"{{{RTP}}}description")
        for payload in description.findall(f"{{{RTP}}}payload-type"):
            if payload.get("name") != "PCMU":
                description.remove(payload)
        description.remove(description.find(f"{{{RTP}}}rtcp-mux"))
        if setup:
            root.find(f"{{{ICE}}}transport/{{{DTLS}}}fingerprint").set("setup", setup)
        return root

    def heard_sdp(self, root):
        """For aiortc, which has one component, and no calls without rtcp-mux."""
        transport = root.find(f"{{{ICE}}}transport")
        for candidate in transport.findall(f"{{{ICE}}}candidate"):
            if candidate.get("component") != "1":
                transport.remove(candidate)
        description = root.find(f"{{{RTP}}}description")
        if description.find(f"{{{RTP}}}rtcp-mux") is None:
            ET.SubElement(description, f"{{{RTP}}}rtcp-mux")
        return jingle_sdp.sdp(root)

    # what comes

    def word(self, word, sender, to):
        name, sid = word.tag.split("}")[1], word.get("id")
        self.say(event="call", word=name, **{"from": sender}, to=to)
        if name == "propose":
            self.sid, self.us, self.them = sid, to + RESOURCE, sender
            self.say_word("proceed")
        elif sid == self.sid and to == self.us and name == "proceed":
            self.them = sender
            self.run(self.initiate())

    def request(self, jingle, sender, to):
        action = jingle.get("action")
        if jingle.get("sid") != self.sid or to != self.us:
            return self.say(event="call", lost=action)
        root = jingle.find(f"{{{JINGLE}}}content")
        told = {"reason": [one.tag.split("}")[1] for one in jingle.find(f"{{{JINGLE}}}reason") or []]}
        if action == "session-initiate":
            self.offer, self.name = root, root.get("name")
        elif action == "session-accept":
            told["mux"] = root.find(f"{{{RTP}}}description/{{{RTP}}}rtcp-mux") is not None
            told["codecs"] = [one.get("name") for one in root.iter(f"{{{RTP}}}payload-type")]
            self.run(self.peer.setRemoteDescription(RTCSessionDescription(self.heard_sdp(root), "answer")))
        elif action == "session-terminate" and self.peer:
            self.run(self.peer.close())
        self.say(event="call", action=action, **told)

    # what the test wants

    async def initiate(self):
        self.name = "sip"
        peer = self.media()
        await peer.setLocalDescription(await peer.createOffer())
        self.act("session-initiate", self.described())

    async def accept(self):
        peer = self.media()
        await peer.setRemoteDescription(RTCSessionDescription(self.heard_sdp(self.offer), "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        whole = self.described()
        early = ET.Element(f"{{{JINGLE}}}content", creator="initiator", name=self.name)
        early.append(self.described("actpass").find(f"{{{ICE}}}transport"))
        self.act("transport-info", early)
        transport = whole.find(f"{{{ICE}}}transport")
        for candidate in transport.findall(f"{{{ICE}}}candidate"):
            transport.remove(candidate)
        self.act("session-accept", whole)

    def command(self, command):
        if command["do"] == "call":
            self.sid, self.them = uuid.uuid4().hex, command["to"]
            self.us = f"{command['from']}@{self.domain}{RESOURCE}"
            if command.get("direct"):
                return self.run(self.initiate())
            audio = ET.Element(f"{{{RTP}}}description", media="audio")
            self.say_word("propose", audio, type="chat", id=f"proposal%{self.sid}")
        elif command["do"] == "answer":
            self.run(self.accept())
        elif command["do"] == "ssrc":
            self.peer.getSenders()[0]._ssrc = random.getrandbits(32)
        elif command["do"] == "hangup" and self.peer:
            reason = ET.Element(f"{{{JINGLE}}}reason")
            ET.SubElement(reason, f"{{{JINGLE}}}success")
            self.act("session-terminate", reason)
            self.run(self.peer.close())
        else:
            self.say_word("retract")
