"""A line to the bank that loses a large request, or the answer to it."""
import contextlib
import socket
import threading

LARGE = 12000  # bytes of a connection: look-ups of 200 rows take fewer, what books those more


class Line:
    """Passes bytes on until a connection has sent LARGE of them; from then on nobody is there.

    What a request of that size asks for is done where only the answer is lost: it is waited for.
    """

    def __init__(self, port, loses):
        self.port, self.loses = port, loses
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
        sent = 0
        while True:
            got = client.recv(65536)
            sent += len(got)
            if sent > LARGE:
                self.is_cut = True
            if not got or (self.is_cut and self.loses == "request"):
                bank.shutdown(socket.SHUT_RDWR)
                return
            bank.sendall(got)

    def carry_back(self, bank, client):
        with contextlib.suppress(OSError):
            while got := bank.recv(65536):
                if self.is_cut and len(got) > 300:  # an answer with its proof, no frame that lets more be sent
                    break
                client.sendall(got)
            client.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.listener.close()


@contextlib.contextmanager
def losing(office, profile, loses):
    """The profile reaches its bank over such a line, for as long as this holds."""
    conf = office.home / f"{profile}.conf"
    text = conf.read_text(encoding="utf-8")
    line = Line(office.bank.port, loses)
    conf.write_text(text.replace(f":{office.bank.port}", f":{line.own_port}"), encoding="utf-8")
    try:
        yield
    finally:
        conf.write_text(text, encoding="utf-8")
        line.close()
    assert line.is_cut
