"""The standard job F in PyTorch: FedAvg of McMahan's 2NN, as a bare loop without a framework around it.

    fedavg_loop.py IMAGES LABELS [--split iid|shards] [--batch 10] [--clients 10] [--rounds 20] [--epochs 1]
                   [--seed 1] [--test IMAGES LABELS]

IMAGES and LABELS are IDX files, gzipped or not. 100 clients have 600 examples each, shuffled or two shards of a
label; a round trains some of them, one after another, by plain SGD (rate 0.1, cross-entropy) and averages their
weights. Prints one line of JSON: the seconds of each round, averaging included, reading and testing not; their
median as SGD steps a second; and the accuracy after the last round on the test files. Run it with
OMP_NUM_THREADS=OPENBLAS_NUM_THREADS=1 to measure one thread.
"""

import argparse
import json
import statistics
import time

import torch
from torch import nn

from idx import read_examples

CLIENTS, EXAMPLES = 100, 600
SHARDS = 2 * CLIENTS


def divide(labels, split, generator):
    """The examples of each client: [CLIENTS, EXAMPLES]."""
    if split == "iid":
        return torch.randperm(len(labels), generator=generator).reshape(CLIENTS, EXAMPLES)
    sorted_by_label = torch.argsort(labels, stable=True).reshape(SHARDS, -1)
    return sorted_by_label[torch.randperm(SHARDS, generator=generator)].reshape(CLIENTS, EXAMPLES)


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
    parser.add_argument("--split", choices=["iid", "shards"], default="iid")
    parser.add_argument("--batch", type=int, default=10)
    parser.add_argument("--clients", type=int, default=10, help="clients a round")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--test", nargs=2, metavar=("IMAGES", "LABELS"))
    args = parser.parse_args()

    generator = torch.Generator().manual_seed(args.seed)
    torch.manual_seed(args.seed)
    images, labels = read_examples(args.images, args.labels)
    shards = divide(labels, args.split, generator)
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
    accuracy = None
    if args.test:
        nn.utils.vector_to_parameters(average, model.parameters())
        test_images, test_labels = read_examples(*args.test)
        with torch.no_grad():
            accuracy = (model(test_images).argmax(1) == test_labels).float().mean().item()
    print(
        json.dumps(
            {
                "torch": torch.__version__,
                "threads": torch.get_num_threads(),
                "batch": args.batch,
                "clients": args.clients,
                "epochs": args.epochs,
                "seconds": seconds,
                "stepsPerSecond": steps / statistics.median(seconds),
                "accuracy": accuracy,
            }
        )
    )


main()
