"""A real S3 server for tests: OpenStack Swift with its s3api, from the Debian package python3-swift, as one process on loopback.

    /usr/bin/python3 swift-server.py FOLDER ACCESS_KEY < SECRET_KEY

Account, container, object and proxy server run as green threads; the rings are made at each start, the data stay in FOLDER. It says
`ready http://127.0.0.1:<port>` on standard output, and ends with SIGTERM or with the process that started it.

Three things are put right that Swift 2.30 does otherwise than S3, in one filter in front of it: a request without a signature is refused
(it would be the plain Swift API), sub-resources that it does not know are refused (it ignores them, and DELETE ?lifecycle would delete
the bucket), and `If-None-Match: *` on PUT is let through to the object server, which knows it.
"""

import os
import pwd
import signal
import sys

folder, access_key = sys.argv[1:3]
secret_key = sys.stdin.read()
region = "us-east-1"
starter = os.getppid()
for name in (signal.SIGTERM, signal.SIGINT):
    signal.signal(name, lambda *_: os._exit(0))


def write_config(name, sections):
    text = "".join(
        "[%s]\n%s\n" % (section, "\n".join("%s = %s" % pair for pair in values.items()))
        for section, values in sections.items()
    )
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)


# Read when swift.common is imported, so it is there before.
os.makedirs(os.path.join(folder, "devices", "disk"), exist_ok=True)
write_config("swift.conf", {"swift-hash": {"swift_hash_path_prefix": "test", "swift_hash_path_suffix": "test"}})

from swift.common import constraints, storage_policy, utils  # noqa: E402

utils.eventlet_monkey_patch()
utils.set_swift_dir(folder)  # else /etc/swift
storage_policy.reload_storage_policies()
constraints.reload_constraints()

import eventlet  # noqa: E402
from eventlet import wsgi  # noqa: E402
from eventlet.green import socket  # noqa: E402
from eventlet.semaphore import Semaphore  # noqa: E402
from swift.common.middleware import tempauth  # noqa: E402
from swift.common.middleware.s3api import s3request  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.wsgi import RestrictedGreenPool, SwiftHttpProtocol, _initrp, loadapp  # noqa: E402


class NoCache:
    """tempauth and the proxy insist on a memcached; nothing that is asked for twice is worth one."""

    def get(self, *_, **__):
        return None

    def get_multi(self, keys, *_, **__):
        return [None for _ in keys]

    def set(self, *_, **__):
        pass

    set_multi = delete = set

    def incr(self, _, delta=1, *__, **___):
        return delta


def refuse(start_response, status, code):
    body = ("<?xml version='1.0'?><Error><Code>%s</Code><Message>%s</Message></Error>" % (code, code)).encode()
    start_response(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
    return [body]


unknown = {"lifecycle", "encryption", "publicAccessBlock", "object-lock", "replication", "attributes", "retention"}


def front_factory(_, **__):
    cache = NoCache()
    writers = {}

    def front(app):
        def answer(environ, start_response):
            environ["swift.cache"] = cache
            names = {pair.split("=", 1)[0] for pair in environ.get("QUERY_STRING", "").split("&")}
            signed = "HTTP_AUTHORIZATION" in environ or "X-Amz-Signature" in names
            method = environ["REQUEST_METHOD"]
            if not signed and method != "OPTIONS":
                return refuse(start_response, "403 Forbidden", "AccessDenied")
            if names & unknown:
                return refuse(start_response, "501 Not Implemented", "NotImplemented")
            if method == "PUT" and environ.get("HTTP_IF_NONE_MATCH") == "*":
                # The object server looks before it has the bytes, and so lets two writers of one key in at once.
                with writers.setdefault(environ["PATH_INFO"], Semaphore(1)):
                    return list(app(environ, start_response))
            return app(environ, start_response)

        return answer

    return front


def allow_conditional_put():
    validate = s3request.S3Request._validate_headers

    def without_condition(self):
        condition = self.headers.get("If-None-Match")
        if self.method != "PUT" or condition != "*":
            return validate(self)
        del self.headers["If-None-Match"]
        try:
            return validate(self)
        finally:
            self.headers["If-None-Match"] = condition

    s3request.S3Request._validate_headers = without_condition


def allow_access_key():
    """tempauth's users are named `account:user`, which no S3 access key is."""
    start = tempauth.TempAuth.__init__

    def start_with_user(self, app, conf):
        start(self, app, conf)
        self.users[access_key] = {"key": secret_key, "url": "$HOST/v1/AUTH_test", "groups": [".admin"]}

    tempauth.TempAuth.__init__ = start_with_user


def listen():
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    found.bind(("127.0.0.1", 0))
    found.listen(256)
    return found


def default_section():
    return {"user": pwd.getpwuid(os.getuid()).pw_name, "swift_dir": folder, "log_level": "ERROR"}


def configure_storage(kind, port):
    ring = RingBuilder(4, 1, 1)  # 16 partitions, one replica
    address = {"ip": "127.0.0.1", "port": port, "replication_ip": "127.0.0.1", "replication_port": port}
    ring.add_dev({"region": 1, "zone": 1, "device": "disk", "weight": 1.0, "meta": "", **address})
    ring.rebalance()
    ring.get_ring().save(os.path.join(folder, "%s.ring.gz" % kind))
    disk = {"mount_check": "false", "disable_fallocate": "true", "fallocate_reserve": "0"}
    server = "%s-server" % kind
    write_config("%s.conf" % server, {
        "DEFAULT": {**default_section(), "devices": os.path.join(folder, "devices"), **disk},
        "pipeline:main": {"pipeline": server},
        "app:%s" % server: {"use": "egg:swift#%s" % kind},
    })


def configure_proxy():
    sys.modules["reelmill_front"] = sys.modules["__main__"]
    write_config("proxy-server.conf", {
        "DEFAULT": {**default_section(), "cors_allow_origin": "*", "cors_expose_headers": "ETag"},
        "pipeline:main": {"pipeline": "catch_errors front s3api tempauth slo proxy-server"},
        "filter:catch_errors": {"use": "egg:swift#catch_errors"},
        "filter:front": {"paste.filter_factory": "reelmill_front:front_factory"},
        "filter:s3api": {
            "use": "egg:swift#s3api",
            "location": region,
            "cors_preflight_allow_origin": "*",
            "max_upload_part_num": "10000",
            "min_segment_size": "65536",  # S3: 5 MiB
            # Far below S3's 1000, so that every test of a list pages.
            "max_bucket_listing": "7",
            "max_parts_listing": "7",
        },
        "filter:tempauth": {"use": "egg:swift#tempauth"},
        "filter:slo": {"use": "egg:swift#slo", "max_manifest_segments": "10000", "rate_limit_after_segment": "10000"},
        "app:proxy-server": {
            "use": "egg:swift#proxy",
            "account_autocreate": "true",
            "recheck_account_existence": "0",
            "recheck_container_existence": "0",
        },
    })


def serve(kind, listening):
    """As swift.common.wsgi.run_server does, but that it takes eventlet's hub for itself."""
    config, _, log_name = _initrp(os.path.join(folder, "%s-server.conf" % kind), "%s-server" % kind)
    app = loadapp(config["__file__"], global_conf={"log_name": log_name})
    eventlet.spawn(
        *(wsgi.server, listening, app, utils.NullLogger()),
        custom_pool=RestrictedGreenPool(size=256),
        protocol=SwiftHttpProtocol,
        socket_timeout=60,
        capitalize_response_headers=False,
    )


allow_conditional_put()
allow_access_key()
listening = {kind: listen() for kind in ("account", "container", "object", "proxy")}
for kind in ("account", "container", "object"):
    configure_storage(kind, listening[kind].getsockname()[1])
configure_proxy()
for kind, found in listening.items():
    serve(kind, found)
eventlet.sleep(0)
print("ready http://127.0.0.1:%d" % listening["proxy"].getsockname()[1], flush=True)
while os.getppid() == starter:
    eventlet.sleep(1)
