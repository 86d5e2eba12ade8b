"""The standard job F in PyTorch: FedAvg of McMahan's 2NN, as a bare loop without a framework around it.

    fedavg_loop.py IMAGES LABELS [--batch 10] [--clients 10] [--rounds 20] [--epochs 1]

IMAGES and LABELS are IDX files, gzipped or not. 100 clients have 600 shuffled examples each; a round trains
some of them, one after another, by plain SGD (rate 0.1, cross-entropy) and averages their weights. Prints one
line of JSON: seconds a round and SGD steps a second, averaging included, reading and testing not. Run it with
OMP_NUM_THREADS=OPENBLAS_NUM_THREADS=1 to measure one thread.
"""

import argparse
import gzip
import json
import statistics
import time

import numpy as np
import torch
from torch import nn

CLIENTS, EXAMPLES = 100, 600


def read_idx(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        content = file.read()
    header = 4 + 4 * content[3]
    shape = np.frombuffer(content, dtype=">u4", count=content[3], offset=4)
    return np.frombuffer(content, dtype=np.uint8, offset=header).reshape(shape)


def train_client(model, loss_of, images, labels, batch, epochs, generator):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        images, labels = images[order], labels[order]
        for start in range(0, len(images), batch):
            optimizer.zero_grad(set_to_none=True)
            loss_of(model(images[start : start + batch]), labels[start : start + batch]).backward()
            optimizer.step()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images")
    parser.add_argument("labels")
    parser.add_argument("--batch", type=int, default=10)
    parser.add_argument("--clients", type=int, default=10, help="clients a round")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=1)
    args = parser.parse_args()

    generator = torch.Generator().manual_seed(1)
    torch.manual_seed(1)
    images = torch.from_numpy(read_idx(args.images).reshape(CLIENTS * EXAMPLES, -1).astype(np.float32) / 255)
    labels = torch.from_numpy(read_idx(args.labels).astype(np.int64))
    shards = torch.randperm(len(images), generator=generator).reshape(CLIENTS, EXAMPLES)
    model = nn.Sequential(nn.Linear(784, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 10))
    loss_of = nn.CrossEntropyLoss()
    average = nn.utils.parameters_to_vector(model.parameters()).detach().clone()

    seconds = []
    for _ in range(args.rounds):
        cohort = torch.randperm(CLIENTS, generator=generator)[: args.clients]
        start = time.perf_counter()
        total = torch.zeros_like(average)
        for client in cohort:
            nn.utils.vector_to_parameters(average.clone(), model.parameters())
            shard = shards[client]
            train_client(model, loss_of, images[shard], labels[shard], args.batch, args.epochs, generator)
            total += nn.utils.parameters_to_vector(model.parameters()).detach()
        average = total / args.clients
        seconds.append(time.perf_counter() - start)

    steps = args.clients * args.epochs * -(-EXAMPLES // args.batch)
    median, best = statistics.median(seconds), min(seconds)
    print(
        json.dumps(
            {
                "torch": torch.__version__,
                "threads": torch.get_num_threads(),
                "batch": args.batch,
                "clients": args.clients,
                "rounds": args.rounds,
                "epochs": args.epochs,
                "secondsPerRound": {"median": median, "best": best},
                "stepsPerSecond": {"median": steps / median, "best": steps / best},
            }
        )
    )


main()
