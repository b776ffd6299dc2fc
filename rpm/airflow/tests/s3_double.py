"""An S3 server of one bucket on this machine, which does as a test says; what only a real server shows is tested on MinIO."""
import hashlib
import threading
from collections import namedtuple
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote_plus, unquote, urlsplit
from xml.sax.saxutils import escape

Object = namedtuple("Object", "body tag version meta")
Request = namedtuple("Request", "number key headers")
# What a fault may give in place of an answer: the connection ends.
HANG_UP = object()


class S3:
    """`fault(request)` comes before each answer: None, HANG_UP, or status and code; a listing's key is ''."""

    def __init__(self, page=1000, versions=False):
        self.objects, self.requests, self.page, self.versions = {}, [], page, versions
        self.fault = lambda request: None
        self.short_by = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"s3": self}))
        self._server.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def put(self, key, body=b"print()\n", **meta):
        body = body.encode() if isinstance(body, str) else body
        version = "v%d" % (len(self.requests) + len(self.objects)) if self.versions else None
        with self._lock:
            self.objects[key] = Object(body, '"%s"' % hashlib.md5(body).hexdigest(), version, meta)

    def delete(self, key):
        with self._lock:
            del self.objects[key]

    def asked(self, key, headers):
        with self._lock:
            self.requests.append(key)
            request = Request(self.requests.count(key), key, headers)
        return self.fault(request)

    def listing(self, prefix, after):
        with self._lock:
            keys = sorted(key for key in self.objects if key.startswith(prefix) and key > after)
            return [(key, self.objects[key]) for key in keys]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        place = urlsplit(self.path)
        bucket, _, key = unquote(place.path[1:]).partition("/")
        fault = self.s3.asked(key, self.headers)
        if fault is HANG_UP:
            self.close_connection = True
        elif fault:
            self._error(*fault)
        elif bucket != "airflow":
            self._error(404, "NoSuchBucket")
        elif key:
            self._object(key)
        else:
            self._list({name: values[0] for name, values in parse_qs(place.query).items()})

    def _object(self, key):
        found = self.s3.objects.get(key)
        if not found:
            self._error(404, "NoSuchKey")
        elif self.headers["If-Match"] != found.tag:
            self._error(412, "PreconditionFailed")
        else:
            headers = {"ETag": found.tag, **{"x-amz-meta-" + name: value for name, value in found.meta.items()}}
            if found.version:
                headers["x-amz-version-id"] = found.version
            short = self.s3.short_by.pop(key, 0)
            self._say(200, found.body[: len(found.body) - short], headers, len(found.body))
            self.close_connection = bool(short)

    def _list(self, query):
        assert (query["list-type"], query["encoding-type"]) == ("2", "url")
        found = self.s3.listing(query["prefix"], query.get("continuation-token", ""))
        page, rest = found[: self.s3.page], found[self.s3.page :]
        items = "".join(
            f"<Contents><Key>{quote_plus(key.encode('utf-8', 'surrogateescape'), safe='/')}</Key>"
            f"<ETag>{escape(each.tag, {chr(34): '&quot;'})}</ETag><Size>{len(each.body)}</Size></Contents>"
            for key, each in page
        )
        token = f"<NextContinuationToken>{escape(page[-1][0])}</NextContinuationToken>" if rest else ""
        self._xml(200, f"<EncodingType>url</EncodingType>{items}{token}", "ListBucketResult")

    def _error(self, status, code, more=""):
        self._xml(status, f"<Code>{code}</Code><Message>As the test wants it.</Message>{more}", "Error")

    def _xml(self, status, text, kind):
        space = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"' if kind != "Error" else ""
        self._say(status, f"<?xml version='1.0'?>\n<{kind}{space}>{text}</{kind}>".encode(), {})

    def _say(self, status, body, headers, length=None):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass
