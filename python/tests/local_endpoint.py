"""An endpoint of this machine that speaks OpenAI's chat completions."""

import contextlib
import http.server
import json
import re
import threading


class Endpoint(http.server.BaseHTTPRequestHandler):
    """A judge that adds up: of two answers to "What is A + B?" the right one is better."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        body = json.dumps({"choices": [{"message": {"role": "assistant", "content": verdict(json.loads(asked))},
                                        "finish_reason": "stop"}],
                           "model": "judge-1", "usage": {"prompt_tokens": 9, "completion_tokens": 9}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def verdict(request):
    prompt = request["messages"][-1]["content"]
    marker = re.search(r"\[Request (\w+) begins\]", prompt)[1]
    a, b = re.search(r"What is (\d+) \+ (\d+)\?", prompt).groups()
    right = [int(text) == int(a) + int(b) for text in re.findall(r"\[Answer [AB] \w+ begins\]\n(-?\d+)\n", prompt)]
    return json.dumps({"marker": marker, "verdict": "TIE" if right[0] == right[1] else "A" if right[0] else "B"})


@contextlib.contextmanager
def serving(context=None):
    """Its URL; with an SSL context by https."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
