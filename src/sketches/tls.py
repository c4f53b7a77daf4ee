"""TLS between two ends, and no socket: you carry the bytes."""

import ssl
from collections.abc import Callable
from pathlib import Path

CERTIFICATE = Path(__file__).resolve().with_name("localhost.pem")
RECORDS = {20: "change of keys", 21: "alert", 22: "handshake", 23: "data"}


class End:
    def __init__(self, name: str, context: ssl.SSLContext) -> None:
        self.name = name
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        is_server = name == "server"
        self.tls = context.wrap_bio(
            self.incoming,
            self.outgoing,
            server_side=is_server,
            server_hostname=None if is_server else "localhost",
        )

    def can(self, step: Callable[[], object]) -> bool:
        """Whether *step* is done, or has to hear of the other end first."""
        try:
            step()
        except ssl.SSLWantReadError:
            return False
        return True


def carry(sender: End, receiver: End) -> None:
    data = sender.outgoing.read()
    print(f"{sender.name} -> {receiver.name}: {RECORDS[data[0]]}")
    receiver.incoming.write(data)


def connect() -> tuple[End, End]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server = End("server", context)
    client = End("client", ssl.create_default_context(cafile=CERTIFICATE))
    while not client.can(client.tls.do_handshake):
        carry(client, server)
        server.can(server.tls.do_handshake)
        carry(server, client)
    carry(client, server)
    server.tls.do_handshake()
    return client, server


if __name__ == "__main__":
    client, server = connect()
    client.tls.write(b"Hello")
    carry(client, server)
    print("server reads", server.tls.read())
