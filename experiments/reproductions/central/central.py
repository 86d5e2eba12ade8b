"""A model trained centrally in PyTorch, as central training is here: plain SGD from Glorot's uniform weights.

    central.py IMAGES LABELS TEST_IMAGES TEST_LABELS --model 2nn|lenet5|cnn --limit N --epochs E --rate R --batch B
               --seed S

Files are IDX, gzipped or not. Prints one line of JSON: PyTorch's version, the test accuracy and the mean test loss.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "bench" / "torch"))
from idx import read_examples  # noqa: E402


def conv(channels, filters, padding):
    return [nn.Conv2d(channels, filters, 5, padding=padding), nn.ReLU(), nn.MaxPool2d(2)]


def dense(*widths):
    layers = [nn.Flatten()]
    for before, after in zip(widths, widths[1:]):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return layers[:-1]


MODELS = {
    "2nn": lambda: dense(784, 200, 200, 10),
    "lenet5": lambda: [*conv(1, 6, 2), *conv(6, 16, 0), *dense(400, 120, 84, 10)],
    "cnn": lambda: [*conv(1, 32, 2), *conv(32, 64, 2), *dense(3136, 512, 10)],
}


def begin(layer):
    if isinstance(layer, (nn.Linear, nn.Conv2d)):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs=4)
    parser.add_argument("--model", choices=MODELS, required=True)
    for name, kind in [("limit", int), ("epochs", int), ("rate", float), ("batch", int), ("seed", int)]:
        parser.add_argument(f"--{name}", type=kind, required=True)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    images, labels = read_examples(*args.files[:2])
    images, labels = images[: args.limit].reshape(-1, 1, 28, 28), labels[: args.limit]
    model = nn.Sequential(*MODELS[args.model]())
    model.apply(begin)
    optimizer = torch.optim.SGD(model.parameters(), lr=args.rate)
    loss_of = nn.CrossEntropyLoss()
    for _ in range(args.epochs):
        order = torch.randperm(len(images))
        for start in range(0, len(images), args.batch):
            batch = order[start : start + args.batch]
            optimizer.zero_grad(set_to_none=True)
            loss_of(model(images[batch]), labels[batch]).backward()
            optimizer.step()

    images, labels = read_examples(*args.files[2:])
    with torch.no_grad():
        logits = torch.cat([model(part) for part in images.reshape(-1, 1, 28, 28).split(1000)])
    accuracy = (logits.argmax(1) == labels).float().mean().item()
    print(json.dumps({"version": torch.__version__, "accuracy": accuracy, "loss": loss_of(logits, labels).item()}))


main()
