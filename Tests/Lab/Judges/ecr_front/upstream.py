"""The connection of one thread to a docker-registry behind."""
import http.client
import select


class Upstream:
    def __init__(self, address):
        self.address = address
        self.connection = None

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def send(self, method, target, fields=(), pieces=(), chunked=False):
        """Sends a request with a body that comes in pieces, and returns the answer, to be read to its end."""
        if self.connection and self.connection.sock and select.select([self.connection.sock], [], [], 0)[0]:
            # A kept connection that says something unasked has ended.
            self.close()
        if not self.connection:
            self.connection = http.client.HTTPConnection(self.address, timeout=120)
        connection = self.connection
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in fields:
            connection.putheader(name, value)
        connection.endheaders()
        broken = None
        for piece in pieces:
            if broken is None:
                try:
                    connection.send(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                except OSError as error:
                    broken = error
        if chunked and broken is None:
            connection.send(b"0\r\n\r\n")
        return connection.getresponse()
