"""Measures the gateway beside nginx, which sends requests on and does nothing else, and beside other gateways.

    python3 bench/gateway/measure.py --assay 'build/release/assay serve' --router mmlu.router --pool gpt-a,gpt-b \
        --traffic build/release/bench/gateway_traffic --prompts prompts.jsonl [--portkey FOLDER] [--litellm COMMAND]

Everything runs on this machine: the gateway under test on one core, clients and the model behind it (`traffic.cpp`)
on another. Each round measures every gateway, one after the other; told are medians over the rounds, and medians of
the ratios to nginx in the same round, which a machine that is busy now and then disturbs least. CPU is that of the
gateway's processes, from /proc. Prompts are JSON lines with "prompt".
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request


def free_ports(count):
    """Ports that nobody listens at."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


MODEL_PORT, *GATEWAY_PORTS = free_ports(5)
PORTS = dict(zip(("nginx", "assay", "portkey", "litellm"), GATEWAY_PORTS))
TICKS = os.sysconf("SC_CLK_TCK")

NGINX = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_rlimit_nofile 65536;
events {{ worker_connections 16384; }}
http {{
  access_log off;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  client_body_buffer_size 1m;
  client_max_body_size 32m;
  keepalive_requests 1000000000;
  upstream model {{ server 127.0.0.1:{model}; keepalive 1024; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://model;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer key";
      proxy_buffering {buffering};
    }}
  }}
}}
"""


def wait_for(port, process, log):
    for _ in range(900):
        if process.poll() is not None:
            raise SystemExit(f"what should listen at port {port} ended: {log.read_text()[-2000:]}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens at port {port}")


def descendants(pid):
    """Process ids of `pid` and all below it."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def cpu_seconds(pid):
    total = 0
    for one in descendants(pid):
        with contextlib.suppress(OSError):
            # Nanoseconds that it ran, which are finer than the ticks of stat.
            for task in pathlib.Path(f"/proc/{one}/task").iterdir():
                total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def memory_mb(pid):
    """Memory of its own, and mapped files (the router) that are in memory."""
    own = mapped = 0
    for one in descendants(pid):
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{one}/status").read_text().splitlines():
                if line.startswith("RssAnon:"):
                    own += int(line.split()[1])
                if line.startswith("RssFile:"):
                    mapped += int(line.split()[1])
    return own / 1024, mapped / 1024


class Bench:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.processes = {}

    def placed(self, core):
        return ["taskset", "-c", str(core), *(["chrt", "-f", "1"] if self.arguments.realtime else [])]

    def start(self, name, command, core, port, **options):
        log = self.folder / f"{name}.log"
        with log.open("w") as out:
            process = subprocess.Popen([*self.placed(core), *command], stdout=out, stderr=out, **options)
        self.processes[name] = process
        wait_for(port, process, log)

    def stop(self):
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()

    def begin(self):
        a = self.arguments
        self.start("model", [a.traffic, "upstream", str(MODEL_PORT)], a.traffic_core, MODEL_PORT)
        for name, buffering in (("nginx", "off"),):
            conf = self.folder / f"{name}.conf"
            conf.write_text(
                NGINX.format(folder=self.folder, model=MODEL_PORT, port=PORTS[name], buffering=buffering)
            )
            self.start(name, ["nginx", "-c", str(conf), "-p", str(self.folder)], a.gateway_core, PORTS[name])
        url = f"http://127.0.0.1:{MODEL_PORT}/v1"
        models = [{"name": f"model-{i}", "router_name": name, "url": url, "key_env": "BENCH_KEY"}
                  for i, name in enumerate(a.pool.split(","))]
        (self.folder / "models.json").write_text(json.dumps({"models": models}))
        self.start(
            "assay",
            [*a.assay.split(), a.router, "--models", str(self.folder / "models.json"), "--port", str(PORTS["assay"])]
            if a.assay.endswith(" serve")
            else [a.assay, a.router, str(self.folder / "models.json"), str(PORTS["assay"])],
            a.gateway_core,
            PORTS["assay"],
            env={**os.environ, "BENCH_KEY": "key"},
        )
        if a.portkey:
            server = pathlib.Path(a.portkey) / "node_modules/@portkey-ai/gateway/build/start-server.js"
            self.start(
                "portkey",
                [shutil.which("node"), str(server), f"--port={PORTS['portkey']}", "--headless"],
                a.gateway_core,
                PORTS["portkey"],
                env={**os.environ, "TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost", "NODE_ENV": "production"},
            )

        if a.litellm:
            config = {"model_list": [{"model_name": "model-0", "litellm_params": {
                "model": "openai/model-0", "api_base": url, "api_key": "key"}}],
                "litellm_settings": {"telemetry": False}}
            (self.folder / "litellm.yaml").write_text(json.dumps(config))  # which is YAML, too
            self.start(
                "litellm",
                [a.litellm, "--config", str(self.folder / "litellm.yaml"), "--port", str(PORTS["litellm"])],
                a.gateway_core,
                PORTS["litellm"],
                env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR",
                     "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true"},
            )

    def bodies(self):
        """Files of requests: by the model's name, and whether they are streamed."""
        prompts = [json.loads(line)["prompt"] for line in pathlib.Path(self.arguments.prompts).open()][:5000]
        for model in ("model-0", "assay/auto"):
            for stream in (False, True):
                lines = []
                for prompt in prompts:
                    body = {
                        "model": model,
                        "messages": [
                            {"role": "system", "content": "You are a careful assistant. Answer briefly, then say why."},
                            {"role": "user", "content": prompt},
                        ],
                        "temperature": 0.2,
                        "max_tokens": 512,
                    }
                    if stream:
                        body["stream"] = True
                    lines.append(json.dumps(body, separators=(",", ":"), ensure_ascii=False) + "\n")
                self.file(model, stream).write_text("".join(lines))

    def file(self, model, stream):
        return self.folder / f"{model.replace('/', '-')}-{'stream' if stream else 'whole'}.jsonl"

    def load(self, gateway, model, stream, connections, rate):
        a = self.arguments
        command = [*self.placed(a.traffic_core), a.traffic, "load", f"127.0.0.1:{PORTS[gateway]}"]
        command += ["--bodies", str(self.file(model, stream)), "--connections", str(connections)]
        command += ["--seconds", str(a.seconds), "--rate", str(rate), "--header", "Authorization: Bearer client"]
        if gateway == "portkey":
            command += ["--header", "x-portkey-provider: openai"]
            command += ["--header", f"x-portkey-custom-host: http://127.0.0.1:{MODEL_PORT}/v1"]
        pid = self.processes[gateway].pid
        before = cpu_seconds(pid)
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        result = json.loads(done.stdout)
        result["cpu_us"] = 1e6 * (cpu_seconds(pid) - before) / max(1, result["all"])
        return result


def decision_us():
    with urllib.request.urlopen(f"http://127.0.0.1:{PORTS['assay']}/metrics") as reply:
        lines = reply.read().decode().splitlines()
    told = {line.split()[0]: float(line.split()[1]) for line in lines if line.startswith("assay_decision_seconds_")}
    return 1e6 * told["assay_decision_seconds_sum"] / max(1, told["assay_decision_seconds_count"])


def median(values):
    return statistics.median(values) if values else float("nan")


def show(rounds, subjects):
    """A row for each subject: medians, and medians of ratios to nginx in the same round."""
    for name in subjects:
        ours = [one[name] for one in rounds]
        floor = [one["nginx"] for one in rounds]
        row = {key: median([r[key] for r in ours]) for key in ("per_second", "p50_ms", "p99_ms", "cpu_us")}
        ratios = {
            key: median([a[key] / b[key] for a, b in zip(ours, floor) if b[key] > 0])
            for key in ("p50_ms", "p99_ms", "cpu_us")
        }
        added = {key: median([a[key] - b[key] for a, b in zip(ours, floor)]) for key in ("p50_ms", "p99_ms")}
        failed = sum(r["failed"] for r in ours)
        print(
            f"| {name} | {row['per_second']:,.0f} | {row['p50_ms']:.3f} ({added['p50_ms']:+.3f}) | "
            f"{row['p99_ms']:.2f} ({added['p99_ms']:+.2f}, x{ratios['p99_ms']:.2f}) | {row['cpu_us']:.1f} | "
            f"x{ratios['cpu_us']:.2f} |" + (f" {failed} FAILED" if failed else ""),
            flush=True,
        )


def parser_of(description):
    """Of what a gateway under load needs."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", required=True, help="'build/release/assay serve'")
    parser.add_argument("--router", required=True)
    parser.add_argument("--pool", required=True, help="names of models that the router knows, with commas")
    parser.add_argument("--traffic", required=True)
    parser.add_argument("--prompts", required=True)
    parser.add_argument("--gateway-core", type=int, default=0)
    parser.add_argument("--traffic-core", type=int, default=1)
    parser.add_argument("--realtime", action="store_true", help="all of it goes before other programs (chrt -f)")
    return parser


def main():
    parser = parser_of(__doc__)
    parser.add_argument("--portkey", help="folder in which npm installed @portkey-ai/gateway")
    parser.add_argument("--litellm", help="command of litellm[proxy]")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--connections", default="1,16,64,512")
    parser.add_argument("--rate", type=float, default=1000)
    parser.add_argument("--only", help="whole, stream or rate")
    begun(Bench, parser.parse_args(), run)


def begun(kind, arguments, run):
    """Runs a bench of this kind, and stops all its programs however that ends."""
    with tempfile.TemporaryDirectory() as folder:
        bench = kind(arguments, pathlib.Path(folder))
        try:
            bench.bodies()
            bench.begin()
            run(bench, arguments)
        finally:
            bench.stop()


def run(bench, arguments):
    subjects = {
        "nginx": ("nginx", "model-0"),
        "assay, passed through": ("assay", "model-0"),
        "assay, routed": ("assay", "assay/auto"),
    }
    for other in ("portkey", "litellm"):
        if getattr(arguments, other):
            subjects[other] = (other, "model-0")
    plans = [("whole", False, int(n), 0) for n in arguments.connections.split(",")]
    plans += [("stream", True, int(n), 0) for n in arguments.connections.split(",")]
    plans += [("rate", False, 64, arguments.rate), ("rate", True, 64, arguments.rate)]
    for kind, stream, connections, rate in plans:
        if arguments.only and arguments.only != kind:
            continue
        pace = f"{rate:g} requests a second" if rate else "as fast as they come"
        print(f"\n{'streamed' if stream else 'whole'}, {connections} connections, {pace}\n")
        print("| | requests a second | p50 ms (added) | p99 ms (added) | CPU µs a request | to nginx |")
        print("| --- | --- | --- | --- | --- | --- |", flush=True)
        rounds = []
        for _ in range(arguments.rounds):
            one = {}
            for name, (gateway, model) in subjects.items():
                one[name] = bench.load(gateway, model, stream, connections, rate)
            rounds.append(one)
        show(rounds, subjects)
    print(f"\nA decision: {decision_us():.0f} µs on average")
    print("\nMemory, MB of its own + of mapped files:")
    for name in ("nginx", "assay", "portkey", "litellm"):
        if name in bench.processes:
            own, mapped = memory_mb(bench.processes[name].pid)
            print(f"  {name}: {own:.1f} + {mapped:.1f}")


if __name__ == "__main__":
    main()
