"""A line to the bank that somebody meddles with: at a chosen moment a request or its answer is lost, or others act."""
import contextlib
import socket
import struct
import threading

HEAD_MAX = 4096  # a request of which no more than its head is lost is known not to have been made


class Line:
    """Passes bytes on until `ends` says that it has; from then on nobody is there.

    `ends` is asked, with the line, before each piece that a client sends is passed on. What a request asks
    for is done where only the answer is lost: it is waited for. A "reset" loses the answer too, and the client
    learns of it as of a machine that has gone, not as of one that has hung up.
    """

    def __init__(self, port, ends, loses):
        self.port, self.ends, self.loses = port, ends, loses
        self.sent = self.pieces = 0  # by all clients, with the piece that `ends` is asked about
        self.is_cut = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.own_port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            if self.is_cut:
                client.close()
                continue
            threading.Thread(target=self.carry, args=[client], daemon=True).start()

    def carry(self, client):
        with client, socket.create_connection(("127.0.0.1", self.port)) as bank:
            back = threading.Thread(target=self.carry_back, args=[bank, client], daemon=True)
            back.start()
            with contextlib.suppress(OSError):
                self.carry_forth(client, bank)
            back.join()

    def carry_forth(self, client, bank):
        lost = 0
        while lost <= HEAD_MAX and (got := client.recv(65536)):
            self.sent += len(got)
            self.pieces += 1
            self.is_cut = self.is_cut or self.ends(self)
            if self.is_cut and self.loses == "request":
                lost += len(got)
            else:
                bank.sendall(got)
        bank.shutdown(socket.SHUT_RDWR)

    def carry_back(self, bank, client):
        with contextlib.suppress(OSError):
            while got := bank.recv(65536):
                if self.is_cut and len(got) > 300:  # an answer with its proof, no frame that lets more be sent
                    break
                client.sendall(got)
            if self.is_cut and self.loses == "reset":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.shutdown(socket.SHUT_RD if self.loses == "reset" else socket.SHUT_RDWR)

    def close(self):
        self.listener.close()


@contextlib.contextmanager
def over_a_line(office, profile, ends, loses=None):
    """The profile reaches its bank over such a line, for as long as this holds."""
    conf = office.home / f"{profile}.conf"
    text = conf.read_text(encoding="utf-8")
    line = Line(office.bank.port, ends, loses)
    conf.write_text(text.replace(f":{office.bank.port}", f":{line.own_port}"), encoding="utf-8")
    try:
        yield line
    finally:
        conf.write_text(text, encoding="utf-8")
        line.close()


@contextlib.contextmanager
def losing(office, profile, loses, of=None):
    """Loses the first request that is kept before it is sent, or the first that brings so many bytes."""
    kept = office.home / profile / "outbox"
    with over_a_line(office, profile,
                     lambda line: line.sent > of if of else any(kept.glob("*.submit")), loses) as line:
        yield
    assert line.is_cut
