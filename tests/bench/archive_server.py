"""An XMPP server that does nothing but give an archive away, as fast as it can: a feeder for the benchmark, no server to test
against. It knows one account, SCRAM-SHA-1, direct TLS and XEP-0313.

    archive_server.py PORT CERTIFICATE KEY COUNT_FILE

COUNT_FILE holds how many texts the archive has; it is read again for each question.
"""
import base64
import hashlib
import hmac
import os
import re
import socket
import ssl
import sys
import threading

port, certificate, key, count_file = int(sys.argv[1]), *sys.argv[2:5]
HOST, ME, PASSWORD = "xmpp.test", "alice@xmpp.test", b"secret-alice"
WORDS = "the quick brown fox jumps over lazy dog meeting tomorrow at noon please call back parcel number street".split()


def message(n, query):
    peer = f"friend{n % 200}@xmpp.test"
    body = " ".join(WORDS[(n * 7 + k * 3) % len(WORDS)] for k in range(12)) + f" {n}"
    second = 1_600_000_000 + n
    days, rest = divmod(second - 1_600_000_000, 86400)
    stamp = f"2020-{9 + days // 28:02}-{1 + days % 28:02}T{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}Z"
    return (
        f"<message to='{ME}' from='{ME}'><result xmlns='urn:xmpp:mam:2' queryid='{query}' id='{n}'>"
        f"<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='{stamp}'/>"
        f"<message xmlns='jabber:client' type='chat' from='{peer}/x' to='{ME}' id='m{n}'><body>{body}</body>"
        f"<origin-id xmlns='urn:xmpp:sid:0' id='m{n}'/></message></forwarded></result></message>"
    )


def archive(ident, question):
    count = int(open(count_file).read())
    most = int(re.search(r"<max[^>]*>(\d+)", question).group(1))
    query = re.search(r"queryid=['\"]([^'\"]+)", question).group(1)
    after = re.search(r"<after[^>]*>(\d+)", question)
    before = re.search(r"<before[^>]*>(\d+)", question)
    if after:
        first = int(after.group(1)) + 1
        last = min(first + most, count)
        complete = last == count
    else:
        last = int(before.group(1)) if before else count
        first = max(0, last - most)
        complete = first == 0
    edges = f"<first>{first}</first><last>{last - 1}</last>" if last > first else ""
    fin = (
        f"<iq type='result' id='{ident}' to='{ME}'><fin xmlns='urn:xmpp:mam:2' complete='{str(complete).lower()}'>"
        f"<set xmlns='http://jabber.org/protocol/rsm'>{edges}<count>{count}</count></set></fin></iq>"
    )
    return "".join(message(n, query) for n in range(first, last)) + fin


class Client:
    def __init__(self, connection):
        self.connection, self.buffer, self.authenticated, self.final = connection, "", False, None

    def send(self, text):
        self.connection.sendall(text.encode())

    def stream(self):
        self.send(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
            f" id='{os.urandom(4).hex()}' version='1.0' from='{HOST}'><stream:features>"
            + (
                "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
                if self.authenticated
                else "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1</mechanism></mechanisms>"
            )
            + "</stream:features>"
        )

    def challenge(self, first):
        bare = first.split(",", 2)[2]
        nonce = bare.split("r=")[1] + os.urandom(9).hex()
        salt = os.urandom(12)
        self.first = f"r={nonce},s={base64.b64encode(salt).decode()},i=4096"
        self.bare, self.salted = bare, hashlib.pbkdf2_hmac("sha1", PASSWORD, salt, 4096)
        return self.first

    def finish(self, final):
        auth = f"{self.bare},{self.first},{final.rsplit(',p=', 1)[0]}".encode()
        server_key = hmac.new(self.salted, b"Server Key", "sha1").digest()
        return "v=" + base64.b64encode(hmac.new(server_key, auth, "sha1").digest()).decode()

    def element(self, text):
        sasl = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"
        payload = lambda: base64.b64decode(re.search(r">([^<]+)</", text).group(1)).decode()
        b64 = lambda value: base64.b64encode(value.encode()).decode()
        if text.startswith("<auth"):
            self.send(f"<challenge {sasl}>{b64(self.challenge(payload()))}</challenge>")
        elif text.startswith("<response"):
            self.send(f"<success {sasl}>{b64(self.finish(payload()))}</success>")
            self.authenticated = True
        elif text.startswith("<iq"):
            ident = re.search(r"id=['\"]([^'\"]+)", text).group(1)
            sender = re.search(r"\bto=['\"]([^'\"]+)", text)
            back = f" from='{sender.group(1)}'" if sender else ""
            if "xmpp-bind" in text:
                inner = f"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{ME}/r</jid></bind>"
            elif "urn:xmpp:mam:2" in text:
                return self.send(archive(ident, text))
            elif "disco#info" in text:
                feature = "<feature var='urn:xmpp:mam:2'/>" if sender and sender.group(1) == ME else ""
                inner = f"<query xmlns='http://jabber.org/protocol/disco#info'>{feature}</query>"
            elif "jabber:iq:roster" in text:
                inner = "<query xmlns='jabber:iq:roster'/>"
            else:
                inner = ""
            self.send(f"<iq type='result' id='{ident}'{back}>{inner}</iq>")

    def run(self):
        while data := self.connection.recv(65536):
            self.buffer += data.decode()
            while match := re.match(
                r"\s*(?:<\?xml[^>]*\?>\s*)?(<stream:stream[^>]*>|</stream:stream>|<(\w+)(?:[^>]*/>|[^>]*>.*?</\2>))",
                self.buffer,
                re.S,
            ):
                self.buffer = self.buffer[match.end() :]
                text = match.group(1)
                if text.startswith("<stream"):
                    self.stream()
                elif text.startswith("</stream"):
                    return self.connection.close()
                else:
                    self.element(text)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


def serve(plain):
    try:
        Client(context.wrap_socket(plain, server_side=True)).run()
    except OSError:
        pass


listener = socket.create_server(("127.0.0.1", port))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
