#!/usr/bin/env python3
"""`robotledger serve` from outside: requests as bytes, good ones and hostile ones; signals,
certificates, systemd's ways, the log and the metrics. ROBOTLEDGER names the program;
ROBOTLEDGER_LONG_TESTS=1 opens 10,000 connections where else 2,000 are opened.
"""
import json
import os
import shutil
import signal
import socket
import ssl
import time
import unittest

from cli_testing import DONE, USAGE
from serve_testing import Client, ServeCase, more_descriptors

LONG = os.environ.get("ROBOTLEDGER_LONG_TESTS") == "1"
GET = "GET /health/live HTTP/1.1\r\nHost: test\r\n"


class Requests(ServeCase):
    def setUp(self):
        super().setUp()
        self.server = self.serve("--client-timeout", "2")

    def refused(self, text, status):
        """That the request is answered so, in our own form, and the connection is ended."""
        with self.server.connect() as client:
            client.send(text)
            answer = client.answer()
            self.assertIsNotNone(answer, f"no answer to {text[:100]!r}")
            self.assertEqual(answer.status, status, text[:100])
            self.assertEqual(answer.headers.get("connection"), "close")
            self.assertTrue(answer.headers["x-request-id"])
            self.assertEqual(list(answer.json()), ["errors"])
            self.assertTrue(client.ended(), text[:100])
        return answer

    def test_health_is_told_in_json_with_the_standard_headers(self):
        for path, status in (("/health", "ready"), ("/health/ready", "ready"),
                             ("/health/live", "live")):
            answer = self.server.get(path)
            self.assertEqual((answer.status, answer.json()), (200, {"status": status}))
            self.assertEqual(answer.headers["cache-control"], "no-store")
            self.assertEqual(answer.headers["x-content-type-options"], "nosniff")

    def test_a_head_is_served_where_a_get_is(self):
        with self.server.connect() as client:
            client.send("HEAD /health/live HTTP/1.1\r\nHost: a\r\n\r\n" + GET + "\r\n")
            head, got = client.answer(to_head=True), client.answer()
            self.assertEqual(head.headers["content-length"], got.headers["content-length"])
            self.assertEqual((head.status, got.status), (200, 200))

    def test_unknown_paths_and_methods_are_told_apart(self):
        self.assertEqual(self.server.get("/nope").status, 404)
        self.assertEqual(self.server.get("/health/").status, 404)
        answer = self.server.request("DELETE /health HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertEqual((answer.status, answer.headers["allow"]), (405, "GET, HEAD"))
        self.assertEqual(self.server.request("BREW /x HTTP/1.1\r\nHost: a\r\n\r\n").status, 404)

    def test_a_request_id_is_taken_and_echoed_in_errors_of_the_protocol_too(self):
        def echoed(line):
            return self.server.get("/health", line).headers["x-request-id"]
        self.assertEqual(echoed("X-Request-Id: build 4711"), "build 4711")
        self.assertEqual(echoed("x-request-id: " + "a" * 128), "a" * 128)
        for bad in ("X-Request-Id: " + "a" * 129, "X-Request-Id:", "X-Request-Id: \xe9",
                    "X-Request-Id: a\r\nX-Request-Id: b"):
            self.assertRegex(echoed(bad), r"\A[0-9a-f]{32}\Z")
        answer = self.refused("GET / HTTP/1.1\r\nX-Request-Id: mine\r\nbad header: x\r\n\r\n", 400)
        self.assertEqual(answer.headers["x-request-id"], "mine")

    def test_pipelined_requests_are_answered_in_order(self):
        with self.server.connect() as client:
            client.send("".join(GET + f"X-Request-Id: {i}\r\n\r\n" for i in range(50)))
            ids = [client.answer().headers["x-request-id"] for _ in range(50)]
            self.assertEqual(ids, [str(i) for i in range(50)])

    def test_http_1_0_and_connection_close_end_with_the_answer(self):
        for text in ("GET /health/live HTTP/1.0\r\n\r\n",
                     "GET /health/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                     GET + "Connection: Keep-Alive, Close\r\n\r\n"):
            with self.server.connect() as client:
                client.send(text)
                answer = client.answer()
                self.assertEqual((answer.status, answer.headers["connection"]), (200, "close"))
                self.assertTrue(client.ended())

    def test_absolute_urls_are_paths(self):
        answer = self.server.request("GET http://a:1/health/live HTTP/1.1\r\nHost: b\r\n\r\n")
        self.assertEqual(answer.status, 200)

    def test_heads_that_are_none_are_refused(self):
        for text in ("GET /\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "\0\r\n\r\n",
                     "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n",
                     "GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n", "GET x HTTP/1.1\r\nHost: a\r\n\r\n",
                     "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                     GET + "A: b\r\n c\r\n\r\n", GET + "A : b\r\n\r\n", GET + "A: \0\r\n\r\n",
                     GET + ": b\r\n\r\n", "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n"):
            self.refused(text, 400)
        self.refused("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)
        self.refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505)
        self.refused(GET + "Expect: 200-ok\r\n\r\n", 417)

    def test_what_could_be_smuggled_is_refused_and_nothing_behind_it_is_served(self):
        behind = GET + "X-Request-Id: smuggled\r\n\r\n"
        for lines in ("Content-Length: 5\r\nTransfer-Encoding: chunked",
                      "Transfer-Encoding: chunked\r\nContent-Length: 5",
                      "Content-Length: 5\r\nContent-Length: 5",
                      "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5, 5",
                      "Content-Length: +5", "Content-Length: -1", "Content-Length: 0x5",
                      "Content-Length:", "Content-Length: 5 5",
                      "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"):
            self.refused(f"POST /health HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n" + behind, 400)
        for coding in ("gzip, chunked", "identity", "xchunked", "chunked;q=1"):
            self.refused(GET + f"Transfer-Encoding: {coding}\r\n\r\n" + behind, 501)
        self.refused("POST /health HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + behind, 400)
        ids = [line.get("request_id") for line in self.server.log()]
        self.assertNotIn("smuggled", ids)

    def test_bodies_are_bounded_by_the_length_that_is_said(self):
        for length in (1, 1 << 20, 1 << 40, 10 ** 30):
            self.refused(GET + f"Content-Length: {length}\r\n\r\n", 413)

    def test_heads_are_bounded(self):
        self.refused("GET /" + "a" * 9000 + " HTTP/1.1\r\nHost: a\r\n\r\n", 414)
        self.refused("GET /" + "a" * 40000, 414)
        self.refused(GET + "A: " + "b" * 40000 + "\r\n\r\n", 431)
        self.refused(GET + "A: b\r\n" * 101 + "\r\n", 431)
        self.assertEqual(self.server.request(GET + "A: " + "b" * 30000 + "\r\n\r\n").status, 200)

    def test_an_endless_head_is_cut_off(self):
        with self.server.connect() as client:
            sent = 0
            with self.assertRaises(OSError):
                while sent < 64 << 20:
                    client.send("A: " + "b" * 65000 + "\r\n")
                    sent += 65000
            self.assertLess(sent, 16 << 20)

    def test_slow_heads_are_cut_off_while_others_are_served(self):
        with self.server.connect() as slow, self.server.connect() as silent:
            begun = time.monotonic()
            slow.sock.settimeout(0.3)
            while time.monotonic() - begun < 10:
                try:
                    slow.send("G")
                    if not slow.more():
                        break
                except socket.timeout:
                    pass
                except OSError:
                    break
                self.assertEqual(self.server.get("/health/live").status, 200)
            self.assertLess(time.monotonic() - begun, 6)
            self.assertTrue(silent.ended())
        self.assertGreaterEqual(self.server.metric("robotledger_http_connections_cut_off_total"), 2)

    def test_idle_connections_are_ended(self):
        with self.server.connect() as client:
            client.send(GET + "\r\n")
            self.assertEqual(client.answer().status, 200)
            begun = time.monotonic()
            self.assertTrue(client.ended())
            self.assertTrue(5 < time.monotonic() - begun < 14, time.monotonic() - begun)

    def test_a_client_that_does_not_read_is_cut_off(self):
        with self.server.connect() as client:
            client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sock.settimeout(1)
            begun = time.monotonic()
            request = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 100
            with self.assertRaises(ConnectionError):
                while time.monotonic() - begun < 15:
                    try:
                        client.send(request)
                    except socket.timeout:
                        pass
        self.assertEqual(self.server.get("/health/live").status, 200)

    def test_the_log_has_no_query_and_no_credentials_and_no_control_characters(self):
        self.server.get("/nope?token=hidden1", "Authorization: Basic hidden2", "Cookie: hidden3")
        line = self.server.logged(event="request", path="/nope", status=404)
        self.assertEqual(list(line), ["time", "level", "event", "request_id", "method", "path",
                                      "status", "duration_ms", "address"])
        self.server.get("/%0a%1b[31m")
        with open(self.server.log_file, "rb") as file:
            raw = file.read()
        for hidden in (b"hidden1", b"hidden2", b"hidden3"):
            self.assertNotIn(hidden, raw)

    def test_requests_are_counted_by_route_and_not_by_path(self):
        for i in range(30):
            self.server.get(f"/made-up/{i}")
        text = self.server.get("/metrics").body.decode()
        self.assertNotIn("made-up", text)
        self.assertEqual(self.server.metric(
            'robotledger_http_requests_total{method="GET",route="none",code="404"}'), 30)
        for name in ("robotledger_ledger_events", "robotledger_writer_queue_commands",
                     "robotledger_projection_lag_events", "robotledger_checkpoint_age_seconds",
                     "robotledger_clock_skew_seconds", "process_resident_memory_bytes",
                     "process_open_fds", "process_start_time_seconds"):
            self.assertIsNotNone(self.server.metric(name), name)


class Proxies(ServeCase):
    def address_of(self, server, *headers):
        server.get("/nope", "X-Request-Id: one", *headers)
        return server.logged(request_id="one")["address"]

    def test_only_a_trusted_proxy_says_whom_it_speaks_for(self):
        server = self.serve()
        self.assertEqual(self.address_of(server, "X-Forwarded-For: 1.2.3.4"), "127.0.0.1")

    def test_the_last_address_that_is_no_proxy_is_the_client(self):
        server = self.serve("--trusted-proxy", "127.0.0.0/8", "--trusted-proxy", "10.0.0.1")
        self.assertEqual(self.address_of(server, "X-Forwarded-For: 9.9.9.9, 1.2.3.4",
                                         "X-Forwarded-For: 10.0.0.1"), "1.2.3.4")


class Crowds(ServeCase):
    def test_thousands_of_idle_connections_leave_others_served_in_bounded_memory(self):
        count = 10000 if LONG else 2000
        if not more_descriptors(count + 500):
            self.skipTest("the system allows too few open files")
        server = self.serve("--client-timeout", "60", "--max-connections-per-address", "16000")
        for _ in range(20):
            server.get("/metrics")
        before = server.resident_bytes()
        crowd = []
        self.addCleanup(lambda: [sock.close() for sock in crowd])
        for i in range(count):
            crowd.append(socket.create_connection(server.address, 20))
            if i % 2:
                crowd[-1].sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\nX: ")
        took = []
        for _ in range(50):
            begun = time.monotonic()
            self.assertEqual(server.get("/health").status, 200)
            took.append(time.monotonic() - begun)
        self.assertGreaterEqual(server.metric("robotledger_http_connections"), count)
        grown = (server.resident_bytes() - before) / count
        print(f"{count} idle connections: {grown / 1024:.1f} KiB each; beside them a request takes "
              f"{sorted(took)[25] * 1e3:.1f} ms in the median, {max(took) * 1e3:.1f} ms at most")
        self.assertLess(grown, 24 << 10)
        self.assertLess(sorted(took)[25], 0.25)

    def test_connections_beyond_the_bound_wait_and_idle_ones_make_room(self):
        server = self.serve("--max-connections", "40", "--client-timeout", "60",
                            "--max-connections-per-address", "40")
        crowd = [socket.create_connection(server.address, 20) for _ in range(60)]
        self.addCleanup(lambda: [sock.close() for sock in crowd])
        begun = time.monotonic()
        self.assertEqual(server.get("/health/live").status, 200)
        self.assertLess(time.monotonic() - begun, 15)


class Tls(ServeCase):
    def client(self, server, cert, **versions):
        context = ssl.create_default_context(cafile=cert)
        for name, version in versions.items():
            setattr(context, name, version)
        sock = socket.create_connection(server.address, 20)
        try:
            return Client(context.wrap_socket(sock, server_hostname="localhost"))
        except OSError:
            sock.close()
            raise

    def test_it_is_served_from_tls_1_2_on(self):
        cert, key = self.certificate()
        server = self.serve("--tls-cert", cert, "--tls-key", key)
        self.assertTrue(server.url.startswith("https://"))
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with self.client(server, cert, minimum_version=version,
                             maximum_version=version) as client:
                client.send(GET + "\r\n" + GET + "\r\n")
                self.assertEqual([client.answer().status for _ in range(2)], [200, 200])
        with self.assertRaises(OSError):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
            context.set_ciphers("ALL:@SECLEVEL=0")
            with socket.create_connection(server.address, 20) as sock:
                context.wrap_socket(sock)
        with server.connect() as plain:
            plain.send(GET + "\r\n")
            self.assertIsNone(plain.answer())

    def test_sighup_takes_a_new_pair_and_keeps_the_old_where_the_new_is_bad(self):
        first, first_key = self.certificate("first")
        second, second_key = self.certificate("second")
        cert, key = self.path("cert.pem"), self.path("key.pem")
        shutil.copy(first, cert)
        shutil.copy(first_key, key)
        server = self.serve("--tls-cert", cert, "--tls-key", key)
        with self.client(server, first) as kept:
            shutil.copy(second, cert)
            server.process.send_signal(signal.SIGHUP)
            line = server.logged(event="reload_failed", level="error")
            self.assertIn("the key is not that of the first certificate", line["why"])
            self.client(server, first).sock.close()
            shutil.copy(second_key, key)
            server.process.send_signal(signal.SIGHUP)
            server.logged(event="reloaded")
            self.client(server, second).sock.close()
            with self.assertRaises(ssl.SSLError):
                self.client(server, first)
            kept.send(GET + "\r\n")
            self.assertEqual(kept.answer().status, 200)

    def test_silent_handshakes_are_cut_off(self):
        cert, key = self.certificate()
        server = self.serve("--tls-cert", cert, "--tls-key", key, "--client-timeout", "1")
        with server.connect() as silent:
            begun = time.monotonic()
            self.assertTrue(silent.ended())
            self.assertLess(time.monotonic() - begun, 5)


class Running(ServeCase):
    def test_sigterm_answers_what_is_under_way_and_ends_with_0(self):
        server = self.serve()
        with server.connect() as idle, server.connect() as busy:
            count = 20
            busy.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * count)
            self.assertEqual(busy.answer().status, 200)
            server.process.send_signal(signal.SIGTERM)
            answers = 1
            # Each answer that comes is whole, and the last of them says that it is.
            while (answer := busy.answer()) is not None:
                self.assertEqual(answer.status, 200)
                answers += 1
                if answer.headers.get("connection") == "close":
                    break
            else:
                self.assertEqual(answers, count)
            self.assertTrue(idle.ended())
        begun = time.monotonic()
        self.assertEqual(server.process.wait(20), 0)
        self.assertLess(time.monotonic() - begun, 5)
        server.logged(event="ended", exit_code=0)
        self.done("verify")

    def test_sigint_ends_it_too_and_the_address_is_free_at_once(self):
        server = self.serve()
        with server.connect() as client:
            client.send(GET + "\r\n")
            client.answer()
            self.assertEqual(server.end(signal.SIGINT), 0)
        again = self.serve("--listen", "%s:%d" % server.address)
        self.assertEqual(again.get("/health").status, 200)

    def test_plain_http_goes_to_loopback_alone_unless_it_is_allowed(self):
        for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:80"):
            _, err = self.expect(USAGE, "serve", "--listen", address)
            self.assertIn("plain HTTP would send secrets", self.one_line(err))
        server = self.serve("--listen", "0.0.0.0:0", "--allow-plain-http")
        server.address = ("127.0.0.1", server.address[1])
        self.assertEqual(server.get("/health").status, 200)

    def test_ipv6_is_served(self):
        try:
            server = self.serve("--listen", "[::1]:0")
        except AssertionError as error:
            self.skipTest(str(error))
        self.assertEqual(server.get("/health").status, 200)
        self.assertEqual(server.logged(event="request")["address"], "::1")

    def test_wrong_options_are_told_in_one_line(self):
        for options in (["--listen", "here"], ["--listen", "::1:80"], ["--tls-cert", "x"],
                        ["--trusted-proxy", "10.0.0.0/33"], ["--log-level", "loud"],
                        ["--token-ttl", "59"], ["--token-ttl", "3601"], ["--loops", "0"],
                        ["--client-timeout", "0"], ["--max-connections", "-1"]):
            _, err = self.expect(USAGE, "serve", *options)
            self.one_line(err)

    def test_an_address_in_use_is_told(self):
        server = self.serve()
        self.ledger = self.path("other")
        self.done("init", "--origin", "other.example/robots")
        _, err = self.expect(3, "serve", "--listen", "%s:%d" % server.address)
        self.assertIn("cannot listen on", self.one_line(err))

    def test_a_log_that_nobody_reads_stops_nothing(self):
        reads, writes = os.pipe()
        self.addCleanup(os.close, reads)
        process, _ = self.start("--listen", "127.0.0.1:0")
        self.put_down(process)
        import subprocess
        from cli_testing import PROGRAM
        from serve_testing import Server
        process = subprocess.Popen([PROGRAM, "serve", "--listen", "127.0.0.1:0"],
                                   stdout=subprocess.PIPE, stderr=writes, env=self.environment())
        os.close(writes)
        self.addCleanup(self.put_down, process)
        server = Server(process, process.stdout.readline().decode().split()[-1], None)
        with server.connect() as client:
            for _ in range(300):
                client.send((GET + "\r\n") * 40)
                for _ in range(40):
                    self.assertEqual(client.answer().status, 200)
        self.assertGreater(server.metric("robotledger_log_lines_dropped_total"), 0)
        self.assertEqual(server.end(), 0)


class Configuration(ServeCase):
    def test_the_file_has_the_same_options_and_the_command_line_comes_first(self):
        cert, key = self.certificate()
        config = self.write("serve.toml", f"""# a comment
listen = ["127.0.0.1:0", "127.0.0.1:0"]
tls-cert = "{cert}"
tls-key = "{key}"
log-level = "debug"
allow-plain-http = false
ledger = "{self.ledger}"
""")
        environment = {name: value for name, value in self.environment().items()
                       if name != "ROBOTLEDGER_DIR"}
        process, _ = self.start("--config", config, env=environment)
        lines = [process.stdout.readline().decode() for _ in range(2)]
        self.assertTrue(all(line.startswith("Listening on https://") for line in lines), lines)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(20), DONE)
        server = self.serve("--config", config, "--log-level", "off")
        self.assertEqual(server.end(), 0)
        self.assertEqual(server.log(), [])

    def test_unknown_keys_and_bad_values_are_named(self):
        for text, named in (("lisden = 'x'", "lisden"), ("[server]\nlisten = 'x'", "server"),
                            ("config = 'x'", "config"), ("token-ttl = many", "token-ttl"),
                            ("listen = 'nowhere'", "nowhere")):
            _, err = self.expect(USAGE, "serve", "--config", self.write("bad.toml", text + "\n"))
            self.assertIn(named, self.one_line(err))
        _, err = self.expect(USAGE, "serve", "--config", self.path("none.toml"))
        self.assertIn("none.toml", self.one_line(err))


class Systemd(ServeCase):
    def test_it_tells_when_it_is_ready_reloading_and_stopping(self):
        path = self.path("notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(path)
            told.settimeout(20)
            server = self.serve(env=self.environment(NOTIFY_SOCKET=path))
            self.assertEqual(told.recv(4096), b"READY=1")
            server.process.send_signal(signal.SIGHUP)
            self.assertRegex(told.recv(4096), rb"\ARELOADING=1\nMONOTONIC_USEC=\d+\Z")
            self.assertEqual(told.recv(4096), b"READY=1")
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(told.recv(4096), b"STOPPING=1")
            self.assertEqual(server.process.wait(20), 0)

    def activated(self, listener, **more):
        """A server that is handed that socket as descriptor 3."""
        def hand_over():
            os.dup2(listener.fileno(), 3)
            os.set_inheritable(3, True)
            os.environ["LISTEN_PID"] = str(os.getpid())
        # The shell gives the program its own process id, which is known to nobody before.
        import subprocess
        from cli_testing import PROGRAM
        from serve_testing import Server
        log = self.path("log-activated")
        with open(log, "wb") as file:
            process = subprocess.Popen(
                ["sh", "-c", f'LISTEN_PID=$$ exec "$0" serve', PROGRAM], stdout=subprocess.PIPE,
                stderr=file, env=self.environment(LISTEN_FDS="1"), preexec_fn=hand_over,
                close_fds=False, **more)
        self.addCleanup(self.put_down, process)
        return process, log, Server

    def test_it_serves_a_socket_that_is_handed_over(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(10)
            process, log, Server = self.activated(listener)
            url = process.stdout.readline().decode().split()[-1]
            self.assertEqual(url, "http://127.0.0.1:%d" % listener.getsockname()[1])
            server = Server(process, url, log)
            self.assertEqual(server.get("/health").status, 200)
            self.assertEqual(server.end(), 0)

    def test_what_is_no_listening_socket_is_refused(self):
        with socket.socket() as listener:
            process, log, _ = self.activated(listener)
            self.assertEqual(process.wait(20), 3)
            with open(log, encoding="utf-8") as file:
                self.assertIn("is no socket that listens", self.one_line(file.read()))


if __name__ == "__main__":
    unittest.main()
