# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""A proxy that leads Microsoft's own names to the sandbox, for clients that know no other address."""
import socket
import threading
import urllib.parse

from common import *

SANDBOX = urllib.parse.urlsplit(TENANT["graph"])
HOSTS = ("login.microsoftonline.com:443", "graph.microsoft.com:443", "kv1.vault.azure.net:443", SANDBOX.netloc)
reached = set()


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def connect(client):
    """One CONNECT of a proxy: every name but the sandbox's own address must be Microsoft's."""
    head = b""
    while b"\r\n\r\n" not in head and (data := client.recv(4096)):
        head += data
    name = head.split()[1].decode()
    reached.add(name)
    if name not in HOSTS:
        client.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
        return client.close()
    server = socket.create_connection((SANDBOX.hostname, SANDBOX.port))
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for pair in ((client, server), (server, client)):
        threading.Thread(target=pump, args=pair, daemon=True).start()


def proxy():
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            threading.Thread(target=connect, args=listener.accept()[:1], daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return "http://127.0.0.1:%d" % listener.getsockname()[1]
