"""A model trained centrally in PyTorch, as central training is here: plain SGD from Glorot's uniform weights.

    central.py IMAGES LABELS TEST_IMAGES TEST_LABELS --model MODEL --limit N --epochs E --rate R --batch B
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


def pair(channels, filters, between):
    """Two convolutions and a pool of VGG-9."""
    first, second = nn.Conv2d(channels, between, 3, padding=1), nn.Conv2d(between, filters, 3, padding=1)
    return [first, nn.ReLU(), second, nn.ReLU(), nn.MaxPool2d(2)]


def dense(*widths):
    layers = [nn.Flatten()]
    for before, after in zip(widths, widths[1:]):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return layers[:-1]


class Residual(nn.Module):
    def __init__(self, inside, around):
        super().__init__()
        self.inside, self.around = inside, around

    def forward(self, x):
        return self.inside(x) + self.around(x)


def normed(channels, filters, stride=1, kernel=3):
    return [nn.Conv2d(channels, filters, kernel, stride, kernel // 2), nn.GroupNorm(2, filters)]


def resnet(blocks):
    """Strided convolutions are padded on both sides; ours, like TensorFlow's, where the image ends."""
    layers, channels = [*normed(1, 16), nn.ReLU()], 16
    for filters in (16, 32, 64):
        for block in range(blocks):
            stride = 2 if block == 0 and filters > 16 else 1
            inside = nn.Sequential(*normed(channels, filters, stride), nn.ReLU(), *normed(filters, filters))
            around = nn.Sequential(*normed(channels, filters, stride, 1)) if stride > 1 else nn.Identity()
            layers += [Residual(inside, around), nn.ReLU()]
            channels = filters
    return [*layers, nn.AdaptiveAvgPool2d(1), *dense(64, 10)]


MODELS = {
    "2nn": lambda: dense(784, 200, 200, 10),
    "lenet5": lambda: [*conv(1, 6, 2), *conv(6, 16, 0), *dense(400, 120, 84, 10)],
    "cnn": lambda: [*conv(1, 32, 2), *conv(32, 64, 2), *dense(3136, 512, 10)],
    "resnet8": lambda: resnet(1),
    "resnet20": lambda: resnet(3),
    "vgg9": lambda: [*pair(1, 64, 32), *pair(64, 128, 128), *pair(128, 256, 256), *dense(2304, 512, 512, 10)],
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
