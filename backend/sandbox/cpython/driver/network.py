# HTTP for code, through the host: what http.client would write to a socket goes to the host as one request, and the
# response comes back whole. urllib.request, requests (urllib3) and xmlrpc stand on http.client, so they work by it; the
# host decides per host name (sandbox.Fetcher). Runs once at boot, after tls.py.
import _host, errno, http.client, io, json, re, socket, sys

OP_FETCH = 6  # as in guest.go
fetch_call, fetch_dumps = _host.call, json.JSONEncoder().encode
ONE_REQUEST = "one request at a time: read the response first"
content_length = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE).search
is_chunked = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE).search


def no_response(kind, text):
    if kind == "denied":
        return PermissionError(errno.EACCES, text)
    if kind == "nohost":
        return socket.gaierror(socket.EAI_NONAME, text)
    if kind == "refused":
        return ConnectionRefusedError(errno.ECONNREFUSED, text)
    if kind == "timeout":
        return TimeoutError(text)
    if kind == "tls":
        return sys.modules["ssl"].SSLCertVerificationError(1, text)
    if kind == "invalid":
        return ValueError(text)
    return ConnectionError(text)


class Wire:
    """What stands for the socket of one request. The request is sent when it is whole, so that a failure comes where
    libraries expect one of the connection; only a timeout waits until the response is read."""

    def __init__(self, connection, scheme):
        self.to = {"scheme": scheme, "host": connection.host, "port": connection.port}
        timeout = connection.timeout
        self.timeout = socket.getdefaulttimeout() if timeout is socket._GLOBAL_DEFAULT_TIMEOUT else timeout
        self.parts, self.length, self.needs = [], 0, None
        self.response = self.late = None

    def sendall(self, data, flags=0):
        if self.response is not None or self.late is not None:
            raise OSError(ONE_REQUEST)
        self.parts.append(bytes(data))
        self.length += len(self.parts[-1])
        if self.needs is None:
            self.read_head()
        if self.needs is not None and self.is_whole():
            self.perform()

    def read_head(self):
        self.parts = [b"".join(self.parts)]
        end = self.parts[0].find(b"\r\n\r\n")
        if end >= 0:
            head = self.parts[0][: end + 2]
            length = content_length(head)
            self.needs = -1 if is_chunked(head) else end + 4 + (int(length[1]) if length else 0)

    def is_whole(self):
        if self.needs >= 0:
            return self.length >= self.needs
        return b"".join(self.parts[-4:]).endswith(b"0\r\n\r\n")

    def perform(self):
        timeout = self.timeout if isinstance(self.timeout, (int, float)) else 0
        asked = {**self.to, "timeout": timeout, **place(get_frame(1))}
        parts, self.parts = self.parts, []
        answer = fetch_call(OP_FETCH, b"".join([fetch_dumps(asked).encode(), b"\0", *parts]))
        if answer[:1] == b"v":
            self.response = answer
            return
        kind, _, text = answer[1:].decode("utf-8", "replace").partition("\0")
        error = no_response(kind, text)
        if kind != "timeout":
            raise error
        self.late = error

    def makefile(self, mode="r", *args, **kwargs):
        if self.response is None and self.late is None:
            self.perform()
        if self.late is not None:
            raise self.late
        stream = io.BytesIO(self.response)
        stream.seek(1)
        return stream

    def settimeout(self, timeout):
        self.timeout = timeout

    def gettimeout(self):
        return self.timeout

    def setsockopt(self, *args):
        pass

    def close(self):
        pass

    shutdown = setsockopt


def connect(self):
    if getattr(self, "_tunnel_host", None):
        raise OSError("proxies cannot be used in the sandbox: the host makes the connections")
    secure = self.default_port == 443
    self.sock = Wire(self, "https" if secure else "http")
    self.is_verified = True  # urllib3 warns without it


def take_over(cls, **kwargs):
    """Libraries' connections connect themselves (urllib3): theirs is replaced as their class is made."""
    if "connect" in cls.__dict__:
        cls.connect = connect


http.client.HTTPConnection.connect = http.client.HTTPSConnection.connect = connect
http.client.HTTPConnection.__init_subclass__ = classmethod(take_over)
