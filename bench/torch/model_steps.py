"""SGD steps of named models in PyTorch, on demand: an answer a line.

Reads lines of JSON, {"model", "batch", "steps"}, and answers each with the seconds of processor time that so many
steps took on one thread: forward, cross-entropy, backward and plain SGD, on random inputs of the model's kind. The
first time that a model is asked for it is made and warmed up.
"""

import json
import sys
import time

import torch
from torch import nn

VOCABULARY, WINDOW = 80, 80


class Residual(nn.Module):
    def __init__(self, inside, around=None):
        super().__init__()
        self.inside, self.around = inside, around or nn.Identity()

    def forward(self, x):
        return self.inside(x) + self.around(x)


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, 8)
        self.lstm = nn.LSTM(8, 256, num_layers=2, batch_first=True)
        self.out = nn.Linear(256, VOCABULARY)

    def forward(self, x):
        return self.out(self.lstm(self.embedding(x))[0])


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.mix, self.out = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.register_buffer("after", torch.full((WINDOW, WINDOW), float("-inf")).triu(1))

    def forward(self, x):
        count, length, width = x.shape
        parts = self.mix(x).reshape(count, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = parts
        scores = query @ key.transpose(-1, -2) * (width // self.heads) ** -0.5 + self.after
        together = (scores.softmax(-1) @ value).transpose(1, 2).reshape(count, length, width)
        return self.out(together)


class Transformer(nn.Module):
    def __init__(self, width=64, heads=4, depth=2):
        super().__init__()
        self.embedding, self.position = nn.Embedding(VOCABULARY, width), nn.Parameter(torch.zeros(WINDOW, width))
        blocks = []
        for _ in range(depth):
            blocks.append(Residual(nn.Sequential(nn.LayerNorm(width), Attention(width, heads))))
            think = [nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)]
            blocks.append(Residual(nn.Sequential(*think)))
        self.blocks = nn.Sequential(*blocks, nn.LayerNorm(width), nn.Linear(width, VOCABULARY))

    def forward(self, x):
        return self.blocks(self.embedding(x) + self.position)


def conv(inputs, filters, kernel=5, padding=2):
    return [nn.Conv2d(inputs, filters, kernel, padding=padding), nn.ReLU()]


def linear(*widths):
    layers = []
    for inputs, units in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, units), nn.ReLU()]
    return layers[:-1]


def resnet(blocks):
    def norm(filters):
        return nn.GroupNorm(2, filters)

    layers, inputs = [nn.Conv2d(3, 16, 3, padding=1), norm(16), nn.ReLU()], 16
    for filters in (16, 32, 64):
        for block in range(blocks):
            stride = 2 if block == 0 and filters > 16 else 1
            inside = nn.Sequential(
                nn.Conv2d(inputs, filters, 3, stride, 1), norm(filters), nn.ReLU(),
                nn.Conv2d(filters, filters, 3, 1, 1), norm(filters),
            )
            around = nn.Sequential(nn.Conv2d(inputs, filters, 1, stride), norm(filters)) if stride > 1 else None
            layers += [Residual(inside, around), nn.ReLU()]
            inputs = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def vgg9():
    def of(*filters):
        return [layer for a, b in zip(filters, filters[1:]) for layer in conv(a, b, 3, 1)] + [nn.MaxPool2d(2)]

    return nn.Sequential(*of(3, 32, 64), *of(64, 128, 128), *of(128, 256, 256), nn.Flatten(), *linear(4096, 512, 512, 10))


MNIST, CIFAR, TEXT = (1, 28, 28), (3, 32, 32), (WINDOW,)
MODELS = {
    "2nn": (MNIST, lambda: nn.Sequential(nn.Flatten(), *linear(784, 200, 200, 10))),
    "cnn": (MNIST, lambda: nn.Sequential(
        *conv(1, 32), nn.MaxPool2d(2), *conv(32, 64), nn.MaxPool2d(2), nn.Flatten(), *linear(3136, 512, 10))),
    "lenet5": (MNIST, lambda: nn.Sequential(
        *conv(1, 6), nn.MaxPool2d(2), *conv(6, 16, 5, 0), nn.MaxPool2d(2), nn.Flatten(), *linear(400, 120, 84, 10))),
    "resnet8": (CIFAR, lambda: resnet(1)),
    "resnet20": (CIFAR, lambda: resnet(3)),
    "vgg9": (CIFAR, vgg9),
    "char-lstm": (TEXT, Lstm),
    "char-transformer": (TEXT, Transformer),
}


def make(name, batch):
    shape, build = MODELS[name]
    model = build()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    if shape is TEXT:
        inputs = torch.randint(VOCABULARY, (batch, *shape))
        labels = torch.randint(VOCABULARY, (batch, WINDOW))
    else:
        # As many zeros as a picture of a digit has.
        inputs = torch.rand(batch, *shape) * (torch.rand(batch, *shape) < 0.2 if shape is MNIST else 1)
        labels = torch.randint(10, (batch,))
    loss_of = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad()
        outputs = model(inputs)
        loss_of(outputs.flatten(0, -2), labels.flatten()).backward()
        optimizer.step()

    return step


def main():
    torch.set_num_threads(1)
    known = {}
    for line in sys.stdin:
        wanted = json.loads(line)
        key = (wanted["model"], wanted["batch"])
        if key not in known:
            known[key] = make(*key)
            for _ in range(3):
                known[key]()
        start = time.process_time()
        for _ in range(wanted["steps"]):
            known[key]()
        print(json.dumps({"seconds": time.process_time() - start}), flush=True)


main()
