"""Reads examples from IDX files, gzipped or not."""

import gzip

import numpy as np
import torch


def read_idx(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        content = file.read()
    header = 4 + 4 * content[3]
    shape = np.frombuffer(content, dtype=">u4", count=content[3], offset=4)
    return np.frombuffer(content, dtype=np.uint8, offset=header).reshape(shape)


def read_examples(images, labels):
    pixels = read_idx(images)
    scaled = pixels.reshape(len(pixels), -1).astype(np.float32) / 255
    return torch.from_numpy(scaled), torch.from_numpy(read_idx(labels).astype(np.int64))
