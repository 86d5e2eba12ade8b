"""The standard job G in PyTorch: push gossip of McMahan's 2NN, as a bare loop without a framework around it.

    gossip_loop.py IMAGES LABELS [--split iid|dirichlet] [--alpha 0.5] [--init own|same] [--rounds 2] [--seed 1]
                   [--test IMAGES LABELS]

IMAGES and LABELS are IDX files, gzipped or not. 100 nodes on a random 20-regular graph train one epoch each (B = 32,
plain SGD, rate 0.1). In a round every node, in random order, pushes its model to a random neighbour, which averages
it with its own and trains one epoch: 100 node updates. Prints one line of JSON: the seconds of the training before
the first round and of each round, testing not included; and the mean accuracy of 20 random nodes on the test files
after the last. Run it with OMP_NUM_THREADS=OPENBLAS_NUM_THREADS=1 to measure one thread.
"""

import argparse
import json
import random
import time

import numpy as np
import torch
from torch import nn

from idx import read_examples

NODES, DEGREE, BATCH, TESTED = 100, 20, 32, 20


def random_regular():
    """Neighbours of each node: a ring of near neighbours, whose edges then swap ends at random."""
    edges = [(node, (node + step) % NODES) for node in range(NODES) for step in range(1, DEGREE // 2 + 1)]
    known = {frozenset(edge) for edge in edges}
    for _ in range(20 * len(edges)):
        i, j = random.sample(range(len(edges)), 2)
        (a, b), (c, d) = edges[i], edges[j]
        swapped = [frozenset((a, d)), frozenset((c, b))]
        if len({a, b, c, d}) < 4 or any(edge in known for edge in swapped):
            continue
        known -= {frozenset(edges[i]), frozenset(edges[j])}
        known |= set(swapped)
        edges[i], edges[j] = (a, d), (c, b)
    neighbours = [[] for _ in range(NODES)]
    for a, b in edges:
        neighbours[a].append(b)
        neighbours[b].append(a)
    return neighbours


def divide(labels, split, alpha, generator):
    """The examples of each node."""
    if split == "iid":
        return torch.randperm(len(labels), generator=generator).chunk(NODES)
    shares = np.random.default_rng(generator.initial_seed())
    while True:
        nodes = [[] for _ in range(NODES)]
        for label in range(10):
            members = torch.nonzero(labels == label).flatten()
            members = members[torch.randperm(len(members), generator=generator)]
            cuts = (np.cumsum(shares.dirichlet([alpha] * NODES))[:-1] * len(members)).round().astype(int)
            for node, part in enumerate(torch.tensor_split(members, torch.from_numpy(cuts))):
                nodes[node].append(part)
        parts = [torch.cat(node) for node in nodes]
        if min(len(part) for part in parts) > 0:
            return parts


def new_model():
    return nn.Sequential(nn.Linear(784, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 10))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images")
    parser.add_argument("labels")
    parser.add_argument("--split", choices=["iid", "dirichlet"], default="iid")
    parser.add_argument("--alpha", type=float, default=0.5)
    parser.add_argument("--init", choices=["own", "same"], default="own")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--test", nargs=2, metavar=("IMAGES", "LABELS"))
    args = parser.parse_args()

    random.seed(args.seed)
    torch.manual_seed(args.seed)
    generator = torch.Generator().manual_seed(args.seed)
    images, labels = read_examples(args.images, args.labels)
    shards = divide(labels, args.split, args.alpha, generator)
    neighbours = random_regular()
    model, loss_of = new_model(), nn.CrossEntropyLoss()
    first = nn.utils.parameters_to_vector(model.parameters()).detach()
    models = torch.stack(
        [
            first if args.init == "same" else nn.utils.parameters_to_vector(new_model().parameters()).detach()
            for _ in range(NODES)
        ]
    )

    def train(node):
        # The parameters become views of the node's row, which the optimizer then changes in place.
        nn.utils.vector_to_parameters(models[node], model.parameters())
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        shard = shards[node][torch.randperm(len(shards[node]), generator=generator)]
        own_images, own_labels = images[shard], labels[shard]
        for start in range(0, len(shard), BATCH):
            optimizer.zero_grad(set_to_none=True)
            batch = slice(start, start + BATCH)
            loss_of(model(own_images[batch]), own_labels[batch]).backward()
            optimizer.step()

    start = time.perf_counter()
    for node in range(NODES):
        train(node)
    before = time.perf_counter() - start

    seconds = []
    for _ in range(args.rounds):
        start = time.perf_counter()
        for node in torch.randperm(NODES, generator=generator).tolist():
            to = random.choice(neighbours[node])
            models[to].lerp_(models[node], 0.5)
            train(to)
        seconds.append(time.perf_counter() - start)

    accuracy = None
    if args.test:
        test_images, test_labels = read_examples(*args.test)
        accuracies = []
        with torch.no_grad():
            for node in torch.randperm(NODES, generator=generator)[:TESTED].tolist():
                nn.utils.vector_to_parameters(models[node], model.parameters())
                accuracies.append((model(test_images).argmax(1) == test_labels).float().mean().item())
        accuracy = sum(accuracies) / TESTED
    print(
        json.dumps(
            {
                "torch": torch.__version__,
                "threads": torch.get_num_threads(),
                "before": before,
                "seconds": seconds,
                "accuracy": accuracy,
            }
        )
    )


main()
