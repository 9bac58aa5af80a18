"""Jingle contents with audio (XEP-0167, 0176, 0320) to and from SDP, as far as aiortc's descriptions need it."""
import re
import xml.etree.ElementTree as ET

JINGLE = "urn:xmpp:jingle:1"
RTP = "urn:xmpp:jingle:apps:rtp:1"
ICE = "urn:xmpp:jingle:transports:ice-udp:1"
DTLS = "urn:xmpp:jingle:apps:dtls:0"


def content(sdp, name="0", candidates=True):
    """The content for one audio m-line."""
    lines = [line.partition("=")[2] for line in sdp.splitlines() if line.startswith(("a=", "m="))]
    attributes = [line.partition(":")[::2] for line in lines]
    one = lambda key: next((value for found, value in attributes if found == key), None)
    root = ET.Element(f"{{{JINGLE}}}content", creator="initiator", name=name, senders="both")
    description = ET.SubElement(root, f"{{{RTP}}}description", media="audio")
    formats = next(line for line in lines if line.startswith("audio ")).split()[3:]
    maps = dict(value.split(" ", 1) for key, value in attributes if key == "rtpmap")
    for number in formats:
        encoding, clock, *channels = maps[number].split("/")
        payload = ET.SubElement(description, f"{{{RTP}}}payload-type", id=number, name=encoding, clockrate=clock)
        if channels:
            payload.set("channels", channels[0])
    if "rtcp-mux" in lines:
        ET.SubElement(description, f"{{{RTP}}}rtcp-mux")
    transport = ET.SubElement(root, f"{{{ICE}}}transport", ufrag=one("ice-ufrag"), pwd=one("ice-pwd"))
    for key, value in attributes:
        if key == "candidate" and candidates:
            transport.append(candidate(value))
    hash_name, digest = next(value for key, value in attributes if key == "fingerprint" and value.startswith("sha-256")).split()
    fingerprint = ET.SubElement(transport, f"{{{DTLS}}}fingerprint", hash=hash_name, setup=one("setup"))
    fingerprint.text = digest
    return root


def candidate(value):
    foundation, component, protocol, priority, ip, port, _, kind, *more = value.split()
    words = dict(zip(more[::2], more[1::2]))
    found = ET.Element(
        f"{{{ICE}}}candidate", foundation=foundation, component=component, protocol=protocol.lower(), priority=priority,
        ip=ip, port=port, type=kind, generation="0", network="0", id=f"c{component}{port}",
    )
    if "raddr" in words:
        found.set("rel-addr", words["raddr"])
        found.set("rel-port", words["rport"])
    return found


def sdp(root, setup=None):
    """The SDP of a content."""
    description, transport = root.find(f"{{{RTP}}}description"), root.find(f"{{{ICE}}}transport")
    payloads = description.findall(f"{{{RTP}}}payload-type")
    fingerprint = transport.find(f"{{{DTLS}}}fingerprint")
    direction = {"both": "sendrecv", "none": "inactive"}.get(root.get("senders", "both"), "sendrecv")
    lines = [
        "v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=group:BUNDLE 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF " + " ".join(payload.get("id") for payload in payloads),
        "c=IN IP4 0.0.0.0", "a=mid:0", f"a={direction}",
    ]
    for payload in payloads:
        channels = payload.get("channels")
        encoding = f"{payload.get('name')}/{payload.get('clockrate', '8000')}" + (f"/{channels}" if channels else "")
        lines.append(f"a=rtpmap:{payload.get('id')} {encoding}")
        parameters = [
            f"{one.get('name')}={one.get('value')}" if one.get("name") else one.get("value")
            for one in payload.findall(f"{{{RTP}}}parameter")
        ]
        if parameters:
            lines.append(f"a=fmtp:{payload.get('id')} " + ";".join(parameters))
    if description.find(f"{{{RTP}}}rtcp-mux") is not None:
        lines.append("a=rtcp-mux")
    lines += [f"a=ice-ufrag:{transport.get('ufrag')}", f"a=ice-pwd:{transport.get('pwd')}"]
    for one in transport.findall(f"{{{ICE}}}candidate"):
        lines.append("a=candidate:" + spoken(one))
    lines += [f"a=fingerprint:{fingerprint.get('hash')} {fingerprint.text}", f"a=setup:{setup or fingerprint.get('setup')}"]
    return "\r\n".join(lines) + "\r\n"


def spoken(one):
    related = f" raddr {one.get('rel-addr')} rport {one.get('rel-port')}" if one.get("rel-addr") else ""
    return (
        f"{one.get('foundation')} {one.get('component')} UDP {one.get('priority')} {one.get('ip')} {one.get('port')}"
        f" typ {one.get('type')}{related}"
    )


def without_candidates(text):
    return re.sub(r"a=candidate:.*\r\n", "", text)
