#!/usr/bin/env python3
"""A worker of a federation, in Python: softmax regression with NumPy on a CSV file.

    worker.py ws://host:7400 --data train.csv [--clients 0-4] [--token TOKEN]

It speaks the protocol of docs/protocol.md and needs nothing but NumPy and websockets (Debian: python3-numpy,
python3-websockets). The recipe must say `engine: { mixed: true }`, since NumPy's bits are not the simulator's;
`model: logistic`; FedAvg or one of its kin that only the server tells apart; and a `csv` dataset with a `testFile` and
`normalize: none`. It keeps no identity on disk and does not connect again: a worker for more than a demonstration would.
"""
import argparse, asyncio, csv, hashlib, json, struct, sys
import numpy as np
import websockets

VERSION = 3
TAGS = {"hello": 1, "welcome": 2, "ready": 3, "mismatch": 4, "task": 10, "update": 11, "cancel": 13, "accepted": 14,
        "refused": 15, "committed": 16, "evaluate": 17, "evaluated": 18, "ping": 50, "pong": 51, "goodbye": 52}
KINDS = {tag: kind for kind, tag in TAGS.items()}
DTYPES = {1: "<f4", 2: "<f2", 5: "<u4", 6: "<i8", 7: "u1"}


def padded(data, multiple):
    return data + bytes(-len(data) % multiple)


def encode(kind, header, tensors={}):
    """The frame of a message; tensors are float32 arrays by name."""
    text = json.dumps(header, separators=(",", ":")).encode()
    table = b"".join(struct.pack("<IIBBH", tensor.size, tensor.nbytes, 1, len(name), 0) + padded(name.encode(), 4)
                     for name, tensor in tensors.items())
    body = b"".join(padded(tensor.astype("<f4").tobytes(), 8) for tensor in tensors.values())
    length = 16 + len(table) + len(text)
    total = length + -length % 8 + len(body)
    preamble = struct.pack("<4sBBHII", b"MURM", VERSION, TAGS[kind], len(tensors), len(text), total)
    return padded(preamble + table + text, 8) + body


def decode(frame):
    """(kind, header, tensors): arrays are views of the frame."""
    magic, version, tag, count, header_length, total = struct.unpack_from("<4sBBHII", frame)
    if (magic, version, total) != (b"MURM", VERSION, len(frame)):
        raise ValueError(f"this is no frame of version {VERSION} of the protocol")
    at, entries = 16, []
    for _ in range(count):
        numbers, length, encoding, name_length, _ = struct.unpack_from("<IIBBH", frame, at)
        entries.append((frame[at + 12:at + 12 + name_length].decode(), DTYPES[encoding], numbers, length))
        at += 12 + name_length + -name_length % 4
    header = json.loads(frame[at:at + header_length])
    at += header_length
    tensors = {}
    for name, dtype, numbers, length in entries:
        at += -at % 8
        tensors[name] = np.frombuffer(frame, dtype, numbers, at)
        at += length
    return KINDS.get(tag, tag), header, tensors


class Connection:
    """Messages over a WebSocket, in chunks where they are large."""
    chunk_bytes = 2 ** 16

    def __init__(self, socket):
        self.socket, self.partial = socket, b""

    async def send(self, kind, header, tensors={}):
        frame = encode(kind, header, tensors)
        room = self.chunk_bytes - 16
        if len(frame) <= self.chunk_bytes:
            return await self.socket.send(frame)
        for at in range(0, len(frame), room):
            head = struct.pack("<4sBBHII", b"MURM", VERSION, 0, 0, len(frame), at)
            await self.socket.send(head + frame[at:at + room])

    async def receive(self):
        while True:
            data = await self.socket.recv()
            if data[5] != 0:
                return decode(data)
            self.partial += data[16:]
            if len(self.partial) == struct.unpack_from("<I", data, 8)[0]:
                frame, self.partial = self.partial, b""
                return decode(frame)


def load(path, dataset):
    """The rows of the recipe's training file as this machine has it: inputs and the numbers of their classes."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    label = dataset["label"]
    columns = dataset.get("features") or [c for c in rows[0] if c not in (label, dataset.get("owner"))]
    classes = dataset.get("classes") or sorted({row[label] for row in rows}, key=float)
    inputs = np.array([[row[c] for c in columns] for row in rows], dtype=np.float32)
    return inputs, np.array([classes.index(row[label]) for row in rows]), len(classes)


def softmax_step(weights, inputs, labels, classes):
    """The gradient of the mean cross-entropy, its sum before that, and how many predictions are right."""
    kernel, bias = weights[:-classes].reshape(-1, classes), weights[-classes:]
    logits = inputs @ kernel + bias
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    error = np.exp(log_p)
    error[rows, labels] -= 1
    error /= len(labels)
    gradient = np.concatenate([(inputs.T @ error).ravel(), error.sum(axis=0)])
    return gradient, -log_p[rows, labels].sum(), int((logits.argmax(axis=1) == labels).sum())


def train(start, inputs, labels, classes, algorithm, seed):
    """Local SGD: Δ = w_k − w, and the mean loss over the examples, each before its own step."""
    weights, order, losses, seen = start.copy(), np.random.default_rng(seed), 0.0, 0
    size = len(labels) if algorithm["batchSize"] == "all" else algorithm["batchSize"]
    per_epoch = -(-len(labels) // size)
    planned = steps = algorithm["amount"].get("steps") or algorithm["amount"]["epochs"] * per_epoch
    while steps > 0:
        shuffled = order.permutation(len(labels))
        for at in range(0, len(labels), size)[:steps]:
            steps -= 1
            batch = shuffled[at:at + size]
            gradient, loss, _ = softmax_step(weights, inputs[batch], labels[batch], classes)
            weights -= np.float32(algorithm["optimizer"]["learningRate"]) * gradient
            losses, seen = losses + loss, seen + len(batch)
    return (weights - start).astype(np.float32), float(losses / seen), planned


def unfit(recipe):
    """Why this worker cannot take part in a recipe; None where it can."""
    dataset, algorithm = recipe["data"]["dataset"], recipe["algorithm"]
    if recipe["model"]["kind"] != "logistic":
        return "this worker knows the model 'logistic' only"
    if algorithm["kind"] not in ("fedavg", "fedavgm", "fedadagrad", "fedadam", "fedyogi"):
        return "this worker knows FedAvg and server optimizers only"
    if algorithm["optimizer"]["kind"] != "sgd" or algorithm["optimizer"].get("momentum") or "schedule" in algorithm["optimizer"]:
        return "this worker knows plain SGD only"
    if (dataset["kind"], dataset.get("normalize")) != ("csv", "none") or "testFile" not in dataset:
        return "this worker reads csv datasets with a testFile and normalize: none only"
    return None


def partition_hash(lists):
    digests = "".join(hashlib.sha256(own.astype("<u4").tobytes()).hexdigest() for own in lists)
    return hashlib.sha256(digests.encode()).hexdigest()


async def work(connection, options):
    held, held_of, tasks = {}, None, asyncio.Queue()
    recipe, inputs, labels, classes, lists, hashes = None, None, None, None, {}, None

    async def trainer():
        while True:
            round, client, attempt, header, weights = await tasks.get()
            own = lists[client]
            seed = [recipe["seed"], client, header["round"]]
            # In another thread, so that heartbeats go on.
            delta, loss, steps = await asyncio.to_thread(train, weights, inputs[own], labels[own], classes, recipe["algorithm"], seed)
            await connection.send("update", {"round": round, "client": client, "attempt": attempt, "samples": len(own), "steps": steps,
                                             "header": {}, "scalars": {"loss": loss}, "vectors": {"delta": "d"}}, {"d": delta})

    def vectors(round, header, tensors):
        """The vectors of a message by their tensors' names: sent now, or held since the latest round."""
        nonlocal held, held_of
        named = {name: held[digest] if digest in held else tensors[name] for name, digest in header["sha256"].items()}
        by_digest = {digest: named[name] for name, digest in header["sha256"].items()}
        held, held_of = ({**held, **by_digest} if round == held_of else by_digest), round
        return named

    claim = {"kind": "clients", "ranges": [options.clients]} if options.clients else {"kind": "any"}
    await connection.send("hello", {
        "software": "worker.py 1", "engine": {"kind": "numpy", "kernel": ""}, "plugins": {}, "claim": claim,
        "encodings": ["float32"], **({"credential": {"kind": "token", "token": options.token}} if options.token else {})})
    training = asyncio.create_task(trainer())
    while True:
        kind, header, tensors = await connection.receive()
        if training.done():
            training.result()
        if kind == "welcome":
            recipe, hashes, connection.chunk_bytes = json.loads(header["recipe"]), header["hashes"], header["limits"]["chunkBytes"]
            if why := unfit(recipe):
                await connection.send("goodbye", {"reason": "dataUnfit", "sentence": why})
                return why
            dataset = recipe["data"]["dataset"]
            # The rows must be the coordinator's: partitions are lists of their numbers. The test file is not read here.
            with open(options.data, "rb") as file:
                hashes["data"][dataset["file"]] = hashlib.sha256(file.read()).hexdigest()
            inputs, labels, classes = load(options.data, dataset)
            # Partitions are drawn by streams of the coordinator's own: a wrong hash brings the lists.
            await connection.send("ready", {"hashes": {**hashes, "partition": "0" * 64}})
        elif kind == "mismatch":
            ends = np.cumsum(header["sizes"])
            lists = dict(zip(header["clients"], np.split(tensors["partition"], ends[:-1])))
            await connection.send("ready", {"hashes": {**hashes, "partition": partition_hash(lists.values())}})
        elif kind == "task":
            named = vectors(header["round"], header, tensors)
            for to in header["to"]:
                tasks.put_nowait((header["round"], to["client"], to["attempt"], to["header"], named[to["vectors"]["weights"]]))
        elif kind == "evaluate":
            weights, results = vectors(header["round"], header, tensors)[header["vectors"]["weights"]], []
            for client in header["clients"]:
                own = lists[client]
                _, loss, right = softmax_step(weights, inputs[own], labels[own], classes)
                results.append({"client": client, "count": len(own), "correct": right, "lossSum": float(loss)})
            await connection.send("evaluated", {"id": header["id"], "results": results})
        elif kind == "ping":
            await connection.send("pong", {"id": header["id"]})
        elif kind == "refused":
            print(f"refused: {header['sentence']}", file=sys.stderr)
        elif kind == "goodbye":
            print(header["sentence"])
            return None if header["reason"] == "done" else header["sentence"]


async def main():
    parser = argparse.ArgumentParser(description="A worker of a federation: softmax regression with NumPy.")
    parser.add_argument("url", help="the coordinator, e.g. ws://host:7400")
    parser.add_argument("--data", required=True, help="the recipe's training rows as a CSV file")
    parser.add_argument("--clients", type=lambda text: [int(end) for end in text.split("-")], help="e.g. 0-4; default: free ones")
    parser.add_argument("--token", help="the join token")
    options = parser.parse_args()
    async with websockets.connect(options.url, max_size=None, compression=None, ping_interval=None) as socket:
        return await work(Connection(socket), options)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
