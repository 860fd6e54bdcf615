"""Lets the gateway run for long, with reloads, and with upstreams that are killed, and counts what clients lose.

    python3 bench/gateway/soak.py --assay 'build/release/assay serve' --router mmlu.router --pool gpt-a,gpt-b,gpt-c \
        --traffic build/release/bench/gateway_traffic --prompts prompts.jsonl --minutes 30

Every model has an upstream of its own. Half of the requests are streamed; those that come whole are sent by another
client, of which nothing may be lost. With `--kill SECONDS` an upstream is killed that often, and is back half a second
later: then all requests are whole, as a stream that broke off can't be asked for again. Once a minute, and at the end,
there is a line: requests, failed ones, reloads, kills, memory of its own in MB, open files.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import threading
import time

import measure


class Soak(measure.Bench):
    """The gateway before upstreams that each are a process."""

    def begin(self):
        a = self.arguments
        self.ports = measure.free_ports(len(a.pool.split(",")))
        models = []
        for i, name in enumerate(a.pool.split(",")):
            self.start_model(i)
            url = f"http://127.0.0.1:{self.ports[i]}/v1"
            models.append({"name": f"model-{i}", "router_name": name, "url": url, "key_env": "BENCH_KEY"})
        (self.folder / "models.json").write_text(json.dumps({"models": models}))
        log = ["--log", str(self.folder / "decisions.jsonl")]
        self.start("assay", [*a.assay.split(), a.router, "--models", str(self.folder / "models.json"),
                             "--port", str(measure.PORTS["assay"]), *log],
                   a.gateway_core, measure.PORTS["assay"], env={**os.environ, "BENCH_KEY": "key"})

    def start_model(self, i):
        a = self.arguments
        self.start(f"upstream-{i}", [a.traffic, "upstream", str(self.ports[i])], a.traffic_core, self.ports[i])

    def kill_model(self, i):
        process = self.processes[f"upstream-{i}"]
        process.kill()
        process.wait()
        time.sleep(0.5)
        self.start_model(i)

    def open_files(self):
        return len(os.listdir(f"/proc/{self.processes['assay'].pid}/fd"))

    def client(self, stream, connections, rate, results):
        a = self.arguments
        command = [*self.placed(a.traffic_core), a.traffic, "load", f"127.0.0.1:{measure.PORTS['assay']}"]
        command += ["--bodies", str(self.file("assay/auto", stream)), "--connections", str(connections)]
        command += ["--rate", str(rate), "--seconds", str(a.slice)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        results.append(json.loads(done.stdout))


def main():
    parser = measure.parser_of(__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=200, help="requests a second")
    parser.add_argument("--reload", type=float, default=7, help="seconds between reloads")
    parser.add_argument("--kill", type=float, help="seconds between kills of an upstream")
    parser.add_argument("--slice", type=float, default=50, help="seconds that a client runs before the next")
    parser.add_argument("--seed", type=int, default=1)
    measure.begun(Soak, parser.parse_args(), run)


def run(soak, arguments):
    draw = random.Random(arguments.seed)
    ended = threading.Event()
    count = {"reloads": 0, "kills": 0}

    def every(seconds, what, act):
        while not ended.wait(seconds):
            act()
            count[what] += 1

    gateway = soak.processes["assay"]
    chores = [threading.Thread(target=every, args=(arguments.reload, "reloads",
                                                   lambda: gateway.send_signal(signal.SIGHUP)))]
    if arguments.kill:
        chores.append(threading.Thread(target=every, args=(arguments.kill, "kills",
                                                           lambda: soak.kill_model(draw.randrange(len(soak.ports))))))
    for chore in chores:
        chore.start()
    results, until = [], time.monotonic() + 60 * arguments.minutes
    try:
        while time.monotonic() < until:
            streams = [False, False] if arguments.kill else [False, True]
            clients = [threading.Thread(target=soak.client, args=(stream, 16, arguments.rate / 2, results))
                       for stream in streams]
            for client in clients:
                client.start()
            for client in clients:
                client.join()
            own, _ = measure.memory_mb(gateway.pid)
            print(f"{sum(one['all'] for one in results):,} requests, {sum(one['failed'] for one in results)} failed, "
                  f"{count['reloads']} reloads, {count['kills']} kills, {own:.1f} MB, {soak.open_files()} files",
                  flush=True)
    finally:
        ended.set()
        for chore in chores:
            chore.join()
    with contextlib.suppress(OSError):
        print(f"A decision: {measure.decision_us():.0f} µs on average; the log has "
              f"{sum(1 for _ in (soak.folder / 'decisions.jsonl').open()):,} lines")


if __name__ == "__main__":
    main()
